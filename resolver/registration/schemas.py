"""What registering looks like in JSON."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from resolver.registration.models import Registered


class RegisteredOut(BaseModel):
    """Somebody who has come, and where to sign in."""

    name: str
    handle: str = Field(description="`@name@domain`")
    backend: str = Field(description="Origin of the server that holds the account.")
    sign_in: str = Field(description="Address of the page to sign in.")
    active: bool = Field(description="Whether the server lets them in already; else it does within a minute.")


def sign_in_url(origin: str) -> str:
    """Where people of a backend sign in."""
    return f"{origin}/login"


def registered_json(made: Registered, domain: str) -> dict[str, Any]:
    """`RegisteredOut`."""
    return {
        "name": made.name,
        "handle": f"@{made.name}@{domain}",
        "backend": made.origin,
        "sign_in": sign_in_url(made.origin),
        "active": made.active,
    }
