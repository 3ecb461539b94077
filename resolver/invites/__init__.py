"""Invites of the domain: codes by which people register on whichever backend has room for them."""
