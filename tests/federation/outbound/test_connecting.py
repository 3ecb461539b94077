"""Names that lead where they should not: checked when the connection is made."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from archypix.core import clock
from archypix.core.database import Database
from federation.outbound import connecting, lookups
from federation.outbound.client import Outbound
from federation.outbound.connecting import GuardedResolver
from federation.outbound.errors import Refused, Unreachable
from federation.outbound.guard import Guard
from federation.outbound.memory import HostMemory
from tests.federation.outbound.wild import Wild


@pytest.fixture
def memory() -> HostMemory:
    """Requests without a signature ask nothing of it, and need no database."""
    return HostMemory(cast(Database, None))


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str] | Exception]:
    """What the name servers of the world say."""
    known: dict[str, list[str] | Exception] = {}

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        found = known.get(host, socket.gaierror(socket.EAI_NONAME, "unknown"))
        if isinstance(found, Exception):
            raise found
        return [_entry(address, port) for address in found]

    monkeypatch.setattr(lookups.socket, "getaddrinfo", look_up)
    return known


def _entry(address: str, port: int) -> tuple[Any, ...]:
    if ":" in address:
        return socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0)
    return socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)


@pytest_asyncio.fixture
async def anywhere(outbound: Outbound) -> AsyncIterator[Outbound]:
    """A client as in earnest, without a map."""
    client = Outbound(memory=outbound.memory, own=lambda _: False)
    await client.start()
    yield client
    await client.stop()


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"], ["10.1.2.3"], ["169.254.169.254"], ["100.64.0.1"], ["192.0.2.1"], ["224.0.0.1"], ["0.0.0.0"],
        ["::1"], ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"], ["2002:7f00:1::"], ["2001::1"], ["fd00::1"], ["fe80::1"],
        ["127.0.0.1", "10.0.0.1", "::1"], [],
    ],
)  # fmt: skip
async def test_names_of_private_addresses_are_refused(
    anywhere: Outbound, names: dict[str, list[str] | Exception], addresses: list[str]
) -> None:
    names["evil.example"] = addresses
    with pytest.raises(Refused):
        await anywhere.get("https://evil.example/note")


async def test_forbidden_addresses_among_good_ones_are_left_out(names: dict[str, list[str] | Exception]) -> None:
    names["evil.example"] = ["127.0.0.1", "1.1.1.1", "::1", "2606:4700::1111", *[f"1.1.1.{n}" for n in range(2, 50)]]
    found = await GuardedResolver(Guard()).resolve("evil.example", 443)
    assert [entry["host"] for entry in found] == ["1.1.1.1", "2606:4700::1111", "1.1.1.2", "1.1.1.3"]


async def test_a_name_that_changes_its_mind_does_not_get_further(
    anywhere: Outbound, wild: Wild, names: dict[str, list[str] | Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a resolver returns, the address that is connected to is looked at itself."""

    async def lie(self: GuardedResolver, host: str, port: int = 0, family: int = 0) -> list[Any]:
        return [{"hostname": host, "host": "127.0.0.1", "port": wild.port, "family": 2, "proto": 6, "flags": 0}]

    monkeypatch.setattr(GuardedResolver, "resolve", lie)
    with pytest.raises(Refused):
        await anywhere.get("https://evil.example/note")
    assert wild.connections == 0


@pytest.mark.parametrize("trouble", [socket.gaierror(socket.EAI_AGAIN, "later"), UnicodeError("label too long")])
async def test_names_that_are_not_found_may_be_found_later(
    anywhere: Outbound, names: dict[str, list[str] | Exception], trouble: Exception
) -> None:
    names["evil.example"] = trouble
    with pytest.raises(Unreachable):
        await anywhere.get("https://evil.example/note")


async def test_name_servers_that_do_not_answer_hold_up_nobody(
    anywhere: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    waiting = []

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        if host.endswith("slow.example"):
            waiting.append(host)
            release.wait(90)
        return [_entry("127.0.0.1", port)]

    monkeypatch.setattr(lookups.socket, "getaddrinfo", look_up)
    monkeypatch.setattr(connecting, "LOOKUP_SECONDS", 0.3)
    try:
        slow = [asyncio.create_task(anywhere.get(f"https://{n}.slow.example/note")) for n in range(80)]
        for failure in await asyncio.gather(*slow, return_exceptions=True):
            assert isinstance(failure, Unreachable)
        async with asyncio.timeout(60):
            while len(waiting) < lookups.MOST_OF_DOMAIN:
                await asyncio.sleep(0.01)
        assert len(waiting) == lookups.MOST_OF_DOMAIN
        monkeypatch.setattr(connecting, "LOOKUP_SECONDS", 60.0)
        with pytest.raises(Refused):
            await anywhere.get("https://quick.test/note")
    finally:
        release.set()


async def test_a_certificate_that_nobody_vouches_for(outbound: Outbound, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(tmp_path, "wild.test"))
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.read(1))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    place = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    client = Outbound(memory=outbound.memory, own=lambda _: False, host_map={"wild.test": place})
    await client.start()
    try:
        with pytest.raises(Unreachable):
            await client.get("https://wild.test/note")
        assert not any(asked)
    finally:
        await client.stop()
        server.close()


def _certificate(folder: Path, name: str) -> Path:
    """A certificate that vouches for itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return file
