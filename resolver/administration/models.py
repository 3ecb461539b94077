"""What administrators are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from resolver.backends.models import Backend
from resolver.registration.models import Verdict

# `deleted` are people who are gone: their names stay given away. `reserved` is a name on its way to a backend.
PersonState: TypeAlias = Literal["active", "reserved", "deleted"]


@dataclass(frozen=True, slots=True)
class Token:
    """An administrator's token, without its secret, which is shown once and kept as a hash."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class BackendView:
    """A backend, what placement thinks of it, and the limits that administrators have set."""

    backend: Backend
    verdict: Verdict
    limit_users: int | None
    limit_bytes: int | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the domain: the name, the backend by its origin, and since when the name is theirs."""

    name: str
    backend: str
    state: PersonState
    created_at: datetime
    deleted_at: datetime | None
