"""Pictures and accounts as an export describes them: JSON, and sidecars. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

import orjson

from archypix.core.database import Row
from archypix.media.wanted import FIELDS, xmp_properties
from archypix.media.xmp_packet import Bag, Property, new_packet

TOGETHER: Final = (("captured_at", "utc_offset"), ("latitude", "longitude", "altitude"))


def line(value: Mapping[str, Any]) -> bytes:
    """One line of JSON; times with a zone are in UTC, bytes are hexadecimal."""
    return orjson.dumps(value, default=_text, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE)


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value).__name__)


def picture(
    row: Row, *, file: str, tags: Iterable[Mapping[str, Any]], versions: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """A picture: `file` is where it lies, its sidecar beside it."""
    said = dict(row)
    data, guest = said.pop("data"), said.pop("guest")
    copied = {"picture": said.pop("copy_of"), "owner": said.pop("copied_from")}
    return (
        {"id": said.pop("id"), "file": file, "sidecar": f"{file}.xmp"}
        | said
        | {
            "copy_of": copied if copied["picture"] is not None else None,
            "guest": guest,
            "tags": list(tags),
            "versions": list(versions),
            "metadata": data or {},
        }
    )


def sidecar(said: Mapping[str, Any]) -> bytes:
    """The sidecar of a picture as it was described: what is known of it, and its tags as keywords."""
    known = {name: said[name] for name in FIELDS if said.get(name) is not None}
    for group in TOGETHER:
        if any(name in known for name in group):
            known |= {name: said.get(name) for name in group}
    properties: dict[str, Property | None] = dict(xmp_properties(known))
    paths = list(dict.fromkeys(tag["path"].removeprefix("/") for tag in said["tags"]))
    if paths:
        properties["Xmp.dc.subject"] = Bag(dict.fromkeys(path.rpartition("/")[2] for path in paths))
        properties["Xmp.digiKam.TagsList"] = tuple(paths)
        properties["Xmp.lr.hierarchicalSubject"] = Bag(path.replace("|", "-").replace("/", "|") for path in paths)
    return new_packet(properties)


def account(row: Row, *, domain: str) -> dict[str, Any]:
    """The profile, and the settings of library and drives."""
    brake = {name: row[f"brake_{name}"] for name in ("files", "share", "seconds")} if row["has_brake"] else None
    return {
        "name": row["name"],
        "domain": domain,
        "actor": row["uri"],
        "display_name": row["display_name"],
        "summary": row["summary"] or "",
        "properties": row["properties"] or [],
        "discoverable": row["discoverable"],
        "approves_followers": row["approves_followers"],
        "shows_network": row["shows_network"],
        "also_known_as": row["also_known_as"] or [],
        "moved_to": row["moved_to"],
        "created_at": row["created_at"],
        "library": {name: row[name] for name in ("version_mode", "trash_days", "write_metadata", "keywords_root")},
        "brake": brake,
        "shares_when_others_move": row["moved_shares"],
    }
