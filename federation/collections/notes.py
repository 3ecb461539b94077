"""Posts as Notes, and what is said about them."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any
from uuid import UUID

from archypix.core.clock import rfc3339
from archypix.storage.keys import VARIANTS
from federation.actors.models import LocalActor
from federation.addresses import Addresses
from federation.collections.models import Post, PostedPicture
from federation.documents.contexts import AS, OBJECT_CONTEXT
from federation.documents.terms import PUBLIC

MOST_PICTURES = 4
# The longer side of the thumbnail that posts show; its measures are in proportion.
SHOWN_VARIANT = "large"
THUMBNAIL_TYPE = "image/webp"
# What four pictures say must fit into what any inbox takes.
LONGEST_TITLE = 500
LONGEST_ALT = 5000


@dataclass(frozen=True, slots=True)
class Speakers:
    """Who speaks of a post: the person whose pictures they are, and the collection that passes them on."""

    owner: LocalActor
    collection: LocalActor


def post_uri(owner: LocalActor, post_id: UUID) -> str:
    """The id of a Note, and the address of its page."""
    return f"{owner.uri}/posts/{post_id}"


def picture_uri(owner: LocalActor, picture_id: UUID) -> str:
    """The id of a picture, and the address of its page."""
    return f"{owner.uri}/pictures/{picture_id}"


def thumbnail_url(addresses: Addresses, owner: LocalActor, picture: PostedPicture, variant: str) -> str:
    """Where anybody gets a thumbnail of a public picture: the same for as long as it looks the same."""
    assert variant in VARIANTS
    path = picture_uri(owner, picture.id).removeprefix(addresses.base)
    return f"{addresses.origin}{path}/{variant}.webp?v={picture.blob_id.hex[-8:]}"


def note(speakers: Speakers, post: Post, addresses: Addresses) -> dict[str, Any]:
    """The post as others read it; one that was taken back is a Tombstone."""
    uri = post_uri(speakers.owner, post.id)
    if post.deleted_at is not None:
        return tombstone(uri, rfc3339(post.deleted_at))
    document: dict[str, Any] = {
        "@context": OBJECT_CONTEXT,
        "id": uri,
        "type": "Note",
        "attributedTo": speakers.owner.uri,
        "to": [PUBLIC],
        "cc": [speakers.owner.followers_uri, speakers.collection.followers_uri],
        "audience": speakers.collection.uri,
        "published": rfc3339(post.published_at),
        "url": uri,
        "content": content(speakers, post),
        "sensitive": False,
        "attachment": [_attachment(speakers.owner, picture, addresses) for picture in post.pictures],
        "likes": _count(uri, "likes", post.likes),
        "shares": _count(uri, "shares", post.boosts),
        "replies": _count(uri, "replies", post.replies),
    }
    if post.edited_at is not None:
        document["updated"] = rfc3339(post.edited_at)
    return document


def tombstone(uri: str, deleted: str) -> dict[str, Any]:
    """What is left of a post."""
    return {"@context": AS, "id": uri, "type": "Tombstone", "formerType": "Note", "deleted": deleted}


def content(speakers: Speakers, post: Post) -> str:
    """What stands beside the pictures, as HTML: their titles, and where they come from."""
    titles = [picture.title[:LONGEST_TITLE] for picture in post.pictures if picture.title]
    lines = [f"<p>{'<br>'.join(escape(title) for title in titles)}</p>"] if titles else []
    name = speakers.collection.display_name or speakers.collection.name
    lines.append(f'<p><a href="{escape(speakers.collection.uri)}">{escape(name)}</a></p>')
    return "".join(lines)


def _attachment(owner: LocalActor, picture: PostedPicture, addresses: Addresses) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "Image",
        "mediaType": THUMBNAIL_TYPE,
        "url": thumbnail_url(addresses, owner, picture, SHOWN_VARIANT),
        "name": picture.alt[:LONGEST_ALT] or None,
        "blurhash": picture.blurhash,
        "width": picture.width,
        "height": picture.height,
    }
    return {key: value for key, value in found.items() if value is not None}


def _count(uri: str, name: str, number: int) -> dict[str, Any]:
    return {"id": f"{uri}/{name}", "type": "Collection", "totalItems": number}


def creation(speakers: Speakers, post: Post, addresses: Addresses) -> dict[str, Any]:
    """The owner's Create of a post."""
    document = note(speakers, post, addresses)
    return {
        "@context": document.pop("@context"),
        "type": "Create",
        "published": document["published"],
        "to": document["to"],
        "cc": document["cc"],
        "object": document,
    }


def announcement(speakers: Speakers, post: Post) -> dict[str, Any]:
    """The collection's Announce of a post."""
    return {
        "type": "Announce",
        "published": rfc3339(post.published_at),
        "to": [PUBLIC],
        "cc": [speakers.collection.followers_uri, speakers.owner.uri],
        "object": post_uri(speakers.owner, post.id),
    }


def change(speakers: Speakers, post: Post, addresses: Addresses) -> dict[str, Any]:
    """The owner's Update of a post."""
    document = note(speakers, post, addresses)
    return {
        "@context": document.pop("@context"),
        "type": "Update",
        "published": document.get("updated", document["published"]),
        "to": document["to"],
        "cc": document["cc"],
        "object": document,
    }


def deletion(speakers: Speakers, post_id: UUID) -> dict[str, Any]:
    """The owner's Delete of a post."""
    return {
        "type": "Delete",
        "to": [PUBLIC],
        "cc": [speakers.owner.followers_uri, speakers.collection.followers_uri],
        "object": {"id": post_uri(speakers.owner, post_id), "type": "Tombstone", "formerType": "Note"},
    }
