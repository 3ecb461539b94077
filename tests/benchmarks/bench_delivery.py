"""How fast deliveries leave, and what one dead host costs the others.

    python -m tests.benchmarks.bench_delivery --server URL [--count 10000] [--rounds 3]

The sink is another process, which reads each request and answers 202. Reference for the speed: a bare loop that signs
(draft-cavage, RSA-2048) by hashlib and cryptography and posts by one aiohttp session, with the same body, the same key
and as many connections as a lane has. Timed of our own is everything from publishing one activity to as many inboxes of
one host until the last of them is written down as delivered. Reference for the dead host: the same deliveries to the
other 99 without it; it takes connections and never answers.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import aiohttp
import asyncpg
import uvloop
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from archypix.core.database import Database, migrate
from federation.actors.models import LocalActor
from federation.actors.service import ActorService
from federation.addresses import Addresses
from federation.outbound.client import Outbound
from federation.outbound.memory import HostMemory
from federation.outbox.courier import Courier
from federation.outbox.loop import DeliveryLoop
from federation.outbox.service import Outbox
from federation.outbox.turn import WIDTH

ADDRESSES = Addresses("a.test", "https://a.test", "https://a.test")
HOSTS = 100
NOTE = {
    "type": "Create",
    "to": ["https://www.w3.org/ns/activitystreams#Public"],
    "object": {"type": "Note", "content": "<p>Evening light over the lake.</p>" * 20},
}


class Answering(asyncio.Protocol):
    """Takes requests with a Content-Length, one after the other, and answers each with 202."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._got = b""

    def data_received(self, data: bytes) -> None:
        self._got += data
        while (end := self._got.find(b"\r\n\r\n")) >= 0:
            at = self._got.lower().index(b"content-length:") + 15
            length = int(self._got[at : self._got.index(b"\r", at)])
            if len(self._got) < end + 4 + length:
                return
            self._got = self._got[end + 4 + length :]
            self._transport.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")  # type: ignore[attr-defined]


