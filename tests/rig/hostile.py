"""A small server of somebody who keeps no rule: it has keys and documents, hears everything, and says what it likes."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from archypix.core.ids import new_id
from federation.signatures.keys import generate_rsa, public_pem
from federation.signatures.models import PrivateKey
from tests.rig.signing import Hand
from tests.rig.trio import STRANGER, Trio, until

AS = "https://www.w3.org/ns/activitystreams"
ORIGIN = f"https://{STRANGER}"


class Hostile:
    """One person at `m.test`. `heard` is what was posted to them; `documents` what is found where, `answers` what
    POSTs get."""

    def __init__(self, trio: Trio, name: str) -> None:
        self.trio = trio
        self.name = name
        self.uri = f"{ORIGIN}/users/{name}"
        self.handle = f"@{name}@{STRANGER}"
        # A share of theirs, whatever they say of it.
        self.share = f"{self.uri}/shares/{new_id()}"
        self.heard: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.documents: dict[str, Mapping[str, Any]] = {}
        self.answers: dict[str, Callable[[Any], Any]] = {}
        key = generate_rsa()
        self._pem = public_pem(key.public_key())
        self.hand = Hand(trio, self.uri, PrivateKey(f"{self.uri}#main-key", "rsa", key))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        trio.stranger_port = self._server.server_address[1]

    def close(self) -> None:
        """Go away."""
        self.trio.stranger_port = 0
        self._server.shutdown()
        self._server.server_close()

    def say(self, inbox: str, activity: Mapping[str, Any]) -> requests.Response:
        """Post a signed activity, in our name where it has none."""
        head = {"@context": AS, "id": f"{self.uri}/activities/{new_id()}", "actor": self.uri}
        return self.hand.send("POST", inbox, head | dict(activity))

    def wait_for(self, kind: str, **words: Any) -> dict[str, Any]:
        """The first activity heard that has `kind` among its types."""

        def look() -> dict[str, Any] | None:
            fits = (one for one in list(self.heard) if kind in one.get("type", ()))
            return next((one for one in fits if all(one.get(name) == value for name, value in words.items())), None)

        found: dict[str, Any] = until(look, f"{kind} at {self.handle}")
        return found

    def accept(self, offer: Mapping[str, Any]) -> None:
        """Accept a share that was offered."""
        inner = {"id": offer["id"], "type": ["Offer", "apx:Share"], "actor": offer["actor"]}
        inner["object"] = offer["object"]["id"]
        said = self.say(f"{offer['actor']}/inbox", {"type": ["Accept", "apx:Share"], "object": inner})
        assert said.status_code == 202, said.text

    def document(self, path: str) -> Mapping[str, Any] | None:
        """What is found at a path."""
        if path.startswith("/.well-known/webfinger"):
            link = {"rel": "self", "type": "application/activity+json", "href": self.uri}
            return {"subject": parse_qs(urlsplit(path).query)["resource"][0], "links": [link]}
        if path == f"/users/{self.name}":
            return self._actor()
        return self.documents.get(path)

    def _actor(self) -> dict[str, Any]:
        return {
            "@context": [AS, "https://w3id.org/security/v1"],
            "id": self.uri,
            "type": "Person",
            "preferredUsername": self.name,
            "inbox": f"{self.uri}/inbox",
            "outbox": f"{self.uri}/outbox",
            "followers": f"{self.uri}/followers",
            "endpoints": {
                "sharedInbox": f"{ORIGIN}/inbox",
                "apx:access": f"{ORIGIN}/access",
                "apx:pictures": f"{ORIGIN}/pictures",
            },
            "publicKey": {"id": f"{self.uri}#main-key", "owner": self.uri, "publicKeyPem": self._pem},
            "published": datetime.now(UTC).isoformat(),
        }


def _handler(hostile: Hostile) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            hostile.asked.append(self.path)
            document = hostile.document(self.path)
            self._say(404 if document is None else 200, document or {})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            hostile.asked.append(self.path)
            if self.path in hostile.answers:
                self._say(200, hostile.answers[self.path](body), "application/json")
            else:
                hostile.heard.append(body)
                self._say(202, {})

        def _say(self, status: int, document: Mapping[str, Any], kind: str = "application/activity+json") -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/jrd+json" if "webfinger" in self.path else kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
