"""Requests, keys and a moment to sign and check with."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from federation.signatures import keys
from federation.signatures.crypto import signed
from federation.signatures.models import Kind, PrivateKey, PublicKey, SignedRequest
from federation.signatures.sign import sign

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
ACTOR = "https://alice.example/users/alice"
KEY_ID = f"{ACTOR}#main-key"
INBOX = "https://bob.example/users/bob/inbox"
BODY = b'{"type": "Like", "actor": "https://alice.example/users/alice"}'

RSA = keys.private_key(KEY_ID, keys.generate_rsa())
ED25519 = keys.private_key(KEY_ID, keys.generate_ed25519())
OTHER_RSA = keys.private_key(KEY_ID, keys.generate_rsa())


def public(key: PrivateKey) -> PublicKey:
    """The other half."""
    return keys.public_key(key.id, key.id.partition("#")[0], key.key.public_key())


def request(
    method: str = "POST", url: str = INBOX, body: bytes | None = BODY, headers: Sequence[tuple[str, str]] = ()
) -> SignedRequest:
    """An unsigned request as a client would make it."""
    own = [("Content-Type", "application/activity+json"), ("User-Agent", "x/1")]
    return SignedRequest(method, url, [*own, *headers], body)


def signed_request(
    kind: Kind, key: PrivateKey = RSA, *, created: datetime = NOW, plain: SignedRequest | None = None
) -> SignedRequest:
    """A request signed by us."""
    plain = plain or request()
    added = sign(plain, key, kind, created=created)
    return SignedRequest(plain.method, plain.url, [*plain.headers, *added.items()], plain.body)


def with_headers(given: SignedRequest, changes: Mapping[str, str | None]) -> SignedRequest:
    """The request with some headers replaced, added, or (None) taken away."""
    lower = {name.lower(): value for name, value in changes.items()}
    kept = [(name, value) for name, value in given.headers if name.lower() not in lower]
    added = [(name, value) for name, value in changes.items() if value is not None]
    return SignedRequest(given.method, given.url, [*kept, *added], given.body)


def header(given: SignedRequest, name: str) -> str:
    """The value of a header."""
    return next(value for key, value in given.headers if key.lower() == name.lower())


def hand_rfc9421(
    covered: str,
    lines: Sequence[str],
    *,
    parameters: str = f';created={int(NOW.timestamp())};keyid="{KEY_ID}"',
    label: str = "sig1",
    key: PrivateKey = RSA,
) -> dict[str, str]:
    """Signature headers made by hand: `lines` are the base without its last line, `covered` what stands in brackets."""
    base = "\n".join([*lines, f'"@signature-params": ({covered}){parameters}'])
    signature = base64.b64encode(signed(key.key, base.encode())).decode()
    return {"Signature-Input": f"{label}=({covered}){parameters}", "Signature": f"{label}=:{signature}:"}


def hand_cavage(lines: Mapping[str, str], *, more: str = 'algorithm="rsa-sha256",', key: PrivateKey = RSA) -> str:
    """A Signature header made by hand over `lines`."""
    base = "\n".join(f"{name}: {value}" for name, value in lines.items())
    signature = base64.b64encode(signed(key.key, base.encode())).decode()
    return f'keyId="{key.id}",{more}headers="{" ".join(lines)}",signature="{signature}"'


def sha256(body: bytes) -> str:
    """The digest in base64."""
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def stamp(**ago: float) -> int:
    """Seconds since 1970 at some time from the moment, in words of timedelta."""
    return int((NOW + timedelta(**ago)).timestamp())
