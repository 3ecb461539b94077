"""Paths of drives as SQL finds them: one range for all that lies below."""

from __future__ import annotations

from collections.abc import Sequence

from archypix.core.errors import Invalid
from archypix.drives.models import path_key

# The character after the slash: with byte order, all that begins with `a/` stands between `a/` and `a0`.
AFTER_SLASH = "0"
# After every path there can be.
LAST = "\U0010ffff"

# Bytes of a path that something is kept at: an index takes no more.
LONGEST = 2_000


def kept_key(segments: Sequence[str]) -> str:
    """The key of a path that something is to be kept at; `Invalid` where it is too long."""
    key = path_key(segments)
    if len(key.encode("utf-8", "replace")) > LONGEST or "\0" in key:
        raise Invalid("This path is too long.", code="path_too_long")
    return key


def ancestors(segments: Sequence[str]) -> list[str]:
    """The keys of the root, and of every folder down to the one above."""
    key = path_key(segments)
    if not key:
        return []
    parts = key.split("/")
    return ["", *("/".join(parts[:count]) for count in range(1, len(parts)))]


def below(key: str) -> tuple[str, str]:
    """From where (included) to where (not) the keys stand of all that lies below the path with this key."""
    return (f"{key}/", f"{key}{AFTER_SLASH}") if key else ("\x01", LAST)


def parent_and_name(segments: Sequence[str]) -> tuple[str, str]:
    """The key of the folder that a path lies in, and its last segment. The path is not the root."""
    return path_key(segments[:-1]), segments[-1]


def require_apart(key: str, other: str) -> None:
    """`Invalid` where one of two different paths lies in the other."""
    if key != other and (
        not key or not other or f"{other}/".startswith(f"{key}/") or f"{key}/".startswith(f"{other}/")
    ):
        raise Invalid("A folder cannot go into itself.")
