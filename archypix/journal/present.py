"""How an answer names the operation that a request was written down as."""

from __future__ import annotations

from typing import Final
from uuid import UUID

HEADER: Final = "X-Operation"


def operation_header(operation: UUID | None) -> dict[str, str]:
    """The header with the operation's id; none where nothing changed."""
    return {HEADER: str(operation)} if operation is not None else {}
