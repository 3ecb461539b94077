"""What is said about shares: each activity as JSON, without its id. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from archypix.received.models import Incoming
from archypix.shares.models import Share
from federation.sharing.documents import share_document
from federation.sharing.terms import (
    ANNOUNCE,
    CONTEXT,
    PICTURE,
    PROPOSAL,
    REGRANT,
    REVOKE,
    SHARE,
    UNANNOUNCE,
)

Activity = dict[str, Any]


def _activity(
    kind: str, own: str, obj: Any, *, to: str | None = None, more: Mapping[str, Any] | None = None
) -> Activity:
    """Addressed to one, or to nobody by name: then only the inboxes it is posted to know."""
    head: Activity = {"@context": CONTEXT, "type": [kind, own], "object": obj}
    return head | ({"to": [to]} if to is not None else {}) | dict(more or {})


# Of the sender


def offer_within(share: Share, offer_id: str) -> Activity:
    """The Offer of a share, as other activities name it."""
    return {"id": offer_id, "type": ["Offer", SHARE], "actor": share.sender.uri, "object": share.uri}


def offer(share: Share) -> Activity:
    return _activity(
        "Offer", SHARE, share_document(share), to=share.recipient.uri, more={"target": share.recipient.uri}
    )


def change(share: Share) -> Activity:
    return _activity("Update", SHARE, share_document(share), to=share.recipient.uri)


def add(share: Share, items: Sequence[Any], sequence: int) -> Activity:
    more = {"target": share.uri, "apx:sequence": sequence}
    return _activity("Add", ANNOUNCE, list(items), to=share.recipient.uri, more=more)


def remove(share: Share, uris: Sequence[str], sequence: int) -> Activity:
    more = {"target": share.uri, "apx:sequence": sequence}
    return _activity("Remove", UNANNOUNCE, list(uris), to=share.recipient.uri, more=more)


def revoke(share: Share, offer_id: str) -> Activity:
    return _activity("Undo", REVOKE, offer_within(share, offer_id), to=share.recipient.uri)


def cut(share: Share, offer_id: str, grants: Sequence[UUID]) -> Activity:
    """Access by the share has ended for all under these grants; without any, for everybody."""
    more: Activity = {"apx:share": share.uri}
    if grants:
        more["apx:grants"] = [str(grant) for grant in grants]
    return _activity("Undo", REVOKE, offer_within(share, offer_id), more=more)


def withdraw(share: Share, offer_id: str, uris: Sequence[str]) -> Activity:
    """These pictures are not in the share any more; whoever holds them by it should ask again."""
    more = {"apx:share": share.uri, "apx:pictures": list(uris)}
    return _activity("Undo", REVOKE, offer_within(share, offer_id), more=more)


def update(share: Share, items: Sequence[Any]) -> Activity:
    return _activity("Update", PICTURE, list(items), more={"apx:share": share.uri})


def delete(uris: Sequence[str]) -> Activity:
    return _activity("Delete", PICTURE, [{"id": uri, "type": "Tombstone"} for uri in uris])


# Between relayers and owners


def invite_within(
    relayer: str,
    holder: str | None,
    upstream: str,
    via_share: str,
    *,
    uris: Sequence[str] | None = None,
    invite_id: str | None = None,
) -> Activity:
    """The Invite that an answer or its Undo is about. Whoever may be invited by a share is its one recipient, so it
    need not be said who that is."""
    said: Activity = {"type": ["Invite", REGRANT], "actor": relayer, "target": upstream, "apx:share": via_share}
    if invite_id is not None:
        said["id"] = invite_id
    if holder is not None:
        said["object"] = holder
    if uris is not None:
        said["apx:pictures"] = list(uris)
    return said


def invite(share: Share, owner: str, upstream: str, depth: int, uris: Sequence[str]) -> Activity:
    more = {
        "target": upstream,
        "apx:share": share.uri,
        "apx:reshareDepth": depth,
        "apx:originals": share.rights.originals,
        "apx:copy": share.rights.copy,
        "apx:metadataEdit": share.rights.metadata_edit,
        "apx:pictures": list(uris),
    }
    return _activity("Invite", REGRANT, share.recipient.uri, to=owner, more=more)


def uninvite(share: Share, owner: str, upstream: str, uris: Sequence[str] | None) -> Activity:
    inner = invite_within(share.sender.uri, share.recipient.uri, upstream, share.uri, uris=uris)
    return _activity("Undo", REGRANT, inner, to=owner)


def grant(invited: Activity, relayer: str, granted: Sequence[str], refused: Sequence[str]) -> Activity:
    """The owner's answer to an Invite: an Accept that names what is granted, or a Reject of all."""
    if not granted:
        return _activity("Reject", REGRANT, invited, to=relayer)
    more = {"apx:pictures": list(granted)}
    if refused:
        more["apx:refused"] = list(refused)
    return _activity("Accept", REGRANT, invited, to=relayer, more=more)


def regret(invited: Activity, relayer: str) -> Activity:
    """The owner takes back what was granted for a share of the relayer's."""
    return _activity("Reject", REGRANT, invited, to=relayer)


# Of the recipient


def _answered(share: Incoming) -> Activity:
    inner: Activity = {"type": ["Offer", SHARE], "actor": share.sender.uri, "object": share.uri}
    return ({"id": share.activity} if share.activity else {}) | inner


def accept(share: Incoming) -> Activity:
    return _activity("Accept", SHARE, _answered(share), to=share.sender.uri)


def decline(share: Incoming) -> Activity:
    return _activity("Reject", SHARE, _answered(share), to=share.sender.uri)


def leave(share: Incoming, recipient: str) -> Activity:
    inner = {"type": ["Accept", SHARE], "actor": recipient, "object": _answered(share)}
    return _activity("Undo", SHARE, inner, to=share.sender.uri)


def propose(proposer: str, owner: str, uri: str, changes: Mapping[str, Any]) -> Activity:
    """Changes to a picture of `owner`, in the words of the REST API; null takes a value away."""
    inner = {"type": "Update", "actor": proposer, "object": uri, "apx:changes": dict(changes)}
    return _activity("Offer", PROPOSAL, inner, to=owner, more={"target": owner})
