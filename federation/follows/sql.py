"""What statements about follows share: how actors are shown, and on which host they live."""

from __future__ import annotations

from archypix.core.database import Row
from federation.follows.models import Profile

# What lists show of an actor, from `remote_actors r`.
PROFILE = "r.id AS row, r.uri, r.handle, r.type, r.name AS shown_name, r.summary, r.icon_url, r.url, r.moved_to"
# Whether `remote_actors r` lives on the host {0} or below it; a name without a port stands for all ports.
ON_HOST = (
    "NOT r.local AND ({0} IN (r.host, split_part(r.host, ':', 1)) OR right(r.host, length({0}) + 1) = '.' || {0}"
    " OR right(split_part(r.host, ':', 1), length({0}) + 1) = '.' || {0})"
)


def profile(row: Row, prefix: str = "") -> Profile:
    """The actor in a row that has the columns of `PROFILE`, each with `prefix` before its name."""
    return Profile(
        row=row[f"{prefix}row"],
        uri=row[f"{prefix}uri"],
        handle=row[f"{prefix}handle"],
        type=row[f"{prefix}type"],
        name=row[f"{prefix}shown_name"],
        summary=row[f"{prefix}summary"],
        icon_url=row[f"{prefix}icon_url"],
        url=row[f"{prefix}url"],
        moved_to=row[f"{prefix}moved_to"],
    )
