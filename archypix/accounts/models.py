"""What accounts look like in Python."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

# What a token may be limited to. A session may do everything its account may.
SCOPES = frozenset(
    {
        "pictures:read",
        "pictures:write",
        "tags:read",
        "tags:write",
        "account:read",
        "account:write",
        "events:read",
        "people:read",
        "people:write",
        "collections:read",
        "collections:write",
        "shares:read",
        "shares:write",
        "admin",
    }
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request: the account, and through which session or token.

    `scopes` is None for a session, which may do all that the account may. `held`: the account is about to be another
    server's, and can only be read.
    """

    account_id: int
    name: str
    is_admin: bool
    scopes: frozenset[str] | None
    session_id: UUID | None = None
    token_id: UUID | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something that the audit log keeps: an account (None: nobody signed in), and from where."""

    account_id: int | None
    address: str


# Whoever may run commands on the machine needs no account to do so.
COMMAND_LINE = Actor(None, "command line")


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account. `name` is the part of the handle before the domain and never changes."""

    id: int
    name: str
    display_name: str
    is_admin: bool
    has_password: bool
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Pending:
    """An account to come: `action` and what follows are for the audit log, `password_hash` is None for no password.

    `invite_id` and `setup_hash` are what was spent for it. With a `deadline`, the Resolver itself asks for the account,
    and claims the name before that.
    """

    name: str
    display_name: str
    password_hash: str | None
    is_admin: bool
    quota: int | None
    action: str
    actor_id: int | None = None
    address: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    invite_id: UUID | None = None
    setup_hash: bytes | None = None
    deadline: datetime | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What an account stores, in bytes and numbers of pictures. `quota` is None where there is no limit.

    `uploading` are bytes that announced uploads hold until they are done or expire; the four kinds add up to `used`.
    """

    originals: int
    versions: int
    trash: int
    uploading: int
    quota: int | None
    pictures: int
    trashed: int

    @property
    def used(self) -> int:
        return self.originals + self.versions + self.trash + self.uploading


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in."""

    id: UUID
    user_agent: str
    address: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """A program's token, without its secret, which is shown once and kept as a hash."""

    id: UUID
    name: str
    scopes: frozenset[str]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Invite:
    """A code that lets people register, without the code, which is shown once. `created_by` is a name."""

    id: UUID
    created_by: str
    note: str
    uses_left: int
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that was done. `actor` is a name or None, `subject` what it was done to, `details` small JSON."""

    id: int
    at: datetime
    actor: str | None
    action: str
    subject: str
    address: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: the secrets for the session cookie and the device cookie, shown to nobody else."""

    account: Account
    session_id: UUID
    session_secret: str
    device_secret: str
