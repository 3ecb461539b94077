"""Actors of other servers: who they are, their keys, their handles."""
