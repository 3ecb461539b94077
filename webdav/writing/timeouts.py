"""The `Timeout` and `Depth` headers."""

from __future__ import annotations

import re

from webdav.answers import Refused

LONGEST = 3600
USUAL = 600
_SECONDS = re.compile(r"second-([0-9]{1,18})", re.IGNORECASE)


def timeout_seconds(text: str | None) -> int:
    """How long a lock lasts: what the client would like first, at most an hour; ten minutes where it says nothing."""
    for wish in (text or "").split(","):
        wish = wish.strip()
        if wish.lower() == "infinite":
            return LONGEST
        if match := _SECONDS.fullmatch(wish):
            return max(1, min(int(match[1]), LONGEST))
    return USUAL


def is_deep(text: str | None, *, default: bool = True) -> bool:
    """Whether `Depth` says infinity rather than 0; `Refused` with 400 for anything else."""
    match (text or "").strip().lower():
        case "":
            return default
        case "0":
            return False
        case "infinity":
            return True
    raise Refused(400, "Depth is 0 or infinity here.")


def may_replace(text: str | None) -> bool:
    """What `Overwrite` says; `Refused` with 400 for what is neither T nor F."""
    match (text or "T").strip().upper():
        case "T":
            return True
        case "F":
            return False
    raise Refused(400, "Overwrite is T or F.")
