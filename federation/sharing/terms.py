"""The words of sharing, each defined in the context of the documents that use it."""

from __future__ import annotations

from typing import Any, Final

from federation.documents.contexts import AS, OWN_TERMS

_ID: Final = {"@type": "@id"}
CONTEXT: Final[list[Any]] = [
    AS,
    OWN_TERMS
    | {
        "apx:share": {"@id": "apx:share"} | _ID,
        "apx:shareBackOf": {"@id": "apx:shareBackOf"} | _ID,
        "apx:movedFrom": {"@id": "apx:movedFrom"} | _ID,
        "apx:pictures": {"@id": "apx:pictures"} | _ID,
        "apx:refused": {"@id": "apx:refused"} | _ID,
    },
]

# Second types of activities; the first is always one that everybody knows.
SHARE: Final = "apx:Share"
ANNOUNCE: Final = "apx:Announce"
UNANNOUNCE: Final = "apx:Unannounce"
REVOKE: Final = "apx:Revoke"
REGRANT: Final = "apx:Regrant"
PICTURE: Final = "apx:Picture"
PROPOSAL: Final = "apx:Proposal"


MOST_PICTURES: Final = 100
# Grants that end together. Whoever held by them all get the same message, so there should be few of it.
MOST_GRANTS: Final = 4_000
# The inbox takes 256 KiB; what is around the pictures has room in the rest.
MOST_BYTES: Final = 200_000
