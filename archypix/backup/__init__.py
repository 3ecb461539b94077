"""Backups: the database, the files and the secrets of an installation, copied while it works, and put back."""
