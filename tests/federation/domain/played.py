"""A Resolver that says what a test wants, and a backend that believes it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

import requests

from federation.signatures import keys, mutual
from federation.signatures.models import BadSignature, PrivateKey, PublicKey
from tests.rig.domain import Databases
from tests.rig.server import SETUP_LINK, Server, archypix
from tests.rig.trio import PASSWORD, STARTS_WITHIN, until

BASE = "https://d.test"
ORIGIN = "https://b1.d.test"
_sequence = count(datetime.now(UTC).timestamp() // 1e-6)


class Played:
    """The Resolver of `d.test`. `names` is what it says of names that are claimed (`yours` unless it says otherwise),
    `known` what it tells of pending ones with a heartbeat, `away` the paths to which it does not answer."""

    def __init__(self) -> None:
        self.state = "admitted"
        self.names: dict[str, str] = {}
        self.known: dict[str, str] = {}
        self.away: set[str] = set()
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.forged: list[str] = []
        self.key = new_key(BASE)
        self.backend: PublicKey | None = None
        # Called when a name is claimed, before the answer.
        self.claimed: Callable[[list[str]], None] = lambda _: None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Go away for good."""
        self._server.shutdown()
        self._server.server_close()

    def said(self, path: str) -> list[dict[str, Any]]:
        """What the backend sent to a path below `/internal/v1`."""
        return [payload for where, payload in list(self.heard) if where == path]

    def beat(self, beats: int = 2) -> dict[str, Any]:
        """Wait for so many more heartbeats; the last of them."""
        before = len(self.said("heartbeats"))
        until(lambda: len(self.said("heartbeats")) >= before + beats, "a heartbeat")
        return self.said("heartbeats")[-1]

    def answer(
        self, path: str, payload: dict[str, Any], headers: list[tuple[str, str]], body: bytes
    ) -> tuple[int, Any]:
        """Status and JSON for one message."""
        if path in self.away:
            return 503, {"code": "unavailable"}
        if path == "backends":
            self.backend = PublicKey(
                mutual.key_id_of(ORIGIN), f"{ORIGIN}/actor", "ed25519", keys.from_multibase(payload["key"])
            )
        if self.backend is None:
            return 403, {"code": "unknown_backend"}
        try:
            url = f"{BASE}/internal/v1/{path}"
            mutual.checked("POST", url, headers, body, key=self.backend, now=datetime.now(UTC))
        except BadSignature as error:
            self.forged.append(error.detail)
            return 401, {"code": "bad_signature"}
        self.heard.append((path, payload))
        if path == "backends":
            shown = {"actor": f"{BASE}/actor", "key": keys.multibase(self.key.key)}
            mark = mutual.fingerprint(payload["key"])
            return 202, {"state": self.state, "fingerprint": mark, "resolver": shown}
        if path == "heartbeats":
            told = {name: self.known[name] for name in payload["pending"] if name in self.known}
            return 200, {"state": self.state, "neighbours": ["https://b2.d.test"], "names": told}
        if self.state != "admitted":
            return 403, {"code": "not_admitted"}
        self.claimed(payload["names"])
        return 200, {"results": {name: self.names.get(name, "yours") for name in payload["names"]}}


def new_key(origin: str) -> PrivateKey:
    """A key of a server."""
    return PrivateKey(mutual.key_id_of(origin), "ed25519", keys.generate_ed25519())


