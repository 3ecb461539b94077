"""Rows made of something else than a document that was just read."""

from __future__ import annotations

from federation.documents.origins import host
from federation.remote.models import ActorDocument, RemoteActor


def document_of(actor: RemoteActor) -> ActorDocument:
    """What an actor said, from what was kept of it."""
    return ActorDocument(
        uri=actor.uri,
        host=actor.host,
        type=actor.type,
        username=actor.username,
        claimed=actor.claimed,
        name=actor.name,
        summary=actor.summary,
        url=actor.url,
        icon_url=actor.icon_url,
        inbox=actor.inbox,
        shared_inbox=actor.shared_inbox,
        outbox=actor.outbox,
        followers_uri=actor.followers_uri,
        moved_to=actor.moved_to,
        also_known_as=actor.also_known_as,
        approves_followers=actor.approves_followers,
        keys=actor.keys,
        access_url=actor.access_url,
        pictures_url=actor.pictures_url,
    )


def local(uri: str, *, handle: str, inbox: str, name: str, kind: str, followers_uri: str | None) -> ActorDocument:
    """An actor of this server: only what others need to name it and to reach it."""
    handle = handle.removeprefix("@")
    return ActorDocument(
        uri=uri,
        host=host(uri),
        type=kind,
        username=handle.partition("@")[0],
        claimed=handle,
        name=name or handle.partition("@")[0],
        summary="",
        url=uri,
        icon_url=None,
        inbox=inbox,
        shared_inbox=None,
        outbox=f"{uri}/outbox",
        followers_uri=followers_uri or f"{uri}/followers",
        moved_to=None,
        also_known_as=(),
        approves_followers=False,
        keys=(),
    )
