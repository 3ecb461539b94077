"""Signing requests of ours, in either way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from federation.signatures import cavage, rfc9421
from federation.signatures.accept import Wish
from federation.signatures.components import Message
from federation.signatures.crypto import signed
from federation.signatures.digests import content_digest, digest
from federation.signatures.models import Kind, PrivateKey, SignedRequest
from federation.signatures.times import http_date

LABEL = "sig1"


def sign(
    request: SignedRequest,
    key: PrivateKey,
    kind: Kind,
    *,
    created: datetime,
    wish: Wish | None = None,
    cover: Sequence[str] = (),
) -> dict[str, str]:
    """The headers to add to `request`: Signature, Host, Date, and for a body its digest; RFC 9421 also Signature-Input.

    Host and Date are not added where `request` has them. `wish` is what the other side asked for (RFC 9421 only).
    `cover` names headers of the request, in lower case, that the signature covers besides.
    Raises BadSignature where the target cannot be signed. RSA takes about 0.4 ms of CPU.
    """
    message = Message(request)
    added: dict[str, str] = {}
    _add(message, added, "Host", message.target.normal_authority)
    _add(message, added, "Date", http_date(created))
    if kind is Kind.CAVAGE:
        return added | _cavage(message, request.body, key, cover)
    return added | _rfc9421(message, request.body, key, created, wish, cover)


def _cavage(message: Message, body: bytes | None, key: PrivateKey, cover: Sequence[str]) -> dict[str, str]:
    added: dict[str, str] = {}
    names = ["(request-target)", "host", "date"]
    if body is not None:
        _add(message, added, "Digest", digest(body))
        names.append("digest")
    if "content-type" in message.fields:
        names.append("content-type")
    covered = (*names, *(name for name in cover if name not in names))
    signature = signed(key.key, cavage.base(message, covered))
    return added | {"Signature": cavage.signature_header(key.id, key.algorithm, covered, signature)}


def _rfc9421(
    message: Message,
    body: bytes | None,
    key: PrivateKey,
    created: datetime,
    wish: Wish | None,
    cover: Sequence[str],
) -> dict[str, str]:
    added: dict[str, str] = {}
    names = ["@method", "@target-uri"]
    if body is not None:
        _add(message, added, "Content-Digest", content_digest(body))
        names.append("content-digest")
    if "content-type" in message.fields:
        names.append("content-type")
    names.extend(name for name in cover if name not in names)
    if wish is not None:
        names.extend(name for name in wish.components if name not in names)
    label = LABEL if wish is None else wish.label
    base, signature_input = rfc9421.prepare(
        message,
        key.id,
        key.algorithm,
        names,
        created=created,
        label=label,
        nonce=None if wish is None else wish.nonce,
        tag=None if wish is None else wish.tag,
    )
    signature = rfc9421.signature_header(label, signed(key.key, base))
    return added | {"Signature-Input": signature_input, "Signature": signature}


def _add(message: Message, added: dict[str, str], name: str, value: str) -> None:
    if name.lower() not in message.fields:
        message.fields.add(name.lower(), value)
        added[name] = value