def _handler(played: Played) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = self.path.removeprefix("/internal/v1/")
            status, said = played.answer(path, json.loads(body), list(self.headers.items()), body)
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Nothing on the terminal."""

    return Handler


class Backend:
    """One server `b1.d.test` behind a played Resolver."""

    def __init__(self, data: Path, played: Played, database_url: str, **settings: str) -> None:
        self.played = played
        self.alone = {
            "ARCHYPIX_DOMAIN": "d.test",
            "ARCHYPIX_DATABASE_URL": database_url,
            "ARCHYPIX_DATABASE_POOL": "6",
            "ARCHYPIX_SECRET": "the secret of one server and no other",
            **{f"ARCHYPIX_{key.upper()}": value for key, value in settings.items()},
        }
        joined = {
            "ARCHYPIX_PUBLIC_URL": ORIGIN,
            "ARCHYPIX_RESOLVER_URL": BASE,
            "ARCHYPIX_FEDERATION_HOST_MAP": f"d.test={played.url}",
            "ARCHYPIX_HEARTBEAT_SECONDS": "0.3",
        }
        self.server = Server(data, env=self.alone | joined, arguments=("--no-workers",))

    def tell(
        self,
        method: str,
        path: str,
        payload: Any = None,
        *,
        key: PrivateKey | None = None,
        url: str | None = None,
        change: Callable[[dict[str, str]], Mapping[str, str]] = dict,
        sent: bytes | None = None,
    ) -> requests.Response:
        """A message of the Resolver, signed by `key` for `url` (the true ones where none are given).

        `change` makes other headers of those that were signed; `sent` is sent instead of what was signed.
        """
        body = b"" if payload is None else json.dumps(payload).encode()
        whole = f"/internal/v1/domain{path}"
        key = key or self.played.key
        headers = mutual.signed(
            method, url or f"{ORIGIN}{whole}", body, key_id=key.id, key=key, sequence=int(next(_sequence))
        )
        headers = dict(change(headers)) | {"Host": "b1.d.test", "Content-Type": "application/json"}
        return requests.request(
            method, f"{self.server.url}{whole}", headers=headers, data=body if sent is None else sent, timeout=30
        )

    def post(self, path: str, payload: Any, **headers: str) -> requests.Response:
        """A request of a browser, below `/api/v1`."""
        return requests.post(f"{self.server.url}/api/v1{path}", json=payload, headers=headers, timeout=60)

    def sign_in(self, name: str) -> requests.Response:
        """A try to begin a session."""
        return self.post("/session", {"name": name, "password": PASSWORD})

    def setup_link(self) -> str:
        """The secret of the link that makes the administrator."""
        link = until(lambda: SETUP_LINK.search("\n".join(self.server.log)), "the link for the administrator")
        return str(link[1]).partition("token=")[2]

    def administrator(self, name: str = "boss") -> requests.Session:
        """The first administrator, made by that link, with a token."""
        until(lambda: any("is admitted by" in line for line in self.server.log), "that it is admitted")
        made = self.post("/setup", {"token": self.setup_link(), "name": name, "password": PASSWORD})
        assert made.status_code == 201, made.text
        return self.session(name)

    def session(self, name: str) -> requests.Session:
        """A client with a token of somebody."""
        token = archypix("token", "create", name, data=self.server.data, env=self.server.env)
        assert token.returncode == 0, token.stderr
        client = requests.Session()
        client.headers["Authorization"] = f"Bearer {token.stdout.strip()}"
        return client

    def create(self, admin: requests.Session, name: str) -> requests.Response:
        """Have an administrator make somebody."""
        url = f"{self.server.url}/api/v1/admin/accounts"
        return admin.post(url, json={"name": name, "password": PASSWORD}, timeout=60)

    def command(self, *words: str, stdin: str | None = None) -> Any:
        """One command on this server's data."""
        return archypix(*words, data=self.server.data, env=self.server.env, stdin=stdin)

    def domain(self, admin: requests.Session) -> dict[str, Any]:
        """How it stands, as its administrator sees it."""
        answer = admin.get(f"{self.server.url}/api/v1/admin/domain", timeout=30)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def backend(data: Path, postgres: str, *, start: bool = True, **settings: str) -> Iterator[Backend]:
    """The two for the time of a block."""
    databases, played = Databases(postgres), Played()
    made = Backend(data, played, databases.make("b1", empty=False), **settings)
    try:
        if start:
            made.server.start(within=STARTS_WITHIN)
        yield made
    finally:
        if made.server.runs:
            made.server.stop(within=30)
        played.close()
        databases.drop()
