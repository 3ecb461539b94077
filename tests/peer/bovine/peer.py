"""One actor on bovine (draft-cavage only) behind a control API on loopback, to test Archypix against.

Signing, verifying, WebFinger and the making of activities are bovine's own; this program wires them to HTTP. It runs in
a virtual environment of its own. Settings: PEER_PORT, PEER_CONTROL_PORT, PEER_ORIGIN, PEER_USER, PEER_MAP.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from bovine import BovineActor
from bovine.activitystreams import Actor, factories_for_actor_object
from bovine.clients import lookup_uri_with_webfinger
from bovine.crypto import build_validate_http_signature_raw, generate_rsa_public_private_key
from bovine.crypto.types import CryptographicIdentifier
from bovine.utils import parse_fediverse_handle, webfinger_response_json

JSON_TYPE = "application/activity+json"
MOST_LOGGED = 2000


class Loopback:
    """The part of a session that bovine uses: hosts of the map and https on loopback go there in plain http, and
    nothing leaves the machine."""

    def __init__(self, session: aiohttp.ClientSession, host_map: dict[str, str]) -> None:
        self._session = session
        self._map = host_map

    def get(self, url: str, headers: dict[str, str] | None = None, **more: Any) -> Any:
        target, extra = self._route(url)
        return self._session.get(target, headers=dict(headers or {}) | extra, **more)

    def post(self, url: str, headers: dict[str, str] | None = None, **more: Any) -> Any:
        target, extra = self._route(url)
        return self._session.post(target, headers=dict(headers or {}) | extra, **more)

    async def close(self) -> None:
        await self._session.close()

    def _route(self, url: str) -> tuple[str, dict[str, str]]:
        parts = urlsplit(url)
        base = self._map.get(parts.netloc.lower())
        if base is None:
            if parts.hostname not in ("localhost", "127.0.0.1"):
                raise ValueError(f"{parts.netloc} is not on loopback")
            return parts._replace(scheme="http").geturl(), {}
        mapped = urlsplit(base)
        target = parts._replace(scheme=mapped.scheme, netloc=mapped.netloc).geturl()
        return target, {"host": parts.netloc, "x-forwarded-proto": parts.scheme}


class Peer:
    """The actor: what it is, whom it follows, what it has seen."""

    def __init__(self, origin: str, user: str, host_map: dict[str, str]) -> None:
        self.origin, self.user, self.host = origin, user, origin.split("://", 1)[1]
        self.id = f"{origin}/users/{user}"
        public_pem, private_pem = generate_rsa_public_private_key()
        self.document = Actor(
            id=self.id,
            preferred_username=user,
            name=f"{user} (bovine peer)",
            inbox=f"{self.id}/inbox",
            outbox=f"{self.id}/outbox",
            followers=f"{self.id}/followers",
            following=f"{self.id}/following",
            public_key=public_pem,
            public_key_name="main-key",
        ).build()
        self._count = 0
        self.activities, _ = factories_for_actor_object(self.document, id_generator=self._new_id)
        self.actor = BovineActor(actor_id=self.id, public_key_url=f"{self.id}#main-key", secret=private_pem)
        self._verify = build_validate_http_signature_raw(self._key)
        self._map = host_map
        self.auto_accept = True
        self.received: list[dict[str, Any]] = []
        self.refused: list[dict[str, Any]] = []
        self.followers: dict[str, str] = {}
        self.following: dict[str, dict[str, Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self.session = Loopback(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(60)), self._map)
        await self.actor.init(session=self.session)  # type: ignore[arg-type]

    async def close(self) -> None:
        await self.session.close()

    # Public

    async def webfinger(self, request: web.Request) -> web.Response:
        if request.query.get("resource") != f"acct:{self.user}@{self.host}":
            return web.json_response({"error": "unknown"}, status=404)
        return web.json_response(
            webfinger_response_json(f"acct:{self.user}@{self.host}", self.id), content_type="application/jrd+json"
        )

    async def show_actor(self, _request: web.Request) -> web.Response:
        return web.json_response(self.document, content_type=JSON_TYPE)

    async def show_collection(self, request: web.Request) -> web.Response:
        name = request.path.rsplit("/", 1)[1]
        items = {"followers": self.followers, "following": self.following}.get(name, {})
        body = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{self.id}/{name}",
            "type": "OrderedCollection",
            "totalItems": len(items),
            "orderedItems": list(items),
        }
        return web.json_response(body, content_type=JSON_TYPE)

    async def inbox(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        if "signature-input" in headers:
            return web.json_response({"error": "this peer verifies draft-cavage only"}, status=401)

        async def read() -> bytes:
            return body

        owner = await self._verify("post", f"{self.origin}{request.path_qs}", headers, read)
        activity = json.loads(body)
        if not owner or owner != activity.get("actor"):
            _log(self.refused, {"activity": activity, "owner": owner, "headers": headers})
            return web.json_response({"error": "signature"}, status=401)
        _log(self.received, {"type": activity.get("type"), "actor": owner, "raw": activity, "headers": headers})
        task = asyncio.create_task(self._react(owner, activity))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return web.json_response({}, status=202)

    async def _react(self, owner: str, activity: dict[str, Any]) -> None:
        thing = activity.get("object")
        thing_id = thing.get("id") if isinstance(thing, dict) else thing
        match activity.get("type"):
            case "Follow" if thing_id == self.id:
                self.followers[owner] = activity["id"]
                if self.auto_accept:
                    await self.send(self.activities.accept(activity, include_activity=True).build(), to=owner)
            case "Accept" if owner in self.following:
                self.following[owner]["accepted"] = True
            case "Undo":
                self.followers.pop(owner, None)

    # What it does when told to

    async def lookup(self, handle: str) -> str:
        """The actor behind `handle`, by bovine's WebFinger client."""
        _, domain = parse_fediverse_handle(handle)
        resource = "acct:" + handle.removeprefix("@").removeprefix("acct:")
        found, _ = await lookup_uri_with_webfinger(self.session, resource, domain=domain)  # type: ignore[arg-type]
        if found is None:
            raise ValueError(f"nobody is {handle}")
        return found

    async def follow(self, handle: str) -> dict[str, Any]:
        target = await self.lookup(handle)
        activity = self.activities.follow(target).build()
        self.following[target] = {"id": target, "follow": activity, "accepted": False}
        return await self.send(activity, to=target)

    async def unfollow(self, handle: str) -> dict[str, Any]:
        target = await self.lookup(handle)
        follow = self.following.pop(target)["follow"]
        return await self.send(self.activities.undo(follow, include_activity=True).build(), to=target)

    async def send(self, activity: dict[str, Any], *, to: str) -> dict[str, Any]:
        """Deliver to the inbox of the actor `to`."""
        filled = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": self._new_id(),
            "actor": self.id,
            "to": [to],
        } | activity
        inbox = (await self.actor.get(to))["inbox"]
        answer = await self.actor.client.post(inbox, json.dumps(filled))
        return {"status": answer.status, "answer": (await answer.text())[:800], "activity": filled}

    async def _key(self, key_id: str) -> CryptographicIdentifier | None:
        document = await self.actor.get(key_id.split("#", 1)[0], fail_silently=True)
        key = (document or {}).get("publicKey", document)
        if not isinstance(key, dict) or key.get("id") != key_id:
            return None
        return CryptographicIdentifier.from_public_key(key)

    def _new_id(self) -> str:
        self._count += 1
        return f"{self.origin}/activities/{os.getpid()}-{self._count}"


