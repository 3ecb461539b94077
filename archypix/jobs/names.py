"""Names that the server and its workers have in common."""

from __future__ import annotations

# RQ's queue, and the function in it that makes a worker work until nothing is due.
QUEUE = "archypix-media"
DRAIN = "workers.drain.drain"
