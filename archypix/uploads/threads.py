"""Threads in which files that come in are read, parsed and hashed."""

from __future__ import annotations

from archypix.storage.threads import Threads

# Python frees its lock while it hashes and reads, so a few threads keep the cores busy.
in_thread = Threads(4).run
