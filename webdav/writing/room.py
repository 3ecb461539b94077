"""The handlers of all methods that change something."""

from __future__ import annotations

from webdav.ground import Ground
from webdav.request import Handler
from webdav.writing.deleting import Delete
from webdav.writing.folders import MakeFolder
from webdav.writing.locking import GiveBackLock, TakeLock
from webdav.writing.moving import Relocate
from webdav.writing.proppatch import ChangeProperties
from webdav.writing.putting import Put


def handlers(ground: Ground) -> dict[str, Handler]:
    """By method."""
    relocate = Relocate(ground)
    return {
        "PUT": Put(ground),
        "MKCOL": MakeFolder(ground),
        "DELETE": Delete(ground),
        "COPY": relocate,
        "MOVE": relocate,
        "PROPPATCH": ChangeProperties(ground),
        "LOCK": TakeLock(ground),
        "UNLOCK": GiveBackLock(ground),
    }