def control(peer: Peer) -> web.Application:
    """The control API: one line for each call."""
    app = web.Application()

    def answers(work: Callable[[web.Request, dict[str, Any]], Awaitable[Any]]) -> Callable[..., Any]:
        async def view(request: web.Request) -> web.Response:
            try:
                body = await request.json() if request.can_read_body else {}
                return web.json_response(await work(request, body))
            except Exception as error:  # noqa: BLE001  Whatever bovine raises is what the test wants to see.
                return web.json_response({"error": repr(error)}, status=500)

        return view

    async def configure(_request: web.Request, body: dict[str, Any]) -> Any:
        peer.auto_accept = body.get("autoAccept", peer.auto_accept)
        return {"autoAccept": peer.auto_accept}

    async def seen(request: web.Request, _body: dict[str, Any]) -> Any:
        rows = peer.refused if request.path == "/refused" else peer.received
        wanted = request.query.get("type")
        since = int(request.query.get("since", "0"))
        return [row for row in rows if row["seq"] > since and wanted in (None, row.get("type"))]

    async def people(request: web.Request, _body: dict[str, Any]) -> Any:
        return list(peer.followers) if request.path == "/followers" else list(peer.following.values())

    app.add_routes(
        [
            web.post("/config", answers(configure)),
            web.get("/received", answers(seen)),
            web.get("/refused", answers(seen)),
            web.get("/followers", answers(people)),
            web.get("/following", answers(people)),
            web.get("/webfinger", answers(lambda request, _: peer.lookup(request.query["handle"]))),
            web.get("/lookup", answers(lambda request, _: peer.actor.get(request.query["uri"]))),
            web.post("/follow", answers(lambda request, _: peer.follow(request.query["handle"]))),
            web.post("/unfollow", answers(lambda request, _: peer.unfollow(request.query["handle"]))),
            web.post("/send", answers(lambda _, body: peer.send(body["activity"], to=body["to"]))),
        ]
    )
    return app


def public(peer: Peer) -> web.Application:
    app = web.Application(client_max_size=2**20)
    app.add_routes(
        [
            web.get("/.well-known/webfinger", peer.webfinger),
            web.get(f"/users/{peer.user}", peer.show_actor),
            web.get(f"/users/{peer.user}/{{name:followers|following|outbox}}", peer.show_collection),
            web.post(f"/users/{peer.user}/inbox", peer.inbox),
        ]
    )
    return app


def _log(rows: list[dict[str, Any]], row: dict[str, Any]) -> None:
    rows.append({"seq": rows[-1]["seq"] + 1 if rows else 1} | row)
    del rows[:-MOST_LOGGED]


def _end_with_stdin() -> None:
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)


async def main() -> None:
    port = int(os.environ["PEER_PORT"])
    control_port = int(os.environ.get("PEER_CONTROL_PORT", str(port + 1000)))
    origin = os.environ.get("PEER_ORIGIN", f"http://localhost:{port}").rstrip("/")
    pairs = [pair.split("=", 1) for pair in os.environ.get("PEER_MAP", "").split(",") if pair]
    peer = Peer(origin, os.environ.get("PEER_USER", "betty"), {host.lower(): base for host, base in pairs})
    await peer.open()
    runners = []
    for app, where in ((public(peer), port), (control(peer), control_port)):
        runner = web.AppRunner(app, shutdown_timeout=0.5)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", where).start()
        runners.append(runner)
    print(json.dumps({"ready": True, "origin": origin, "actor": peer.id}), flush=True)
    if os.environ.get("PEER_UNTIL_STDIN_ENDS") == "1":
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    for runner in runners:
        await runner.cleanup()
    await peer.close()


if __name__ == "__main__":
    asyncio.run(main())
