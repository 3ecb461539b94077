"""The header `Collection-Synchronization` (FEP-8fcf): a digest of what its receiver should have of a collection."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from federation.documents.origins import same_origin

HEADER = "Collection-Synchronization"
NAME = HEADER.lower()
LONGEST = 5000
LONGEST_ADDRESS = 2048
DIGEST_BYTES = 32

_PARAMETER = re.compile(r'[ \t]*([A-Za-z]{1,32})[ \t]*=[ \t]*"([\x21\x23-\x5b\x5d-\x7e]*)"[ \t]*(,|$)')
_DIGEST = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Synchronization:
    """`digest` is the XOR of the SHA-256 of each member of `collection` that the receiver should have; `url` is where
    the receiver finds these members, of the same origin."""

    collection: str
    url: str
    digest: bytes


def written(said: Synchronization) -> str:
    """The value of the header."""
    return f'collectionId="{said.collection}", url="{said.url}", digest="{said.digest.hex()}"'


def read(values: Sequence[str]) -> Synchronization | None:
    """What the lines of the header say; None where they say nothing that could be used: it is an aid, never a need.

    The header comes once, with each parameter once; unknown parameters are passed over.
    """
    if len(values) != 1 or len(values[0]) > LONGEST:
        return None
    parameters = _parameters(values[0])
    collection, url, digest = (parameters.get(name, "") for name in ("collectionid", "url", "digest"))
    if max(len(collection), len(url)) > LONGEST_ADDRESS or not _DIGEST.fullmatch(digest):
        return None
    if not same_origin(collection, url):
        return None
    return Synchronization(collection, url, bytes.fromhex(digest))


def _parameters(value: str) -> dict[str, str]:
    """The parameters by their names in lower case; none where the value leaves the form, or says one twice."""
    found: dict[str, str] = {}
    place = 0
    while True:
        match = _PARAMETER.match(value, place)
        if match is None or match[1].lower() in found:
            return {}
        found[match[1].lower()] = match[2]
        place = match.end()
        if not match[3]:
            return found
