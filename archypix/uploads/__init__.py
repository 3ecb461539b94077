"""Uploads in flight: announced files, their parts, and the quota they hold."""
