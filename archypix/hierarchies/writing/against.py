"""What stands against a change: places that are only read, and rules, calendars and shares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archypix.core.database import Connection
from archypix.core.errors import Conflict, Forbidden
from archypix.hierarchies.models import Folder
from archypix.hierarchies.writing import store
from archypix.pipeline.models import PIPELINE

SHARE = "incoming_share"


def require_writable(folder: Folder) -> None:
    """Raise `Forbidden` where no files may be put or taken away."""
    if not folder.writable:
        raise Forbidden(f"{_called(folder)} is a place that is only read.", code="read_only")


def require_grows(folder: Folder) -> None:
    """Raise `Forbidden` where no folders can be made."""
    if not folder.grows:
        raise Forbidden(
            f"No folders can be made in {_called(folder)}: its folders are set in the app.", code="read_only"
        )


def require_movable(folder: Folder) -> None:
    """Raise `Forbidden` for a folder that is part of how the drive is set up."""
    if not folder.movable:
        raise Forbidden(
            f"{_called(folder)} is part of how this drive is set up: change it in the app.", code="read_only"
        )


async def refuse_given(connection: Connection, owner_id: int, given: Iterable[tuple[str, int]]) -> None:
    """Raise `Conflict` (`rule`) if there is any of these: sources that gave a tag which is to be taken away."""
    sources = sorted(set(given))
    if not sources:
        return
    services = [number for source, number in sources if source in PIPELINE]
    shares = [number for source, number in sources if source == SHARE]
    if services:
        named = await store.service_names(connection, owner_id, services)
        raise Conflict(f"The tagging service {_listed(named)} puts pictures here.", code="rule")
    if shares:
        named = await store.share_names(connection, owner_id, shares)
        raise Conflict(f"The share {_listed(named)} puts pictures here.", code="rule")
    raise Conflict("What puts pictures here does so by itself.", code="rule")


async def refuse_named(
    connection: Connection, owner_id: int, tag_ids: Sequence[int], counts: Iterable[tuple[str, int]]
) -> None:
    """Raise `Conflict` (`rule`) where something that lives on names a tag which is to go: `counts` say how many do."""
    named = await store.services_naming(connection, owner_id, tag_ids)
    if named:
        raise Conflict(f"The tagging service {_listed(named)} names this folder's tag.", code="rule")
    others = [f"{count} {what}" for what, count in counts if count and what not in ("services", "hierarchies")]
    if others:
        raise Conflict(f"This folder's tag is in use: {', '.join(others)}. Delete it in the app.", code="rule")


async def refuse_calendar(connection: Connection, owner_id: int, tag_ids: Sequence[int]) -> None:
    """Raise `Conflict` (`rule`) where a calendar would make the tags anew that are to go elsewhere."""
    named = await store.calendars_over(connection, owner_id, tag_ids)
    if named:
        raise Conflict(f"The tagging service {_listed(named)} makes this folder.", code="rule")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names) or "that is gone by now"


def _called(folder: Folder) -> str:
    return f"“{folder.name}”" if folder.path else "The top of this drive"
