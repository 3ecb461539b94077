"""Requests signed by the key of somebody of ours, taken from their server, as a hostile copy of that server would."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import asyncpg
import requests

from federation.actors.keys import KeySafe
from federation.signatures.models import Kind, PrivateKey, SignedRequest
from federation.signatures.sign import sign
from tests.rig.trio import Person, Trio

ACTIVITY = "application/activity+json"


class Hand:
    """Signs as one actor, and asks servers straight, past the network between them."""

    def __init__(self, trio: Trio, uri: str, key: PrivateKey) -> None:
        self.trio = trio
        self.uri = uri
        self.key = key

    @classmethod
    def of(cls, person: Person) -> Hand:
        """That of somebody of ours, whose server runs."""
        server = person.server
        # Keys are made when somebody first asks for the actor.
        assert person.trio.fetch(person.uri, headers={"Accept": ACTIVITY}).status_code == 200
        sealed = asyncio.run(_sealed(server.database_url, person.uri))
        safe = KeySafe(server.master)
        key = safe.open(sealed["actor_id"], "rsa", f"{person.uri}#main-key", bytes(sealed["sealed"]))
        return cls(person.trio, person.uri, key)

    def send(self, method: str, url: str, payload: Any = None, kind: str = ACTIVITY) -> requests.Response:
        """One signed request; `payload` is sent as JSON."""
        body = None if payload is None else json.dumps(payload).encode()
        headers = {"Host": url.split("/")[2]}
        headers |= {"Accept": ACTIVITY} if body is None else {"Content-Type": kind}
        signed = SignedRequest(method, url, list(headers.items()), body)
        headers |= sign(signed, self.key, Kind.CAVAGE, created=datetime.now(UTC))
        return self.trio.fetch(url, method=method, headers=headers, data=body)

    def ask(self, owner: Person, *uris: str, variant: str = "original") -> list[dict[str, Any]]:
        """What the server of `owner` says to a request for access to these pictures."""
        wanted = {"pictures": [{"id": uri, "variant": variant} for uri in uris]}
        answer = self.send("POST", f"{owner.origin}/access", wanted, "application/json")
        assert answer.status_code == 200, answer.text
        told: list[dict[str, Any]] = answer.json()["pictures"]
        assert [one["id"] for one in told] == list(uris)
        return told

    def may(self, owner: Person, *uris: str, variant: str = "original") -> list[bool]:
        """Whether access to each would be given."""
        return ["url" in one for one in self.ask(owner, *uris, variant=variant)]


async def _sealed(database_url: str, uri: str) -> asyncpg.Record:
    connection = await asyncpg.connect(database_url)
    try:
        return await connection.fetchrow(
            "SELECT k.actor_id, k.sealed FROM actor_keys k JOIN actors a ON a.id = k.actor_id"
            " WHERE a.uri = $1 AND k.kind = 'rsa' AND k.retired_at IS NULL",
            uri,
        )
    finally:
        await connection.close()
