"""People: accounts, passwords, sessions, API tokens, invites and the audit log."""
