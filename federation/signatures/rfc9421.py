"""Signatures of RFC 9421, in the strict profile: which components, which parameters, and nothing besides."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from http_message_signatures import HTTPMessageVerifier, algorithms
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from http_sf.compat import InnerList, Item

from federation.signatures.components import Message, WireComponents
from federation.signatures.models import Algorithm, BadSignature, Claim, Kind
from federation.signatures.structured import dictionary
from federation.signatures.times import Clock, moment

MOST_SIGNATURES = 4
MOST_COMPONENTS = 32
LONGEST_HEADER = 8192
ALGORITHMS: dict[Algorithm, str] = {"rsa": "rsa-v1_5-sha256", "ed25519": "ed25519"}

_DERIVED = frozenset({"@method", "@target-uri", "@authority", "@scheme", "@path", "@query", "@request-target"})
_PARAMETERS = frozenset({"created", "expires", "keyid", "alg", "nonce", "tag"})
_FIELD = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]{1,64}")
_TARGET_PARTS = frozenset({"@authority", "@path", "@query"})


class Reader(HTTPMessageVerifier):
    """The library's parser and builder of signature bases, used once for each signature."""

    def __init__(self) -> None:
        super().__init__(
            signature_algorithm=algorithms.RSA_V1_5_SHA256, key_resolver=None, component_resolver_class=WireComponents
        )

    def inputs(self, value: str) -> dict[str, Any]:
        """The members of Signature-Input. Raises BadSignature where it is none."""
        try:
            return dict(self._parse_signature_dictionary(value))
        except (ValueError, TypeError, LookupError, HTTPMessageSignaturesException):
            raise BadSignature("Signature-Input cannot be read.") from None

    def base(self, message: Any, member: InnerList, resolver: WireComponents) -> bytes:
        """The bytes that `member` says were signed. Raises BadSignature where `message` lacks some."""
        try:
            text, _, _ = self._build_signature_base(
                message,
                covered_component_ids=list(member),
                signature_params=member.params,
                component_resolver=resolver,
            )
        except (ValueError, TypeError, LookupError, HTTPMessageSignaturesException) as error:
            raise BadSignature("What the signature covers is not in the request.") from error
        return str(text).encode("ascii")


_READER = Reader()


def read(message: Message, clock: Clock, *, has_body: bool) -> list[Claim]:
    """What the signatures of `message` claim. Raises BadSignature if one of them leaves the profile."""
    inputs = _READER.inputs(_header(message, "signature-input"))
    signatures = _signatures(_header(message, "signature"))
    if inputs.keys() != signatures.keys():
        raise BadSignature("Signature and Signature-Input have different labels.")
    if not 0 < len(inputs) <= MOST_SIGNATURES:
        raise BadSignature(f"A request carries one to {MOST_SIGNATURES} signatures.")
    resolver = WireComponents(message)
    return [
        _claim(message, label, member, signatures[label], resolver, clock, has_body=has_body)
        for label, member in inputs.items()
    ]


def prepare(
    message: Message,
    key_id: str,
    algorithm: Algorithm,
    components: Sequence[str],
    *,
    created: datetime,
    label: str,
    nonce: str | None = None,
    tag: str | None = None,
) -> tuple[bytes, str]:
    """The bytes to sign, and the value of Signature-Input that says so. Raises BadSignature for what cannot be said."""
    member = InnerList([Item(name) for name in components])
    member.params.update({"created": int(created.timestamp()), "keyid": key_id, "alg": ALGORITHMS[algorithm]})
    member.params.update({name: value for name, value in (("nonce", nonce), ("tag", tag)) if value is not None})
    return _READER.base(message, member, WireComponents(message)), f"{label}={member}"


def signature_header(label: str, signature: bytes) -> str:
    """The value of Signature."""
    return f"{label}=:{base64.b64encode(signature).decode()}:"


def _header(message: Message, name: str) -> str:
    value = message.fields.joined(name)
    if len(value) > LONGEST_HEADER:
        raise BadSignature("The signature is too long.")
    return value


def _signatures(value: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for label, (member, _parameters) in dictionary(value).items():
        if type(member) is not bytes or not member:
            raise BadSignature("Signature holds something else than bytes.")
        found[label] = member
    return found


def _claim(
    message: Message,
    label: str,
    member: Any,
    signature: bytes,
    resolver: WireComponents,
    clock: Clock,
    *,
    has_body: bool,
) -> Claim:
    if not isinstance(member, InnerList) or not _PARAMETERS.issuperset(member.params):
        raise BadSignature("Signature-Input has members or parameters that are not known.")
    covered = _covered(member)
    _check_covered(covered, has_body=has_body)
    created, expires = _integer(member, "created"), _integer(member, "expires")
    key_id, stated = _text(member, "keyid"), _text(member, "alg")
    if created is None or not key_id:
        raise BadSignature("The signature does not say when or by which key it was made.")
    clock.check(created, expires)
    return Claim(
        kind=Kind.RFC9421,
        key_id=key_id,
        label=label,
        created=moment(created),
        expires=None if expires is None else moment(expires),
        stated=stated,
        covered=covered,
        base=_READER.base(message, member, resolver),
        signature=signature,
        nonce=_text(member, "nonce"),
    )


def _covered(member: InnerList) -> tuple[str, ...]:
    """The names that are covered. Parameters of components are more than the profile needs, so none is accepted."""
    names = []
    for item in member:
        name = item.value
        if item.params or type(name) is not str or not (name in _DERIVED or _FIELD.fullmatch(name)):
            raise BadSignature("The signature covers a component that is not accepted.")
        names.append(name)
    if len(names) > MOST_COMPONENTS or len(set(names)) < len(names):
        raise BadSignature("The signature covers too much, or something twice.")
    return tuple(names)


def _check_covered(covered: tuple[str, ...], *, has_body: bool) -> None:
    if "@method" not in covered:
        raise BadSignature("The signature does not cover @method.")
    if "@target-uri" not in covered and not _TARGET_PARTS.issubset(covered):
        raise BadSignature("The signature does not cover @target-uri.")
    if has_body and "content-digest" not in covered:
        raise BadSignature("The signature does not cover content-digest.")


def _integer(member: InnerList, name: str) -> int | None:
    value = member.params.get(name)
    if value is not None and type(value) is not int:
        raise BadSignature(f"The parameter {name} is no integer.")
    return value


def _text(member: InnerList, name: str) -> str | None:
    value = member.params.get(name)
    if value is not None and type(value) is not str:
        raise BadSignature(f"The parameter {name} is no text.")
    return value
