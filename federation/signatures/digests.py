"""Digests of bodies: Content-Digest (RFC 9530) and the older Digest (RFC 3230), always computed again."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re

from federation.signatures.fields import Fields
from federation.signatures.models import BadSignature

_HASHES = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}
_LONGEST = 1024
_MEMBER = re.compile(r"([a-z][a-z0-9_-]*)=:([A-Za-z0-9+/]*={0,2}):")
_OLD_MEMBER = re.compile(r"([A-Za-z0-9-]+)=([A-Za-z0-9+/]*={0,2})")


def content_digest(body: bytes) -> str:
    """The value of Content-Digest for `body`."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def digest(body: bytes) -> str:
    """The value of Digest for `body`."""
    return f"SHA-256={base64.b64encode(hashlib.sha256(body).digest()).decode()}"


def check_digests(fields: Fields, body: bytes) -> None:
    """Refuse `body` unless every digest header there is fits it, covered by a signature or not. Raises BadSignature."""
    if "content-digest" in fields:
        _check(fields.single("content-digest"), _MEMBER, body, known=("sha-256", "sha-512"))
    if "digest" in fields:
        _check(fields.single("digest"), _OLD_MEMBER, body, known=("sha-256",))


def _check(value: str | None, member: re.Pattern[str], body: bytes, *, known: tuple[str, ...]) -> None:
    """Algorithms that are not known say nothing, but one that is known must be there, and each once."""
    if value is None or len(value) > _LONGEST:
        raise BadSignature("The digest of the body cannot be read.")
    seen = set()
    for part in value.split(","):
        found = member.fullmatch(part.strip(" \t"))
        if found is None or (name := found[1].lower()) in seen:
            raise BadSignature("The digest of the body cannot be read.")
        seen.add(name)
        if name in known and not hmac.compare_digest(_decoded(found[2]), _HASHES[name](body).digest()):
            raise BadSignature("The digest does not fit the body.")
    if seen.isdisjoint(known):
        raise BadSignature("The digest of the body is of no kind that is accepted.")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise BadSignature("The digest of the body cannot be read.") from None
