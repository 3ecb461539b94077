"""What administrators of the domain see and do: backends, people, moves, invites, settings, the audit log."""
