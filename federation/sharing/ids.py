"""Addresses of pictures and shares: both lie below the actor who owns them, so each tells who may speak about it."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from federation.documents.origins import origin

LONGEST = 1000
_UUID = r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_PICTURE = re.compile(rf"(.+)/pictures/{_UUID}")
_SHARE = re.compile(rf"(.+)/shares/{_UUID}")


def picture(owner: str, picture_id: UUID) -> str:
    """The id of a picture of `owner`, who is an actor."""
    return f"{owner}/pictures/{picture_id}"


def share(sender: str, share_id: UUID) -> str:
    """The id of a share by `sender`."""
    return f"{sender}/shares/{share_id}"


def read_picture(uri: Any) -> tuple[str, UUID] | None:
    """(owner, id) of the picture that `uri` names; None where it is no address of a picture."""
    return _read(_PICTURE, uri)


def read_share(uri: Any) -> tuple[str, UUID] | None:
    """(sender, id) of the share that `uri` names; None where it is no address of a share."""
    return _read(_SHARE, uri)


def is_picture_of(owner: str, uri: Any) -> bool:
    """Whether `uri` is a picture of that actor."""
    found = read_picture(uri)
    return found is not None and found[0] == owner


def is_share_of(sender: str, uri: Any) -> bool:
    """Whether `uri` is a share by that actor."""
    found = read_share(uri)
    return found is not None and found[0] == sender


def is_actor(uri: Any) -> bool:
    """Whether `uri` could be an actor: an http(s) address without query and fragment that is not too long."""
    if not isinstance(uri, str) or not 0 < len(uri.encode("utf-8", "replace")) <= LONGEST or "#" in uri or "?" in uri:
        return False
    try:
        origin(uri)
    except ValueError:
        return False
    return True


def _read(form: re.Pattern[str], uri: Any) -> tuple[str, UUID] | None:
    if not is_actor(uri):
        return None
    match = form.fullmatch(uri)
    return (match[1], UUID(match[2])) if match is not None else None
