"""Registering in a domain, as people, backends and crowds see it."""
