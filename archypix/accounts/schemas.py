"""What accounts look like in JSON: bodies, query strings and answers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from archypix.accounts.models import Account, AuditEntry, Invite, Session, Token, Usage
from archypix.core.clock import rfc3339
from archypix.instance.schemas import Description, Mode, ServerName

# Generous bounds against abuse; the rules themselves are the services'.
Name = Annotated[str, StringConstraints(max_length=100)]
Password = Annotated[str, StringConstraints(max_length=1000)]
Line = Annotated[str, StringConstraints(max_length=200)]
Secret = Annotated[str, StringConstraints(max_length=200)]
Scope = Annotated[str, StringConstraints(max_length=50)]
Bytes = Annotated[int, Field(ge=0, le=1 << 62)]
Cursor = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}$")]
Limit = Annotated[int, Field(ge=1, le=500)]


class Body(BaseModel):
    """A body or query string: what is not foreseen is refused."""

    model_config = ConfigDict(extra="forbid")


class SignIn(Body):
    name: Name
    password: Password


class Profile(Body):
    display_name: Line


class PasswordChange(Body):
    old_password: Password
    new_password: Password


class NewToken(Body):
    name: Line
    scopes: list[Scope] | None = Field(None, max_length=50, description="Default: all that the caller may.")
    expires_in_days: int | None = Field(None, ge=1, le=3650)


class Registration(Body):
    name: Name
    password: Password
    display_name: Line = ""
    invite: Secret | None = None


class SetupLink(Body):
    token: Secret


class Setup(Body):
    token: Secret
    name: Name
    password: Password
    display_name: Line = ""
    server_name: ServerName | None = None
    server_description: Description | None = None
    registration: Mode | None = Field(None, description="Not given: the server's setting.")


class NewAccount(Body):
    name: Name
    password: Password | None = Field(None, description="Without one, only tokens open the account.")
    display_name: Line = ""
    is_admin: bool = False
    quota: Bytes | None = Field(None, description="Bytes; null for no limit. Not given: the server's default.")


class AccountChanges(Body):
    display_name: Line | None = None
    disabled: bool | None = None
    is_admin: bool | None = None
    quota: Bytes | None = Field(None, description="Bytes; null lifts the limit.")


class PasswordReset(Body):
    password: Password
    revoke_tokens: bool = False


class NewInvite(Body):
    note: Line = ""
    uses: int = Field(1, ge=1, le=1000)
    expires_in_days: int = Field(14, ge=1, le=365)


class Page(Body):
    cursor: Cursor | None = None
    limit: Limit = 100


class AuditPage(Page):
    actor: Name | None = None
    action: Annotated[str, StringConstraints(pattern=r"^[a-z_.]{1,50}$")] | None = None


class Empty(BaseModel):
    """No body."""


class AccountOut(BaseModel):
    name: str
    display_name: str
    is_admin: bool
    has_password: bool
    created_at: str


class UsageOut(BaseModel):
    """Bytes and numbers of pictures; `used` is the sum of the first four, `quota` null where there is no limit."""

    originals: int
    versions: int
    trash: int
    uploading: int
    used: int
    quota: int | None
    pictures: int
    trashed: int


class SessionState(BaseModel):
    """Who is signed in. Browsers send `csrf_token` as `X-CSRF-Token` with all that changes something."""

    account: AccountOut
    csrf_token: str | None
    scopes: list[str] | None


class SessionOut(BaseModel):
    id: str
    current: bool
    user_agent: str
    address: str
    created_at: str
    last_used_at: str
    expires_at: str


class TokenOut(BaseModel):
    id: str
    name: str
    scopes: list[str]
    created_at: str
    last_used_at: str | None
    expires_at: str | None


class NewTokenOut(TokenOut):
    token: str


class SessionsOut(BaseModel):
    items: list[SessionOut]


class TokensOut(BaseModel):
    items: list[TokenOut]


class Ended(BaseModel):
    sessions_ended: int


class SetupLinkOut(BaseModel):
    holds: bool


class RegistrationOut(BaseModel):
    mode: Mode


class AdminAccountOut(AccountOut):
    disabled_at: str | None
    usage: UsageOut


class AccountsOut(BaseModel):
    items: list[AdminAccountOut]
    next: str | None


class InviteOut(BaseModel):
    id: str
    created_by: str
    note: str
    uses_left: int
    created_at: str
    expires_at: str


class NewInviteOut(InviteOut):
    code: str


class InvitesOut(BaseModel):
    items: list[InviteOut]


class AuditEntryOut(BaseModel):
    id: str
    at: str
    actor: str | None
    action: str
    subject: str
    address: str
    details: dict[str, Any]


class AuditOut(BaseModel):
    items: list[AuditEntryOut]
    next: str | None


def account_json(account: Account) -> dict[str, Any]:
    """`AccountOut`."""
    return {
        "name": account.name,
        "display_name": account.display_name,
        "is_admin": account.is_admin,
        "has_password": account.has_password,
        "created_at": rfc3339(account.created_at),
    }


def usage_json(usage: Usage) -> dict[str, Any]:
    """`UsageOut`."""
    return {
        "originals": usage.originals,
        "versions": usage.versions,
        "trash": usage.trash,
        "uploading": usage.uploading,
        "used": usage.used,
        "quota": usage.quota,
        "pictures": usage.pictures,
        "trashed": usage.trashed,
    }


def admin_account_json(account: Account, usage: Usage) -> dict[str, Any]:
    """`AdminAccountOut`."""
    disabled_at = rfc3339(account.disabled_at) if account.disabled_at else None
    return account_json(account) | {"disabled_at": disabled_at, "usage": usage_json(usage)}


def session_json(session: Session, *, current: bool) -> dict[str, Any]:
    """`SessionOut`."""
    return {
        "id": str(session.id),
        "current": current,
        "user_agent": session.user_agent,
        "address": session.address,
        "created_at": rfc3339(session.created_at),
        "last_used_at": rfc3339(session.last_used_at),
        "expires_at": rfc3339(session.expires_at),
    }


def token_json(token: Token) -> dict[str, Any]:
    """`TokenOut`."""
    return {
        "id": str(token.id),
        "name": token.name,
        "scopes": sorted(token.scopes),
        "created_at": rfc3339(token.created_at),
        "last_used_at": rfc3339(token.last_used_at) if token.last_used_at else None,
        "expires_at": rfc3339(token.expires_at) if token.expires_at else None,
    }


def invite_json(invite: Invite) -> dict[str, Any]:
    """`InviteOut`."""
    return {
        "id": str(invite.id),
        "created_by": invite.created_by,
        "note": invite.note,
        "uses_left": invite.uses_left,
        "created_at": rfc3339(invite.created_at),
        "expires_at": rfc3339(invite.expires_at),
    }


def audit_json(entry: AuditEntry) -> dict[str, Any]:
    """`AuditEntryOut`."""
    return {
        "id": str(entry.id),
        "at": rfc3339(entry.at),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "address": entry.address,
        "details": entry.details,
    }
