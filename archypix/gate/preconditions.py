"""`If-Match` on things whose ETag is the number of their revision (RFC 9110, section 13.1.1)."""

from __future__ import annotations

import re

from quart import request

ENTITY_TAG = re.compile(r'"(\d{1,9})"')


def wanted_revisions() -> frozenset[int] | None:
    """The revisions that `If-Match` names; None without the header, or when it takes any."""
    text = request.headers.get("If-Match")
    if text is None or text.strip() == "*":
        return None
    matches = (ENTITY_TAG.fullmatch(part.strip()) for part in text.split(","))
    return frozenset(int(match[1]) for match in matches if match)


def entity_tag(revision: int) -> dict[str, str]:
    """The header that goes with an answer at this revision."""
    return {"ETag": f'"{revision}"'}
