"""What of accounts is public, as pages for people and as feeds for readers."""
