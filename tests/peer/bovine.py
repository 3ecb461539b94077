"""A server on bovine as a peer: one actor that signs and verifies draft-cavage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.peer import installing
from tests.peer.process import PeerProcess, joined_map


class BovinePeer(PeerProcess):
    """One running bovine actor, `@betty@host` unless called otherwise."""

    name = "bovine"

    def __init__(
        self, *, origin: str | None = None, host_map: Mapping[str, str] | None = None, user: str = "betty"
    ) -> None:
        super().__init__(origin=origin, host_map=host_map)
        self.user = user
        self.actor = f"{self.origin}/users/{user}"
        self.inbox = f"{self.actor}/inbox"
        self.handle = f"@{user}@{self.host}"

    def command(self) -> Sequence[str | Path]:
        return [installing.bovine(), installing.BOVINE / "peer.py"]

    def settings(self, data: Path) -> dict[str, str]:
        return {
            "PEER_PORT": str(self.port),
            "PEER_CONTROL_PORT": str(self.control_port),
            "PEER_ORIGIN": self.origin,
            "PEER_USER": self.user,
            "PEER_MAP": joined_map(self.host_map),
            "PYTHONUNBUFFERED": "1",
        }

    def configure(self, *, auto_accept: bool) -> None:
        """Whether it accepts those who want to follow it."""
        self.call("POST", "/config", {"autoAccept": auto_accept})

    def webfinger(self, handle: str) -> str:
        """The actor behind `handle`, by bovine's client."""
        return self.call("GET", "/webfinger", handle=handle)

    def lookup(self, uri: str) -> dict[str, Any]:
        """A document, fetched with a signed GET."""
        return self.call("GET", "/lookup", uri=uri)

    def follow(self, handle: str) -> dict[str, Any]:
        """Follow somebody: `{status, answer, activity}` of the delivery."""
        return self.call("POST", "/follow", {}, handle=handle)

    def unfollow(self, handle: str) -> dict[str, Any]:
        """Undo of that Follow."""
        return self.call("POST", "/unfollow", {}, handle=handle)

    def send(self, activity: Mapping[str, Any], *, to: str) -> dict[str, Any]:
        """Any activity to the inbox of the actor `to`; id, actor and context are filled in."""
        return self.call("POST", "/send", {"activity": dict(activity), "to": to})

    def followers(self) -> list[str]:
        """The ids of those who follow it."""
        return self.call("GET", "/followers")

    def following(self) -> list[dict[str, Any]]:
        """Whom it follows: `{id, follow, accepted}`."""
        return self.call("GET", "/following")

    def received(self, *, type_: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        """Activities in its inbox whose signature bovine verified."""
        return self.call("GET", "/received", type_=type_, since=since)

    def refused(self) -> list[dict[str, Any]]:
        """Posts whose signature bovine did not take."""
        return self.call("GET", "/refused")
