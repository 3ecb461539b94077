"""Signed requests, keys, and what a signature claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

Algorithm: TypeAlias = Literal["rsa", "ed25519"]


class Kind(StrEnum):
    """The two ways in which servers sign."""

    RFC9421 = "rfc9421"
    CAVAGE = "cavage"


class BadSignature(Exception):
    """A signature that proves nothing; `detail` says why and may be shown."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class WeakKey(ValueError):
    """Key material that is no key of ours: damaged, of another kind, too short or too long."""


@dataclass(frozen=True)
class SignedRequest:
    """A request as on the wire: `url` is the absolute target URI with its percent-encoding untouched."""

    method: str
    url: str
    headers: Sequence[tuple[str, str]]
    body: bytes | None = None


@dataclass(frozen=True)
class PublicKey:
    """A key that signatures are checked with; `owner` is the actor it speaks for."""

    id: str
    owner: str
    algorithm: Algorithm
    key: RSAPublicKey | Ed25519PublicKey


@dataclass(frozen=True)
class PrivateKey:
    """A key that we sign with."""

    id: str
    algorithm: Algorithm
    key: RSAPrivateKey | Ed25519PrivateKey


@dataclass(frozen=True)
class Claim:
    """One signature of a request that keeps to the profile; whether it holds, only the key can tell.

    `stated` is the algorithm it names, if any; `base` are the bytes that were signed; `covered` what they cover;
    `bare_base` is what some sign instead for a GET with a query, which they leave out; `nonce` is covered too.
    """

    kind: Kind
    key_id: str
    label: str | None
    created: datetime
    expires: datetime | None
    stated: str | None
    covered: tuple[str, ...]
    base: bytes
    signature: bytes
    bare_base: bytes | None = None
    nonce: str | None = None
