"""Locks as clients are shown them: `activelock` elements."""

from __future__ import annotations

from datetime import UTC, datetime

from archypix.drives.models import Lock
from webdav import paths
from webdav.xml import escape


def active_lock(slug: str, lock: Lock) -> str:
    """One lock in the drive `slug`, as an element whose prefix `D` stands for `DAV:`."""
    scope = "shared" if lock.shared else "exclusive"
    seconds = max(0, round((lock.expires_at - datetime.now(UTC)).total_seconds()))
    root = paths.href(slug, filter(None, lock.shown.split("/")), folder=False)
    return (
        "<D:activelock><D:locktype><D:write/></D:locktype>"
        f"<D:lockscope><D:{scope}/></D:lockscope><D:depth>{'infinity' if lock.deep else '0'}</D:depth>{lock.owner}"
        f"<D:timeout>Second-{seconds}</D:timeout><D:locktoken><D:href>{escape(lock.uri)}</D:href></D:locktoken>"
        f"<D:lockroot><D:href>{escape(root)}</D:href></D:lockroot></D:activelock>"
    )