async def serve(ports: int) -> None:
    """Listen on so many free ports and print them, until standard input ends."""
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(Answering, "127.0.0.1", 0) for _ in range(ports)]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def sink() -> Iterator[list[int]]:
    """The ports of a sink of its own process."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_delivery", "--sink", str(HOSTS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield json.loads(process.stdout.readline())
        process.stdin.close()


@contextmanager
def silence() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        yield listening.getsockname()[1]


@dataclass
class Bench:
    """Somebody who speaks, and the loop that delivers."""

    url: str
    database: Database
    actors: ActorService
    outbox: Outbox
    outbound: Outbound
    alice: LocalActor

    async def people(self, inboxes: list[str]) -> list[int]:
        """Rows of people with these inboxes, in place of all others."""
        async with self.database.transaction() as connection:
            await connection.execute("TRUNCATE remote_actors, deliveries, delivery_hosts CASCADE")
            rows = await connection.fetch(
                "INSERT INTO remote_actors (uri, host, handle, claimed, type, username, url, inbox)"
                " SELECT inbox || '#it', 'x', 'x@x', 'x@x', 'Person', 'x', inbox, inbox"
                " FROM unnest($1::text[]) AS inbox RETURNING id",
                inboxes,
            )
            return [row["id"] for row in rows]

    async def deliver(self, recipients: list[int], *, but: int | None = None) -> float:
        """Seconds until one activity is with all of these, not counting those at the port `but`."""
        began = time.perf_counter()
        async with self.database.transaction() as connection:
            await self.outbox.publish(connection, self.alice, NOTE, to=recipients)
        while await self.left(but):
            await asyncio.sleep(0.01)
        return time.perf_counter() - began

    async def left(self, but: int | None) -> bool:
        async with self.database.connection() as connection:
            found: bool = await connection.fetchval(
                "SELECT EXISTS (SELECT FROM deliveries WHERE host < $1)"
                " OR EXISTS (SELECT FROM deliveries WHERE host > $1)",
                f"localhost:{but}",
            )
            return found

    @asynccontextmanager
    async def delivering(self) -> AsyncIterator[None]:
        courier = Courier(self.outbound, self.actors, blocked=lambda _: False, local=_nobody)
        loop = asyncio.create_task(DeliveryLoop(self.url, self.database, courier).run())
        await asyncio.sleep(0.5)
        try:
            yield
        finally:
            loop.cancel()
            await asyncio.wait([loop])


async def _nobody(*_: object) -> None:
    raise AssertionError


@asynccontextmanager
async def open_bench(server: str) -> AsyncIterator[Bench]:
    """A bench on a fresh database of this server."""
    name = f"bench_delivery_{uuid4().hex[:8]}"
    admin = await asyncpg.connect(server)
    await admin.execute(f"CREATE DATABASE {name}")
    url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    try:
        await migrate(url)
        async with AsyncExitStack() as stack:
            database = await Database.open(url, size=6)
            stack.push_async_callback(database.close)
            actors = ActorService(database, ADDRESSES, bytes(32))
            outbound = Outbound(memory=HostMemory(database), own=ADDRESSES.is_local, allow_loopback=True)
            await outbound.start()
            stack.push_async_callback(outbound.stop)
            async with database.connection() as connection:
                account_id = await connection.fetchval("INSERT INTO accounts (name) VALUES ('alice') RETURNING id")
            alice = await actors.of_account(account_id)
            yield Bench(url, database, actors, Outbox(database, ADDRESSES), outbound, alice)
    finally:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()


async def bare(urls: list[str], body: bytes, key: RSAPrivateKey, key_id: str) -> float:
    """Seconds to sign and post `body` to all of these, over as many connections as a lane has."""
    waiting = iter(urls)

    async def post(session: aiohttp.ClientSession) -> None:
        for url in waiting:
            async with session.post(url, data=body, headers=_signed(url, body, key, key_id)) as response:
                assert response.status == 202
                await response.read()

    began = time.perf_counter()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=WIDTH)) as session:
        await asyncio.gather(*(post(session) for _ in range(WIDTH)))
    return time.perf_counter() - began


def _signed(url: str, body: bytes, key: RSAPrivateKey, key_id: str) -> dict[str, str]:
    parts = urlsplit(url)
    date = formatdate(usegmt=True)
    digest = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
    text = f"(request-target): post {parts.path}\nhost: {parts.netloc}\ndate: {date}\ndigest: {digest}"
    signature = base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
    return {
        "Host": parts.netloc,
        "Date": date,
        "Digest": digest,
        "Content-Type": "application/activity+json",
        "Signature": f'keyId="{key_id}",algorithm="rsa-sha256",headers="(request-target) host date digest",'
        f'signature="{signature}"',
    }


async def speed(bench: Bench, port: int, count: int, rounds: int) -> None:
    """The ratio to the bare loop, in turn with it."""
    urls = [f"http://localhost:{port}/users/{number}/inbox" for number in range(count)]
    recipients = await bench.people(urls)
    signer = await bench.actors.signer(bench.alice.id)
    assert isinstance(signer.key.key, RSAPrivateKey)
    ours, theirs = [], []
    for _ in range(rounds):
        async with bench.delivering():
            ours.append(count / await bench.deliver(recipients))
        async with bench.database.connection() as connection:
            body = (await connection.fetchval("SELECT json::text FROM activities ORDER BY id DESC LIMIT 1")).encode()
        theirs.append(count / await bare(urls, body, signer.key.key, signer.key_id))
        print(f"  {ours[-1]:7.0f} deliveries a second, bare {theirs[-1]:7.0f}", flush=True)
    print(
        f"{count} deliveries to one host, {WIDTH} connections, {len(body)} bytes: "
        f"{max(ours):.0f} a second, bare {max(theirs):.0f}; ratio {max(ours) / max(theirs):.2f} (at least 0.4)"
    )


async def dead_host(bench: Bench, ports: list[int], count: int, rounds: int) -> None:
    """What the others take longer because of one host that takes connections and never answers."""
    living = [f"http://localhost:{port}/{number}" for port in ports[1:] for number in range(count // HOSTS)]
    with silence() as port:
        dead = [f"http://localhost:{port}/{number}" for number in range(count // HOSTS)]
        alone, beside = [], []
        for _ in range(rounds):
            for inboxes, times, but in ((living, alone, None), (living + dead, beside, port)):
                recipients = await bench.people(inboxes)
                async with bench.delivering():
                    times.append(await bench.deliver(recipients, but=but))
            print(f"  {alone[-1]:.2f} s without, {beside[-1]:.2f} s with the dead host", flush=True)
    more = (min(beside) / min(alone) - 1) * 100
    print(
        f"{len(living)} deliveries to {len(ports) - 1} hosts: {min(alone):.2f} s,"
        f" beside a dead host {min(beside):.2f} s: {more:+.1f} % (less than 5)"
    )


async def measure(server: str, count: int, rounds: int) -> None:
    with sink() as ports:
        async with open_bench(server) as bench:
            await speed(bench, ports[0], count, rounds)
            await dead_host(bench, ports, count, rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", help="address of a superuser's database on a PostgreSQL server")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sink", type=int, help="only listen, on so many ports")
    arguments = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        if arguments.sink:
            runner.run(serve(arguments.sink))
        else:
            runner.run(measure(arguments.server, arguments.count, arguments.rounds))


if __name__ == "__main__":
    main()
