"""Accept-Signature (RFC 9421 §5): asking for signatures, and reading what others ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from federation.signatures.models import Algorithm, BadSignature
from federation.signatures.structured import dictionary

_LONGEST = 4096
_MOST_COMPONENTS = 16
_DERIVED = frozenset({"@method", "@target-uri", "@authority", "@scheme", "@path", "@query"})
_ALGORITHMS: dict[Algorithm, str] = {"rsa": "rsa-v1_5-sha256", "ed25519": "ed25519"}


@dataclass(frozen=True)
class Wish:
    """A signature that somebody asks for: its label, components without parameters, and what else it should carry."""

    label: str
    components: tuple[str, ...]
    algorithm: str | None = None
    key_id: str | None = None
    nonce: str | None = None
    tag: str | None = None


def accept_signature(*, body: bool = True) -> str:
    """The value of Accept-Signature with which we ask for a signature of RFC 9421; `body`: of a request with one."""
    covered = ["@method", "@target-uri", *(["content-digest"] if body else [])]
    names = " ".join(f'"{name}"' for name in covered)
    return f"sig1=({names});created"


def wishes(value: str, *, algorithm: Algorithm, key_id: str, headers: Iterable[str] = ()) -> list[Wish]:
    """The wishes in an Accept-Signature that the key `key_id` can fulfil for a request with `headers`; [] if none."""
    if len(value) > _LONGEST or not value.isascii():
        return []
    try:
        members = dictionary(value)
    except BadSignature:
        return []
    present = {name.lower() for name in headers} | {"host", "date", "content-digest"}
    found = [_wish(label, member, parameters) for label, (member, parameters) in members.items()]
    return [
        wish
        for wish in found
        if wish is not None
        and wish.algorithm in (None, _ALGORITHMS[algorithm])
        and wish.key_id in (None, key_id)
        and all(name in _DERIVED or name in present for name in wish.components)
    ]


def _wish(label: str, member: object, parameters: dict[str, Any]) -> Wish | None:
    if not isinstance(member, list) or len(member) > _MOST_COMPONENTS:
        return None
    names = []
    for name, component_parameters in member:
        if type(name) is not str or component_parameters or name in names:
            return None
        names.append(name)
    texts = {name: parameters.get(name) for name in ("alg", "keyid", "nonce", "tag")}
    if any(value is not None and type(value) is not str for value in texts.values()):
        return None
    return Wish(label, tuple(names), *(value if isinstance(value, str) else None for value in texts.values()))
