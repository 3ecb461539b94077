"""Messages to an inbox as bytes, signed as other servers sign, and then altered as nobody honest would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from federation.signatures.keys import generate_ed25519, generate_rsa, multibase, public_pem
from federation.signatures.models import Kind, PrivateKey, SignedRequest
from federation.signatures.sign import sign

AS = "https://www.w3.org/ns/activitystreams"
ACTIVITY = "application/activity+json"
_numbers = count(1)
_RSA = [generate_rsa() for _ in range(3)]


@dataclass
class Persona:
    """An actor of another server, with its keys."""

    uri: str
    rsa: PrivateKey
    ed25519: PrivateKey

    @classmethod
    def make(cls, uri: str, number: int = 0) -> Persona:
        """One of its own; `number` picks one of three RSA keys, which take long to make."""
        return cls(
            uri,
            PrivateKey(f"{uri}#main-key", "rsa", _RSA[number]),
            PrivateKey(f"{uri}#ed25519-key", "ed25519", generate_ed25519()),
        )

    @property
    def origin(self) -> str:
        return "/".join(self.uri.split("/")[:3])

    @property
    def path(self) -> str:
        return self.uri[len(self.origin) :]

    def key(self, kind: Kind) -> PrivateKey:
        """What it signs with: Ed25519 in the new way, RSA in the old."""
        return self.ed25519 if kind is Kind.RFC9421 else self.rsa

    def document(self, **more: Any) -> dict[str, Any]:
        """What its server says of it."""
        return {
            "@context": [AS, "https://w3id.org/security/v1"],
            "id": self.uri,
            "type": "Person",
            "preferredUsername": self.uri.rsplit("/", 1)[-1],
            "inbox": f"{self.uri}/inbox",
            "outbox": f"{self.uri}/outbox",
            "followers": f"{self.uri}/followers",
            "publicKey": {
                "id": self.rsa.id,
                "owner": self.uri,
                "publicKeyPem": public_pem(self.rsa.key.public_key()),
            },
            "assertionMethod": [
                {
                    "id": self.ed25519.id,
                    "type": "Multikey",
                    "controller": self.uri,
                    "publicKeyMultibase": multibase(self.ed25519.key.public_key()),
                }
            ],
        } | more

    def new_id(self, what: str = "activities") -> str:
        """An id that was never used."""
        return f"{self.uri}/{what}/{next(_numbers)}"


Headers = list[tuple[str, str]]
After = Callable[["Letter"], None]


@dataclass
class Letter:
    """One message on its way. What is altered before `seal` is signed, what is altered after it is not."""

    sender: Persona
    kind: Kind
    activity: dict[str, Any]
    path: str = "/users/alice/inbox"
    host: str = "a.test"
    method: str = "POST"
    content_type: str | None = ACTIVITY
    key: PrivateKey | None = None
    created: datetime | None = None
    body: bytes | None = None
    # What the signature is made for, where that differs from what is sent.
    signed_url: str | None = None
    signed: bool = True
    # Headers among `extra`, in lower case, that the signature covers.
    cover: tuple[str, ...] = ()
    extra: Headers = field(default_factory=list)
    after: list[After] = field(default_factory=list)
    headers: Headers = field(default_factory=list)

    def seal(self) -> bytes:
        """The request as bytes."""
        if self.body is None:
            self.body = json.dumps(self.activity).encode()
        self.headers = [("Host", self.host), *self.extra]
        if self.content_type is not None:
            self.headers.append(("Content-Type", self.content_type))
        if self.signed:
            self._sign()
        for alter in self.after:
            alter(self)
        if not self.header("content-length") and not self.header("transfer-encoding"):
            self.headers.append(("Content-Length", str(len(self.body))))
        head = "".join(f"{name}: {value}\r\n" for name, value in [*self.headers, ("Connection", "close")])
        return f"{self.method} {self.path} HTTP/1.1\r\n{head}\r\n".encode("utf-8", "surrogateescape") + self.body

    def _sign(self) -> None:
        url = self.signed_url or f"https://{self.host}{self.path}"
        present = [item for item in self.headers if self.signed_url is None or item[0] != "Host"]
        request = SignedRequest(self.method, url, present, self.body)
        key = self.key or self.sender.key(self.kind)
        added = sign(request, key, self.kind, created=self.created or datetime.now(UTC), cover=self.cover)
        self.headers += [item for item in added.items() if item[0] != "Host"]

    def header(self, name: str) -> str | None:
        """The value of a header, if there is one."""
        return next((value for other, value in self.headers if other.lower() == name), None)

    def set(self, name: str, value: str) -> None:
        """Replace a header."""
        self.drop(name)
        self.headers.append((name, value))

    def drop(self, name: str) -> None:
        """Take a header away."""
        self.headers = [(other, value) for other, value in self.headers if other.lower() != name.lower()]


@dataclass
class Reply:
    """What an inbox said."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> str:
        """The sentence in a refusal."""
        text = json.loads(self.body)["error"]
        assert isinstance(text, str)
        return text


async def send(url: str, request: bytes, *, pause: float = 0.0, pieces: int = 1) -> Reply:
    """Send raw bytes to the server at `url`; in `pieces`, with a pause after each."""
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        size = -(-len(request) // pieces)
        try:
            for start in range(0, len(request), size):
                writer.write(request[start : start + size])
                await writer.drain()
                if pause:
                    await asyncio.sleep(pause)
        except ConnectionError:
            pass  # A refusal may come before all is sent.
        async with asyncio.timeout(90):
            return await _reply(reader)
    finally:
        writer.close()


async def _reply(reader: asyncio.StreamReader) -> Reply:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    status = int(head[0].split(" ")[1])
    length = int(headers.get("content-length", 0))
    return Reply(status, headers, await reader.readexactly(length))
