"""The JSON of local actors, in the words that other servers read."""

from __future__ import annotations

from typing import Any

from archypix.core.clock import rfc3339
from federation.actors.markup import line_html, paragraphs_html
from federation.actors.models import LocalActor
from federation.addresses import Addresses
from federation.documents.contexts import ACTOR_CONTEXT, AS

TYPES = {"person": "Person", "collection": "Group", "instance": "Application"}
# Words of actors beyond those of all our documents.
TERMS: dict[str, Any] = {
    "apx:access": {"@id": "apx:access", "@type": "@id"},
    "apx:pictures": {"@id": "apx:pictures", "@type": "@id"},
    # No context that everybody bundles has this one (FEP-521a).
    "assertionMethod": {"@id": "https://w3id.org/security#assertionMethod", "@type": "@id", "@container": "@set"},
    "suspended": "toot:suspended",
    "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger",
}
CONTEXT: list[Any] = [*ACTOR_CONTEXT, TERMS]
AVATAR_PATH = "/avatars/"


def actor_document(actor: LocalActor, addresses: Addresses) -> dict[str, Any]:
    """The document of an actor; of one that is deleted, its Tombstone."""
    if actor.deleted_at is not None:
        return tombstone(actor.uri, rfc3339(actor.deleted_at), former=TYPES[actor.kind])
    document: dict[str, Any] = {
        "@context": CONTEXT,
        "id": actor.uri,
        "type": TYPES[actor.kind],
        "preferredUsername": actor.name,
        "webfinger": addresses.account(actor.name).removeprefix("acct:"),
        "name": actor.display_name or actor.name,
        "summary": paragraphs_html(actor.summary),
        "url": actor.uri,
        "inbox": addresses.inbox(actor.uri),
        "outbox": f"{actor.uri}/outbox",
        "followers": actor.followers_uri,
        "following": f"{actor.uri}/following",
        "endpoints": {
            "sharedInbox": addresses.shared_inbox,
            "apx:access": addresses.access,
            "apx:pictures": addresses.pictures,
        },
        "manuallyApprovesFollowers": actor.approves_followers,
        "discoverable": actor.discoverable,
        "published": rfc3339(actor.created_at),
        "updated": rfc3339(actor.updated_at),
    }
    document |= _keys(actor, addresses)
    return document | _optional(actor, addresses)


def tombstone(uri: str, deleted: str, *, former: str) -> dict[str, Any]:
    """What is left of something deleted."""
    return {"@context": AS, "id": uri, "type": "Tombstone", "formerType": former, "deleted": deleted}


def avatar_url(actor: LocalActor, addresses: Addresses) -> str | None:
    """Where the portrait lies, for ever the same for the same picture."""
    return None if actor.avatar_id is None else f"{addresses.origin}{AVATAR_PATH}{actor.avatar_id}"


def _keys(actor: LocalActor, addresses: Addresses) -> dict[str, Any]:
    return {
        "publicKey": {"id": addresses.key(actor.uri), "owner": actor.uri, "publicKeyPem": actor.rsa_public},
        "assertionMethod": [
            {
                "id": addresses.assertion_key(actor.uri),
                "type": "Multikey",
                "controller": actor.uri,
                "publicKeyMultibase": actor.ed25519_public,
            }
        ],
    }


def _optional(actor: LocalActor, addresses: Addresses) -> dict[str, Any]:
    """What is only there where it says something."""
    fields: dict[str, Any] = {}
    if (icon := avatar_url(actor, addresses)) is not None:
        fields["icon"] = {"type": "Image", "mediaType": "image/jpeg", "url": icon}
    if actor.properties:
        fields["attachment"] = [
            {"type": "PropertyValue", "name": item.name, "value": line_html(item.value)} for item in actor.properties
        ]
    if actor.also_known_as:
        fields["alsoKnownAs"] = list(actor.also_known_as)
    if actor.moved_to is not None:
        fields["movedTo"] = actor.moved_to
    if actor.suspended:
        fields["suspended"] = True
    if actor.kind == "collection":
        fields["attributedTo"] = actor.uri.partition("/collections/")[0]
    return fields
