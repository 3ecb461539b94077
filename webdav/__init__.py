"""Hierarchies as WebDAV drives."""
