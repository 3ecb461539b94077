"""Administering a domain, as administrators and strangers see it."""
