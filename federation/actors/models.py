"""What local actors look like in Python."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

Kind: TypeAlias = Literal["person", "instance", "collection"]
KeyKind: TypeAlias = Literal["rsa", "ed25519"]


@dataclass(frozen=True, slots=True)
class Property:
    """A line of a profile that a person makes up: what it is, and what it says."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class LocalActor:
    """An actor of this server.

    `name` is the preferred user name: `alice`, `alice.travel` for a collection of hers, the domain for the server.
    `account_id` is None for the server alone. A deleted actor keeps its row and its `uri`, for ever.
    """

    id: int
    kind: Kind
    uri: str
    account_id: int | None
    name: str
    slug: str | None
    display_name: str
    summary: str
    properties: tuple[Property, ...]
    avatar_id: UUID | None
    approves_followers: bool
    discoverable: bool
    shows_network: bool
    created_at: datetime
    updated_at: datetime
    moved_to: str | None = None
    also_known_as: tuple[str, ...] = ()
    deleted_at: datetime | None = None
    # The account is disabled: it says nothing until it is enabled again.
    suspended: bool = False
    # The person lives at another server of the domain by now, or is not quite here yet.
    away: bool = False
    # PEM of the RSA key and multibase of the Ed25519 key, both public.
    rsa_public: str = ""
    ed25519_public: str = ""

    @property
    def deleted(self) -> bool:
        return self.deleted_at is not None

    @property
    def followers_uri(self) -> str:
        return f"{self.uri}/followers"


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key pair before it is a row: the public half as text, the private half sealed later."""

    kind: KeyKind
    public: str
    private: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewKeys:
    """Both key pairs of an actor."""

    rsa: NewKey
    ed25519: NewKey


@dataclass(frozen=True, slots=True)
class SealedKey:
    """The current RSA key as its row has it."""

    id: int
    actor_id: int
    uri: str
    kind: KeyKind
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Avatar:
    """A portrait, ready to be served."""

    id: UUID
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a collection: its items, as addresses or objects, and the cursor of the next one."""

    items: list[object]
    next: str | None
