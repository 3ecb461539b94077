"""Checking: first what a request claims, which needs no key, then whether a key bears it out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from federation.documents.origins import same_origin
from federation.signatures import cavage, rfc9421
from federation.signatures.components import Message
from federation.signatures.crypto import holds
from federation.signatures.digests import check_digests
from federation.signatures.fields import Fields
from federation.signatures.models import BadSignature, Claim, Kind, PublicKey, SignedRequest
from federation.signatures.times import Clock

WINDOW_SECONDS = 300
_LONGEST_KEY_ID = 2048
# Names that signatures give to what the algorithm of each key is. `hs2019` says "as the key says".
_FITTING = {
    (Kind.RFC9421, "rsa"): frozenset({"rsa-v1_5-sha256"}),
    (Kind.RFC9421, "ed25519"): frozenset({"ed25519"}),
    (Kind.CAVAGE, "rsa"): frozenset({"rsa-sha256", "hs2019"}),
    (Kind.CAVAGE, "ed25519"): frozenset({"ed25519", "hs2019"}),
}


def claims(request: SignedRequest, *, now: datetime, window: float = WINDOW_SECONDS) -> list[Claim]:
    """What the signatures of `request` claim, one for cavage, up to four for RFC 9421; none where it has none.

    Everything that needs no key is checked: form, what is covered, digests, times (`window` in seconds). Raises
    BadSignature if any of them leaves the profile.
    """
    if not any(name.lower() in ("signature", "signature-input") for name, _ in request.headers):
        return []
    message = Message(request)
    clock = Clock(now.timestamp(), window)
    has_body = bool(request.body)
    _check_singles(message.fields)
    _check_host(message)
    if "signature-input" in message.fields:
        found = rfc9421.read(message, clock, has_body=has_body)
    else:
        found = [cavage.read(message, clock, has_body=has_body)]
    if any(len(claim.key_id) > _LONGEST_KEY_ID for claim in found):
        raise BadSignature("The name of the key is too long.")
    check_digests(message.fields, request.body or b"")
    return found


def naming(found: Sequence[Claim], actor: str) -> Claim:
    """The one claim whose key has a name of `actor`: the actor's id with a fragment or a path behind it, else the
    only one of the actor's origin. Whether the key is the actor's, its document must say.

    Raises BadSignature where there is none, or where several would do.
    """
    close = [claim for claim in found if claim.key_id == actor or claim.key_id.startswith((f"{actor}#", f"{actor}/"))]
    fitting = close or [claim for claim in found if same_origin(claim.key_id, actor)]
    if len(fitting) != 1:
        raise BadSignature("Exactly one signature must be by the actor.")
    return fitting[0]


def verify(request: SignedRequest, claim: Claim, key: PublicKey) -> None:
    """Check `claim`, which was read from `request`, with `key`. Raises BadSignature where it does not hold."""
    del request  # The claim carries the bytes that were signed.
    if claim.key_id != key.id:
        raise BadSignature("The signature names another key.")
    if claim.stated is not None and claim.stated.lower() not in _FITTING[claim.kind, key.algorithm]:
        raise BadSignature("The signature names an algorithm that does not fit the key.")
    if holds(key.key, claim.signature, claim.base):
        return
    if claim.bare_base is not None and holds(key.key, claim.signature, claim.bare_base):
        return
    raise BadSignature("The signature does not hold.")


def _check_host(message: Message) -> None:
    """The target was made from some word for our host; the header that is signed must be the same."""
    host = message.fields.single("host")
    target = message.target
    if host is not None and host.lower() not in (target.normal_authority, target.authority.lower()):
        raise BadSignature("The header host names another server.")


def _check_singles(fields: Fields) -> None:
    for name in ("host", "date", "digest", "content-digest", "content-type", "content-length"):
        fields.single(name)
