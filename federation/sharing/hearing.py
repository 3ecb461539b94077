"""What all handlers of sharing have in common: whom a message is for, and what is said to those who may not say it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from archypix.core.clock import now
from federation.documents.errors import Malformed
from federation.documents.terms import embedded, has_type, id_of
from federation.inbox_contract import Denied, Inbound, Postponed

# What refers to something that has not come may have overtaken it; not by more than this.
PATIENCE = timedelta(hours=1)


@contextmanager
def refusing() -> Iterator[None]:
    """Refuse with 400 what cannot be read."""
    try:
        yield
    except Malformed as error:
        raise Denied(400, error.detail) from None


def account_for(inbound: Inbound) -> int | None:
    """The account in whose inbox a message lies; None for the shared inbox.

    `Denied` where it lies in the inbox of somebody who receives nothing, or is addressed to others alone.
    """
    target = inbound.target
    if target is None:
        return None
    if target.account_id is None or target.kind != "person":
        raise Denied(403, "Shares are for people.")
    if inbound.recipients and target.uri not in inbound.recipients:
        raise Denied(403, "This is addressed to somebody else.")
    return target.account_id


def inner(inbound: Inbound, *types: str) -> dict[str, Any]:
    """The activity in an activity, to be read for ids alone. `Denied` where it is of none of these types."""
    found = embedded(inbound.activity.get("object"))
    if found is None or not has_type(found, *types):
        raise Denied(400, f"The object must be embedded, and of type {' or '.join(types)}.")
    return found


def text_id(value: Any) -> str:
    """The id that a value is or carries; empty where it is none."""
    return id_of(value) or ""


def late(inbound: Inbound, reason: str) -> None:
    """Raise `Postponed` while what a message refers to may still come, `Denied` when it should have."""
    if now() - inbound.received_at < PATIENCE:
        raise Postponed(reason)
    raise Denied(404, reason)
