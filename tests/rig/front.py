"""A TLS front before several servers, so that a browser visits them as `https://a.test`, each by its name.

Servers know their origin by themselves, so requests pass as they are: the first one of a connection says where it goes.
"""

from __future__ import annotations

import asyncio
import datetime
import re
import ssl
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

T = TypeVar("T")

HEAD = 64 << 10
CHUNK = 64 << 10
HOST = re.compile(rb"\r\nhost:[ \t]*([^\s:]+)", re.IGNORECASE)
NOWHERE = b"HTTP/1.1 421 Misdirected Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Front:
    """Listens on one port for all of `places`: a host, and how to find the port on which it listens just now."""

    def __init__(self, folder: Path, places: Mapping[str, Callable[[], int]]) -> None:
        self._places = places
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate(folder, list(places)))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="front")
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    def start(self) -> Front:
        """Listen, on a free port of this machine."""
        self._thread.start()
        self._do(self._listen())
        return self

    def stop(self) -> None:
        """Cut everything."""
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def arguments(self) -> list[str]:
        """What Chromium is started with to find the places here, whatever it thinks of the certificate."""
        rules = ", ".join(f"MAP {host} 127.0.0.1:{self.port}" for host in self._places)
        return [f"--host-resolver-rules={rules}", "--ignore-certificate-errors"]

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._came, "127.0.0.1", 0, ssl=self._context, limit=HEAD)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._pass(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        found = HOST.search(head)
        place = self._places.get(found[1].decode("ascii", "replace").lower()) if found else None
        if place is None:
            writer.write(NOWHERE)
            await writer.drain()
            return
        # A server that is down is a connection that breaks, as it would be for anybody.
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", place(), limit=HEAD)
        try:
            to_writer.write(head)
            ways = [asyncio.create_task(_flow(reader, to_writer)), asyncio.create_task(_flow(to_reader, writer))]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        finally:
            to_writer.close()


async def _flow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()


def certificate(folder: Path, hosts: list[str]) -> Path:
    """A file with a key and a certificate for these hosts that nobody but this run has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "front.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def front(folder: Path, places: Mapping[str, Callable[[], int]]) -> Iterator[Front]:
    """The front for the time of a block."""
    made = Front(folder, places)
    try:
        yield made.start()
    finally:
        made.stop()
