"""A Fedify server as a peer: signs and verifies both ways, secure mode, failures, rotation, Delete with 410, Move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.peer import installing
from tests.peer.fedify_keys import write_keys
from tests.peer.process import PeerProcess, joined_map
from tests.programs import needs_program


class FedifyPeer(PeerProcess):
    """One running Fedify server; `tests/peer/fedify/README.md` says what its control API does."""

    name = "fedify"

    def __init__(
        self,
        *,
        origin: str | None = None,
        host_map: Mapping[str, str] | None = None,
        users: Sequence[str] = ("bob", "carol"),
        spec: str = "rfc9421",
        accept_spec: str = "both",
        authorized_fetch: bool = False,
        challenge: bool = False,
        queue: bool = False,
        auto_accept: bool = True,
        ed25519: bool = True,
    ) -> None:
        """`spec`: how it signs first (`rfc9421`, `cavage`); `accept_spec`: what it verifies (`both` or one of them);
        `authorized_fetch`: secure mode; `challenge`: its 401 asks with Accept-Signature; `queue`: it retries.
        """
        super().__init__(origin=origin, host_map=host_map)
        self.users = tuple(users)
        self._settings = {
            "PEER_USERS": ",".join(users),
            "PEER_SPEC": spec,
            "PEER_ACCEPT_SPEC": accept_spec,
            "PEER_AUTHORIZED_FETCH": _flag(authorized_fetch),
            "PEER_CHALLENGE": _flag(challenge),
            "PEER_QUEUE": _flag(queue),
            "PEER_AUTO_ACCEPT": _flag(auto_accept),
            "PEER_ED25519": _flag(ed25519),
        }

    def command(self) -> Sequence[str | Path]:
        return [needs_program("node"), installing.fedify() / "peer.mjs"]

    def settings(self, data: Path) -> dict[str, str]:
        write_keys(data, [*self.users, "instance.actor"])
        return self._settings | {
            "PEER_PORT": str(self.port),
            "PEER_CONTROL_PORT": str(self.control_port),
            "PEER_ORIGIN": self.origin,
            "PEER_MAP": joined_map(self.host_map),
            "PEER_DATA": str(data),
            "NODE_COMPILE_CACHE": str(installing.FEDIFY / "node_modules" / ".compiled"),
        }

    def handle(self, user: str = "bob") -> str:
        """`@user@host` of one of its people."""
        return f"@{user}@{self.host}"

    def actor(self, user: str = "bob") -> str:
        """The id of one of its people."""
        return f"{self.origin}/users/{user}"

    def inbox(self, user: str = "bob") -> str:
        """Where to deliver to one of its people."""
        return f"{self.actor(user)}/inbox"

    def configure(self, **settings: Any) -> dict[str, Any]:
        """Change it while it runs: `acceptSpec`, `spec`, `authorizedFetch`, `challenge`, `failNext`, `failStatus` (0:
        the connection is cut), `loseNext` (taken, but cut before the answer), `retryAfter`, `delayMs`,
        `autoAcceptFollow` …"""
        return self.call("POST", "/config", settings)

    def webfinger(self, handle: str) -> dict[str, Any] | None:
        """The JRD of `handle` as Fedify's client sees it."""
        return self.call("GET", "/webfinger", handle=handle)

    def lookup(self, uri: str, *, as_: str = "bob", unsigned: bool = False) -> dict[str, Any] | None:
        """`{class, json}` of an actor or object, fetched signed and parsed by Fedify."""
        return self.call("GET", "/lookup", uri=uri, as_=as_, unsigned="1" if unsigned else None)

    def nodeinfo(self, url: str) -> dict[str, Any]:
        """NodeInfo of a server as Fedify parses it."""
        return self.call("GET", "/nodeinfo", url=url)

    def follow(self, handle: str, *, as_: str = "bob") -> dict[str, Any]:
        """Follow somebody; `knocks` in the answer are the requests that were tried, with signature kind and status."""
        return self.call("POST", "/follow", {}, handle=handle, as_=as_)

    def unfollow(self, handle: str, *, as_: str = "bob") -> dict[str, Any]:
        """Undo of that Follow."""
        return self.call("POST", "/unfollow", {}, handle=handle, as_=as_)

    def following(self, user: str = "bob") -> list[dict[str, Any]]:
        """Whom one of its people follows: `{id, follow, accepted}`."""
        return self.call("GET", "/following", as_=user)

    def followers(self, user: str = "bob") -> list[str]:
        """The ids of those who follow one of its people."""
        return self.call("GET", "/followers", as_=user)

    def note(self, *, as_: str = "bob", to: str = "followers", content: str = "hello", **more: Any) -> dict[str, Any]:
        """Create(Note) to an actor or to `followers`; `public=True`, `image=True` as wanted."""
        return self.call("POST", "/note", {"as": as_, "to": to, "content": content, **more})

    def send(self, activity: Mapping[str, Any], *, to: str, as_: str = "bob", **more: Any) -> dict[str, Any]:
        """Any activity through Fedify's own delivery."""
        return self.call("POST", "/send", {"as": as_, "to": to, "activity": dict(activity), **more})

    def send_raw(
        self,
        activity: Mapping[str, Any] | str,
        *,
        inbox: str,
        as_: str = "bob",
        spec: str = "rfc9421",
        tamper: Sequence[str] = (),
        **more: Any,
    ) -> dict[str, Any]:
        """One request of one kind, damaged as `tamper` says; `answers` has status, headers and body."""
        sent = activity if isinstance(activity, str) else dict(activity)
        body = {"as": as_, "via": "raw", "inbox": inbox, "activity": sent, "spec": spec, "tamper": list(tamper)}
        return self.call("POST", "/send", body | more)

    def received(self, *, type_: str | None = None, actor: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        """Verified activities in its inboxes; `raw` is what was on the wire."""
        return self.call("GET", "/received", type_=type_, actor=actor, since=since)

    def requests(self, *, since: int = 0) -> list[dict[str, Any]]:
        """Every request that came: method, path, headers, body, status, kind of signature."""
        return self.call("GET", "/requests", since=since)

    def unverified(self) -> list[dict[str, Any]]:
        """Posts to inboxes whose signature did not hold, and why."""
        return self.call("GET", "/unverified")

    def verify(self, seq: int) -> dict[str, Any]:
        """Verify a logged request again: `{verified, keyId, reason}`."""
        return self.call("POST", "/verify", {"seq": seq})

    def host_document(self, path: str, json: Any = None, **more: Any) -> str:
        """Serve any document at `path` (`contentType`, `status`, `redirect`, `delayMs`, `size`); its address."""
        return self.call("POST", "/docs", {"path": path, "json": json, **more})["url"]

    def rotate_key(self, *, as_: str = "bob", to: str | None = None) -> dict[str, Any]:
        """New keys, announced by Update to `to`, or silently."""
        return self.call("POST", "/rotate-key", {"as": as_, **({"to": to} if to else {})})

    def delete_actor(self, *, as_: str = "bob", to: str | None = None) -> dict[str, Any]:
        """Delete one of its people, told to `to`; afterwards the actor answers 410."""
        return self.call("POST", "/delete-actor", {"as": as_, **({"to": to} if to else {})})

    def restore_actor(self, *, as_: str = "bob") -> None:
        """Take deletion and move back."""
        self.call("POST", "/restore-actor", {"as": as_})

    def move(self, target: str, *, as_: str = "bob", to: str | None = None) -> dict[str, Any]:
        """Move one of its people to the actor `target`, told to `to`."""
        return self.call("POST", "/move", {"as": as_, "target": target, **({"to": to} if to else {})})

    def errors(self) -> list[dict[str, Any]]:
        """What went wrong inside it."""
        return self.call("GET", "/errors")


def _flag(on: bool) -> str:
    return "1" if on else "0"
