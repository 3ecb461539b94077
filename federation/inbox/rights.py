"""What an actor may say at all, judged by the activity alone: origins, and rights by type (PROTOCOL §4.6, §4.9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from federation.documents.origins import same_origin
from federation.documents.terms import has_type, id_of, ids_of
from federation.inbox.models import Envelope
from federation.inbox_contract import Denied

ACTOR_TYPES = ("Person", "Group", "Organization", "Service", "Application")
OWNERS = ("attributedTo", "actor", "owner")
IsLocal = Callable[[str], bool]


def check_origins(envelope: Envelope) -> None:
    """`Denied` unless the activity's id has its actor's origin."""
    if not same_origin(envelope.actor, envelope.id):
        raise Denied(403, "The activity's id is of another origin than its actor.")


def check_rights(envelope: Envelope, is_local: IsLocal) -> None:
    """`Denied` where the activity tells by itself that its actor may not do this."""
    check = _CHECKS.get(envelope.type)
    if check is not None:
        check(envelope, is_local)


def believed(envelope: Envelope) -> dict[str, Any] | None:
    """The embedded object, if its actor may speak for it: its id is of the actor's origin, and the actor owns it."""
    found = envelope.raw_object
    if found is None or not isinstance(found.get("id"), str) or not same_origin(envelope.actor, found["id"]):
        return None
    return found if _owned(found, envelope.actor) else None


def owners(found: dict[str, Any]) -> set[str]:
    """Who is said to own an object; an actor owns itself."""
    identifier = found.get("id")
    if isinstance(identifier, str) and has_type(found, *ACTOR_TYPES):
        return {identifier}
    return {owner for term in OWNERS for owner in ids_of(found.get(term))}


def _owned(found: dict[str, Any], actor: str) -> bool:
    return owners(found) == {actor}


def _make(envelope: Envelope, _: IsLocal) -> None:
    """Create: of the actor's own things only."""
    _require_object(envelope)
    _refuse_foreign(envelope)


def _change(envelope: Envelope, _: IsLocal) -> None:
    """Update, Delete: likewise; a thing named by nothing but its id must at least be of the actor's origin."""
    _require_object(envelope)
    _refuse_foreign(envelope)


def _undo(envelope: Envelope, _: IsLocal) -> None:
    """Undo: of the actor's own activities only. Some embed what they undo without giving its id."""
    found = envelope.raw_object
    if found is not None and not envelope.object_ids:
        if id_of(found.get("actor")) != envelope.actor:
            raise Denied(403, "Only who did something may undo it.")
        return
    _require_object(envelope)
    _refuse_foreign(envelope)


def _answer(envelope: Envelope, is_local: IsLocal) -> None:
    """Accept, Reject: of something that was said from here, to this actor."""
    found = envelope.raw_object
    if found is None:
        _require_object(envelope)
        if not all(is_local(identifier) for identifier in envelope.object_ids):
            raise Denied(403, "This was not said from here.")
        return
    speaker = id_of(found.get("actor"))
    if speaker is None and envelope.object_id and is_local(envelope.object_id):
        return
    if speaker is None or not is_local(speaker):
        raise Denied(403, "This was not said from here.")


def _collect(envelope: Envelope, _: IsLocal) -> None:
    """Add, Remove: into the actor's own collections only."""
    _require_object(envelope)
    target = id_of(envelope.activity.get("target"))
    if target is None:
        raise Denied(400, "There must be exactly one `target`.")
    if not same_origin(envelope.actor, target):
        raise Denied(403, "The collection is of another origin than the actor.")
    embedded = envelope.activity.get("target")
    if isinstance(embedded, dict) and owners(embedded) - {envelope.actor}:
        raise Denied(403, "The collection is somebody else's.")


def _move(envelope: Envelope, _: IsLocal) -> None:
    """Move: of nobody but oneself, to somewhere else."""
    if envelope.object_ids != (envelope.actor,):
        raise Denied(403, "Only the actor itself can move.")
    target = id_of(envelope.activity.get("target"))
    if target is None or target == envelope.actor:
        raise Denied(400, "There must be exactly one `target`, and it must be another actor.")


def _about_one(envelope: Envelope, _: IsLocal) -> None:
    if len(envelope.object_ids) != 1:
        raise Denied(400, "There must be exactly one `object`, with an id.")


def _about_some(envelope: Envelope, _: IsLocal) -> None:
    _require_object(envelope)


def _require_object(envelope: Envelope) -> None:
    if not envelope.object_ids:
        raise Denied(400, "There must be an `object` with an id.")


def _refuse_foreign(envelope: Envelope) -> None:
    for identifier in envelope.object_ids:
        if not same_origin(envelope.actor, identifier):
            raise Denied(403, "The object is of another origin than the actor.")
    found = envelope.raw_object
    if found is not None and owners(found) - {envelope.actor}:
        raise Denied(403, "The object is somebody else's.")


_CHECKS: dict[str, Callable[[Envelope, IsLocal], None]] = {
    "Create": _make,
    "Update": _change,
    "Delete": _change,
    "Undo": _undo,
    "Accept": _answer,
    "Reject": _answer,
    "TentativeAccept": _answer,
    "TentativeReject": _answer,
    "Add": _collect,
    "Remove": _collect,
    "Move": _move,
    "Follow": _about_one,
    "Like": _about_one,
    "Announce": _about_one,
    "Block": _about_one,
    "Flag": _about_some,
}
