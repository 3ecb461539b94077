"""Peers that nobody here wrote: ActivityPub software of others as programs on loopback, each with a control API."""
