"""Signed messages between the Resolver of a domain and its backends: Ed25519, a nonce, a sequence that only grows."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from federation.signatures import rfc9421
from federation.signatures.components import Message as Wire
from federation.signatures.crypto import signed as signature_of
from federation.signatures.digests import content_digest
from federation.signatures.models import BadSignature, Kind, PrivateKey, PublicKey, SignedRequest
from federation.signatures.structured import dictionary
from federation.signatures.verify import WINDOW_SECONDS, claims, verify

LABEL = "sig1"
SEQUENCE = "apx-sequence"
COMPONENTS = ("@method", "@target-uri", "content-digest", SEQUENCE)
KEY_FRAGMENT = "/actor#ed25519-key"
MOST_BYTES = 1 << 20
LARGEST_SEQUENCE = 1 << 62
_LONGEST_INPUT = 4096
_NUMBER = re.compile(r"[1-9][0-9]{0,18}")
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class Message:
    """What a signed message proved: by which key, in which place of its sender's sequence, under which nonce, when."""

    key_id: str
    sequence: int
    nonce: str
    created: datetime


def key_id_of(origin: str) -> str:
    """The name of the key with which the server at `origin` signs."""
    return f"{origin}{KEY_FRAGMENT}"


def origin_of(key_id: str) -> str:
    """The origin of the server whose key has this name. Raises BadSignature where it is no name of such a key."""
    origin = key_id.removesuffix(KEY_FRAGMENT)
    if origin == key_id or not origin.startswith(("https://", "http://")) or "/" in origin.partition("://")[2]:
        raise BadSignature("The signature names no key of a server.")
    return origin


def fingerprint(multibase: str) -> str:
    """What people compare of a key that is written as `multibase`: eight groups of four hexadecimal digits."""
    digits = hashlib.sha256(multibase.encode()).hexdigest()
    return "-".join(digits[place : place + 4] for place in range(0, 32, 4))


def signed(method: str, url: str, body: bytes, *, key_id: str, key: PrivateKey, sequence: int) -> dict[str, str]:
    """The headers that make a message of `body` to `url`: `Content-Digest`, `Apx-Sequence`, and the signature's two.

    `url` is the address as the receiver knows itself, whichever way the message goes. An empty body is signed like any
    other. `sequence` is larger than any that this server gave before: microseconds of the clock do.
    """
    headers = {"Content-Digest": content_digest(body), "Apx-Sequence": str(sequence)}
    wire = Wire(SignedRequest(method, url, list(headers.items()), body))
    base, stated = rfc9421.prepare(
        wire, key_id, key.algorithm, COMPONENTS,
        created=datetime.now(UTC), label=LABEL, nonce=secrets.token_urlsafe(18),
    )  # fmt: skip
    signature = rfc9421.signature_header(LABEL, signature_of(key.key, base))
    return headers | {"Signature-Input": stated, "Signature": signature}


def claimed_key(headers: Sequence[tuple[str, str]]) -> str:
    """The name of the key that a message claims, which proves nothing yet. Raises BadSignature where it has none."""
    lines = [value for name, value in headers if name.lower() == "signature-input"]
    if len(lines) != 1 or len(lines[0]) > _LONGEST_INPUT or not lines[0].isascii():
        raise BadSignature("Exactly one signature is taken here.")
    members = list(dictionary(lines[0]).values())
    key_id = members[0][1].get("keyid") if len(members) == 1 else None
    if not isinstance(key_id, str):
        raise BadSignature("The signature does not say by which key it was made.")
    return key_id


def checked(
    method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes, *, key: PublicKey, now: datetime
) -> Message:
    """What the message proves that came with `headers` and `body` to `url`, the address as we know ourselves.

    Raises BadSignature where it was not made by `key`, covers too little, or was made more than five minutes from
    `now`. Whether its sequence and nonce are new, whoever keeps them must say.
    """
    if key.algorithm != "ed25519":
        raise BadSignature("Only Ed25519 is taken here.")
    if len(body) > MOST_BYTES:
        raise BadSignature("The message is too long.")
    request = SignedRequest(method, url, [(name, value) for name, value in headers if name.lower() != "host"], body)
    found = claims(request, now=now, window=WINDOW_SECONDS)
    if len(found) != 1 or found[0].kind is not Kind.RFC9421:
        raise BadSignature("Exactly one signature is taken here.")
    claim = found[0]
    if missing := [name for name in COMPONENTS if name not in claim.covered]:
        raise BadSignature(f"The signature does not cover {missing[0]}.")
    if claim.nonce is None or not _NONCE.fullmatch(claim.nonce):
        raise BadSignature("The signature has no nonce.")
    verify(request, claim, key)
    return Message(claim.key_id, _sequence(headers), claim.nonce, claim.created)


def _sequence(headers: Sequence[tuple[str, str]]) -> int:
    lines = [value.strip() for name, value in headers if name.lower() == SEQUENCE]
    if len(lines) != 1 or not _NUMBER.fullmatch(lines[0]) or int(lines[0]) > LARGEST_SEQUENCE:
        raise BadSignature("The message has no place in a sequence.")
    return int(lines[0])
