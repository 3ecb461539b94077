"""What administration looks like in JSON: bodies, query strings and answers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from archypix.accounts.schemas import Body, Bytes, Limit, Page
from archypix.core.clock import rfc3339
from resolver.administration.models import BackendView, Person, Token
from resolver.audit.models import Entry
from resolver.invites.models import Invite
from resolver.preferences.models import Preferences
from resolver.registration.models import Reason, Trial

Origin = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,300}$")]
Name = Annotated[str, StringConstraints(max_length=100)]
Count = Annotated[int, Field(ge=0, le=1 << 62)]
Registration = Literal["open", "invite", "closed"]
Strategy = Literal["least_users", "least_pictures", "least_bytes", "round_robin", "fixed"]


class Admission(Body):
    fingerprint: Annotated[str, StringConstraints(max_length=300)] = Field(
        description="Of the backend's key, as the backend prints it: the administrator has compared the two."
    )


class Nothing(Body):
    """An empty object."""


class BackendChanges(Body):
    draining: bool | None = Field(None, description="Nobody new is placed there while it drains.")
    limit_users: Count | None = Field(None, description="How many people it takes; null lifts the limit.")
    limit_bytes: Bytes | None = Field(None, description="How many bytes it takes; null lifts the limit.")


class PlacementQuery(Body):
    people: int = Field(1, ge=1, le=1000, description="How many newcomers to place, one after another.")


class PeoplePage(Body):
    q: Name = Field("", description="How the name begins.")
    backend: Origin | None = Field(None, description="Only people of the backend with this origin.")
    cursor: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,30}$")] | None = None
    limit: Limit = 100


class SettingsChanges(Body):
    """What is not named stays as it is."""

    registration: Registration | None = None
    strategy: Strategy | None = None
    fixed_backend: Origin | None = Field(None, description="Where the strategy `fixed` places everybody.")
    least_free_bytes: Bytes | None = Field(None, description="What must be free on a backend with a limit of bytes.")
    most_users: Count | None = Field(None, description="How many people the domain takes; null lifts the limit.")
    quota: Bytes | None = Field(None, description="Bytes for each newcomer; null leaves it to the backend.")


class AuditPage(Page):
    actor: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,300}$")] | None = None
    action: Annotated[str, StringConstraints(pattern=r"^[a-z_.]{1,50}$")] | None = None


class BackendOut(BaseModel):
    """A backend: its state, what its last heartbeat said, and what keeps newcomers from it.

    `people` are the names of the domain that live there and those on their way, `users` what it said itself.
    """

    id: str
    origin: str
    state: Literal["pending", "admitted", "refused"]
    up: bool = Field(description="Whether its last heartbeat is fresh.")
    fingerprint: str
    software: str
    version: str
    people: int
    users: int
    pictures: int
    bytes: int
    healthy: bool
    accepting: bool
    draining: bool
    problems: list[str]
    conflicts: list[str] = Field(description="Its people whose names are somebody else's in the domain.")
    limit_users: int | None = Field(description="Set by an administrator.")
    limit_bytes: int | None
    capacity_users: int | None = Field(description="Said by the backend; the lower of the two holds.")
    capacity_bytes: int | None
    closed_by: list[Reason] = Field(description="Why no newcomer goes there; empty where they do.")
    created_at: str
    admitted_at: str | None
    heard_at: str | None


class BackendsOut(BaseModel):
    items: list[BackendOut]


class PlacedOut(BaseModel):
    """What placement thinks of one backend: how many of the newcomers it gets, and why no more."""

    backend: str
    newcomers: int
    load: int = Field(description="What the strategy compares, before the first of them.")
    closed_by: list[Reason]


class PlacementOut(BaseModel):
    strategy: Strategy
    placed: int
    refused: int = Field(description="How many of the newcomers no backend would take.")
    order: list[str] = Field(description="The backend of each, by origin.")
    items: list[PlacedOut]


class PersonOut(BaseModel):
    name: str
    handle: str
    backend: str
    state: Literal["active", "reserved", "deleted"]
    created_at: str
    deleted_at: str | None


class PeopleOut(BaseModel):
    items: list[PersonOut]
    next: str | None


class SettingsOut(BaseModel):
    registration: Registration
    strategy: Strategy
    fixed_backend: str | None
    least_free_bytes: int
    most_users: int | None
    quota: int | None


class TokenOut(BaseModel):
    id: str
    name: str
    created_at: str
    last_used_at: str | None


class TokensOut(BaseModel):
    items: list[TokenOut]


def backend_json(view: BackendView) -> dict[str, Any]:
    """`BackendOut`."""
    backend, candidate = view.backend, view.verdict.candidate
    return {
        "id": str(backend.id),
        "origin": backend.origin,
        "state": backend.state,
        "up": candidate.heard,
        "fingerprint": backend.fingerprint,
        "software": backend.software,
        "version": backend.version,
        "people": candidate.people,
        "users": backend.users,
        "pictures": backend.pictures,
        "bytes": backend.bytes,
        "healthy": backend.healthy,
        "accepting": backend.accepting,
        "draining": candidate.draining,
        "problems": list(backend.problems),
        "conflicts": list(backend.conflicts),
        "limit_users": view.limit_users,
        "limit_bytes": view.limit_bytes,
        "capacity_users": backend.capacity_users,
        "capacity_bytes": backend.capacity_bytes,
        "closed_by": list(view.verdict.refused),
        "created_at": rfc3339(backend.created_at),
        "admitted_at": rfc3339(backend.admitted_at) if backend.admitted_at else None,
        "heard_at": rfc3339(backend.heard_at) if backend.heard_at else None,
    }


def placement_json(trial: Trial, strategy: str, wanted: int) -> dict[str, Any]:
    """`PlacementOut`."""
    return {
        "strategy": strategy,
        "placed": len(trial.order),
        "refused": wanted - len(trial.order),
        "order": list(trial.order),
        "items": [
            {
                "backend": verdict.candidate.origin,
                "newcomers": trial.order.count(verdict.candidate.origin),
                "load": verdict.load,
                "closed_by": list(verdict.refused),
            }
            for verdict in trial.verdicts
        ],
    }


def person_json(person: Person, domain: str) -> dict[str, Any]:
    """`PersonOut`."""
    return {
        "name": person.name,
        "handle": f"@{person.name}@{domain}",
        "backend": person.backend,
        "state": person.state,
        "created_at": rfc3339(person.created_at),
        "deleted_at": rfc3339(person.deleted_at) if person.deleted_at else None,
    }


def settings_json(settings: Preferences) -> dict[str, Any]:
    """`SettingsOut`."""
    return asdict(settings)


def token_json(token: Token) -> dict[str, Any]:
    """`TokenOut`."""
    return {
        "id": str(token.id),
        "name": token.name,
        "created_at": rfc3339(token.created_at),
        "last_used_at": rfc3339(token.last_used_at) if token.last_used_at else None,
    }


def invite_json(invite: Invite) -> dict[str, Any]:
    """`InviteOut` of accounts."""
    return {
        "id": str(invite.id),
        "created_by": invite.created_by,
        "note": invite.note,
        "uses_left": invite.uses_left,
        "created_at": rfc3339(invite.created_at),
        "expires_at": rfc3339(invite.expires_at),
    }


def audit_json(entry: Entry) -> dict[str, Any]:
    """`AuditEntryOut` of accounts."""
    return {
        "id": str(entry.id),
        "at": rfc3339(entry.at),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "address": entry.address,
        "details": entry.details,
    }
