"""Signed messages to the inbox of a real server, against bare verification of the same messages with the same library.

    python -m tests.benchmarks.bench_inbox [--messages 3000] [--connections 32] [--actors 50]

Each message is a `Create` of its own, signed beforehand and posted to the shared inbox over kept-alive connections; a
202 comes after its commit. Counted is the processor time of the server process, in which the messages are also
processed meanwhile, and, apart, that of the database's processes. Per core and second means: messages divided by the
seconds of one core that were spent on them. Printed for RFC 9421 (Ed25519) and for draft-cavage (RSA-2048):

- the ratio to `http_message_signatures.HTTPMessageVerifier` (RFC 9421), or to `cryptography` and the parsing of our
  own that stands before it (draft-cavage), with digest, in one process that does nothing else;
- the same with the database's time added.

Only the first has a bound: a check of the old kind takes 80 µs, a fifth of what the HTTP server spends on a request.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms

from federation.signatures.digests import content_digest
from federation.signatures.keys import public_key
from federation.signatures.models import Kind, SignedRequest
from federation.signatures.verify import claims, verify
from tests.federation.inbox.letters import AS, Letter, Persona
from tests.federation.outbound.wild import document, wild_server
from tests.rig.server import Server, running

WANTED = 0.2
WARM_UP = 200
LOCAL = "https://a.test"


@dataclass(frozen=True, slots=True)
class Result:
    """Messages per second of one core: bare, of the server, of server and database; and per second by the clock."""

    bare: float
    server: float
    whole: float
    clock: float


def letter(sender: Persona, kind: Kind, number: int) -> Letter:
    """A post for alice."""
    note = {
        "id": f"{sender.uri}/notes/{kind}{number}",
        "type": "Note",
        "attributedTo": sender.uri,
        "to": [f"{LOCAL}/users/alice"],
        "content": "<p>In the hills, with two goats and a rock.</p>" * 5,
        "published": "2026-03-01T10:00:00Z",
    }
    create = {
        "@context": AS,
        "id": f"{note['id']}/activity",
        "type": "Create",
        "actor": sender.uri,
        "to": note["to"],
        "object": note,
    }
    return Letter(sender, kind, create, path="/inbox")


class Keys(HTTPSignatureKeyResolver):  # type: ignore[misc]
    """The senders' keys, for the library's own verifier."""

    def __init__(self, people: Sequence[Persona]) -> None:
        self._keys = {person.ed25519.id: person.ed25519.key.public_key() for person in people}

    def resolve_public_key(self, key_id: str) -> Any:
        return self._keys[key_id]


@dataclass(slots=True)
class Bare:
    """A message as the library takes it."""

    method: str
    url: str
    headers: dict[str, str]


def bare(letters: Sequence[Letter], people: Sequence[Persona], kind: Kind) -> float:
    """Verifications per second of processor time."""
    check = _library(people) if kind is Kind.RFC9421 else _own(people)
    began = time.process_time()
    for one in letters:
        check(one)
    return len(letters) / (time.process_time() - began)


def _library(people: Sequence[Persona]) -> Callable[[Letter], None]:
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=Keys(people))

    def check(one: Letter) -> None:
        headers = {name.lower(): value for name, value in one.headers}
        assert one.body is not None
        assert headers["content-digest"] == content_digest(one.body)
        verifier.verify(Bare("POST", f"{LOCAL}{one.path}", headers))

    return check


def _own(people: Sequence[Persona]) -> Callable[[Letter], None]:
    keys = {person.rsa.id: public_key(person.rsa.id, person.uri, person.rsa.key.public_key()) for person in people}

    def check(one: Letter) -> None:
        request = SignedRequest("POST", f"{LOCAL}{one.path}", one.headers, one.body)
        (claim,) = claims(request, now=datetime.now(UTC))
        verify(request, claim, keys[claim.key_id])

    return check


async def post(url: str, requests: Sequence[bytes], connections: int) -> None:
    """Post everything over so many connections, each with one message on its way at a time."""
    host, port = url.removeprefix("http://").split(":")
    waiting = iter(requests)

    async def one() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        for request in waiting:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 202"), head + await reader.read(300)
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))


@dataclass(frozen=True, slots=True)
class Spent:
    """Processor seconds so far."""

    server: float
    database: float


def spent(server: Server) -> Spent:
    """Of the server process, and of every process of its database."""
    own = psutil.Process(server.pid).cpu_times()
    database = 0.0
    for process in server.find("postgres"):
        try:
            times = process.cpu_times()
            database += times.user + times.system + times.children_user + times.children_system
        except psutil.NoSuchProcess:
            continue
    return Spent(own.user + own.system, database)


async def measure(server: Server, people: Sequence[Persona], kind: Kind, messages: int, connections: int) -> Result:
    """Post and verify the same messages."""
    letters = [letter(people[number % len(people)], kind, number) for number in range(messages + WARM_UP)]
    requests = [one.seal().replace(b"Connection: close\r\n", b"") for one in letters]
    await post(server.url, requests[:WARM_UP], connections)
    await asyncio.sleep(3)
    before, began = spent(server), time.perf_counter()
    await post(server.url, requests[WARM_UP:], connections)
    took, after = time.perf_counter() - began, spent(server)
    mine = after.server - before.server
    both = mine + after.database - before.database
    return Result(bare(letters[WARM_UP:], people, kind), messages / mine, messages / both, messages / took)


async def run(messages: int, connections: int, actors: int) -> dict[Kind, Result]:
    """Measure both kinds on one server."""
    people = [Persona.make(f"https://b.test/users/u{number}", number % 3) for number in range(actors)]
    with tempfile.TemporaryDirectory() as data:
        async with wild_server() as wild:
            for person in people:
                wild.paths[person.path] = document(person.document())
            env = {
                "ARCHYPIX_DOMAIN": "a.test",
                "ARCHYPIX_FEDERATION_HOST_MAP": f"b.test={wild.url}",
                "ARCHYPIX_FEDERATION_ALLOW_LOOPBACK": "1",
                "ARCHYPIX_FEDERATION_HOST_RATE": "100000000",
                "ARCHYPIX_FEDERATION_ACTOR_RATE": "100000000",
            }
            with running(Path(data), env=env, arguments=("--no-workers",), anew=True) as server:
                await asyncio.to_thread(server.create_user, "alice")
                return {kind: await measure(server, people, kind, messages, connections) for kind in Kind}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=3000)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--actors", type=int, default=50)
    words = parser.parse_args()
    results = asyncio.run(run(words.messages, words.connections, words.actors))
    for kind, result in results.items():
        print(
            f"{kind.value}: {result.clock:.0f}/s by the clock; per core {result.server:.0f}/s,"
            f" with the database {result.whole:.0f}/s; bare verification {result.bare:.0f}/s"
        )
        wanted = f"at least {WANTED}" if kind is Kind.RFC9421 else "for comparison"
        whole = result.whole / result.bare
        print(f"{kind.value}: ratio {result.server / result.bare:.2f} ({wanted}), with the database {whole:.2f}")
    standard = results[Kind.RFC9421]
    return 0 if standard.server / standard.bare >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
