"""What is said about follows. Each activity has the Follow inside it, since not everybody remembers ids."""

from __future__ import annotations

from typing import Any


def follow(follower_uri: str, followed_uri: str, *, follow_id: str | None = None) -> dict[str, Any]:
    """A Follow; without an id where it is yet to be sent, or none is known."""
    activity = {"type": "Follow", "actor": follower_uri, "object": followed_uri}
    return activity if not follow_id else {"id": follow_id} | activity


def ask(follower_uri: str, followed_uri: str) -> dict[str, Any]:
    """A Follow as it is sent."""
    return follow(follower_uri, followed_uri) | {"to": [followed_uri]}


def undo(follower_uri: str, followed_uri: str, follow_id: str) -> dict[str, Any]:
    """The follower takes a Follow back."""
    inner = follow(follower_uri, followed_uri, follow_id=follow_id)
    return {"type": "Undo", "to": [followed_uri], "object": inner}


def answer(kind: str, follower_uri: str, followed_uri: str, follow_id: str) -> dict[str, Any]:
    """`Accept` or `Reject` of a Follow, by the followed."""
    inner = follow(follower_uri, followed_uri, follow_id=follow_id)
    return {"type": kind, "to": [follower_uri], "object": inner}
