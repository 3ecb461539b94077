"""Dictionaries of structured fields (RFC 8941), parsed by the library's own parser."""

from __future__ import annotations

from typing import Any

import http_sf

from federation.signatures.models import BadSignature


def dictionary(text: str) -> dict[str, tuple[Any, dict[str, Any]]]:
    """The members of a dictionary with their parameters. Raises BadSignature for nonsense, and for a key twice."""

    def twice(_key: str, context: str) -> None:
        if context == "dictionary":
            raise BadSignature("A signature header has the same label twice.")

    try:
        members: Any = http_sf.parse(text.encode("ascii"), tltype="dictionary", on_duplicate_key=twice)
    except (ValueError, TypeError, LookupError, ArithmeticError):
        raise BadSignature("A signature header cannot be read.") from None
    return dict(members)
