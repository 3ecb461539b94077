"""Redirects, and what is not asked at all."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from archypix.core.database import Database
from federation.outbound import client as client_module
from federation.outbound.client import Budget, Outbound, Signer
from federation.outbound.errors import Misbehaved, OverBudget, Refused, Unreachable
from federation.outbound.memory import HostMemory
from tests.federation.outbound.asking import NOTE, URL, fails
from tests.federation.outbound.wild import Seen, Wild, answer, document, redirect


@pytest.fixture
def memory() -> HostMemory:
    """Requests without a signature ask nothing of it, and need no database."""
    return HostMemory(cast(Database, None))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed_to_the_ids_origin(
    outbound: Outbound, wild: Wild, other: Wild, status: int
) -> None:
    wild.paths["/note"] = redirect("https://other.test/real", status)
    other.paths["/real"] = document({"id": "https://other.test/real", "type": "Note"})
    assert (await outbound.get(URL)).url == "https://other.test/real"


async def test_a_relative_redirect_is_followed(outbound: Outbound, wild: Wild) -> None:
    wild.paths["/note"] = redirect("real?a=b#c")
    wild.paths["/real"] = document(NOTE)
    assert (await outbound.get(URL)).url == "https://wild.test/real?a=b"


async def test_a_redirect_does_not_lend_its_name(outbound: Outbound, wild: Wild, other: Wild) -> None:
    wild.paths["/note"] = redirect("https://other.test/note")
    other.paths["/note"] = document(NOTE)
    await fails(outbound, Misbehaved)


@pytest.mark.parametrize(
    "place",
    [
        "http://127.0.0.1/", "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1/",
        "https://169.254.169.254/latest",
        "http://wild.test/real", "https://localhost/", "https://wild.test:8443/", "https://u:p@wild.test/",
        "file:///etc/passwd", "ftp://wild.test/", "https://2130706433/", "https://[::ffff:127.0.0.1]/",
        "https://own.test/note",
        "//10.0.0.1/x", "https://0/", "https://wild.test\\@127.0.0.1/", "gopher://127.0.0.1:6379/_FLUSHALL",
        "https://0x7f.1/",
    ],
)  # fmt: skip
async def test_redirects_to_where_nobody_may_go(outbound: Outbound, wild: Wild, place: str) -> None:
    wild.paths["/note"] = redirect(place)
    await fails(outbound, Refused)
    assert len(wild.seen) == 1


@pytest.mark.parametrize("place", ["", "https://[", "https://[::1", "http://[x]:y/"])
async def test_redirects_to_nowhere(outbound: Outbound, wild: Wild, place: str) -> None:
    wild.paths["/note"] = f"HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode()
    with pytest.raises((Misbehaved, Refused)):
        await outbound.get(URL)


async def test_redirects_end(outbound: Outbound, wild: Wild) -> None:
    wild.paths["/note"] = redirect(URL)
    await fails(outbound, Misbehaved)
    assert len(wild.seen) == 4


async def test_three_redirects_are_followed(outbound: Outbound, wild: Wild) -> None:
    for number, path in enumerate(["/note", "/1", "/2"], start=1):
        wild.paths[path] = redirect(f"/{number}")
    wild.paths["/3"] = document(NOTE)
    assert (await outbound.get(URL)).url == "https://wild.test/3"


async def test_redirects_share_one_time(outbound: Outbound, wild: Wild, monkeypatch: pytest.MonkeyPatch) -> None:
    async def slowly(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.25)
        writer.write(redirect("/note?again"))

    monkeypatch.setattr(client_module, "TOTAL_SECONDS", 0.6)
    wild.paths["/note"] = slowly
    await fails(outbound, Unreachable)


async def test_our_own_ids_are_not_asked(outbound: Outbound, wild: Wild) -> None:
    await fails(outbound, Refused, "https://own.test/users/alice")
    await fails(outbound, Refused, "https://OWN.test:443/users/alice")
    assert not wild.seen


async def test_blocked_hosts_are_not_asked(outbound: Outbound, wild: Wild, other: Wild, signer: Signer) -> None:
    async def blocked(host: str) -> bool:
        return host == "other.test"

    outbound.blocked = blocked
    await fails(outbound, Refused, "https://other.test/note")
    wild.paths["/note"] = redirect("https://other.test/note")
    await fails(outbound, Refused)
    with pytest.raises(Refused):
        await outbound.post("https://OTHER.test/inbox", b"{}", signer=signer)
    assert not other.seen


async def test_a_budget_is_spent(outbound: Outbound, wild: Wild) -> None:
    wild.paths["/note"] = document(NOTE)
    wild.paths["/loop"] = redirect("/loop")
    budget = Budget(fetches=3)
    await outbound.get(URL, budget=budget)
    await fails(outbound, OverBudget, "https://wild.test/loop", budget=budget)
    await fails(outbound, OverBudget, budget=budget)
    assert len(wild.seen) == 3


async def test_a_budget_of_time_ends(outbound: Outbound, wild: Wild) -> None:
    async def wait(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    wild.paths["/note"] = wait
    budget = Budget(seconds=0.2)
    await fails(outbound, Unreachable, budget=budget)
    await fails(outbound, OverBudget, budget=budget)


async def test_nothing_is_kept_or_taken_from_around(
    outbound: Outbound, wild: Wild, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    wild.paths["/note"] = document(NOTE, Set_Cookie="a=b; Path=/")
    await outbound.get(URL)
    await outbound.get(URL)
    assert all("cookie" not in seen.headers and "authorization" not in seen.headers for seen in wild.seen)


async def test_connections_to_one_host_are_bounded(outbound: Outbound, wild: Wild, other: Wild) -> None:
    release = asyncio.Event()
    under_way = most = 0

    async def hold(seen: Seen, writer: asyncio.StreamWriter) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await release.wait()
        under_way -= 1
        writer.write(document(NOTE))

    wild.paths["/note"] = hold
    other.paths["/note"] = document({"id": "https://other.test/note"})
    waiting = [asyncio.create_task(outbound.get(URL)) for _ in range(20)]
    await outbound.get("https://other.test/note")
    async with asyncio.timeout(60):
        while under_way < client_module.FETCHES_PER_HOST:
            await asyncio.sleep(0.01)
    release.set()
    await asyncio.gather(*waiting)
    assert most == client_module.FETCHES_PER_HOST


async def test_media(outbound: Outbound, wild: Wild) -> None:
    wild.paths["/a.png"] = answer(200, b"\x89PNG", "image/png")
    url = "https://wild.test/a.png"
    assert await outbound.get_media(url, limit=4, types={"image/png"}) == b"\x89PNG"
    for limit, types in ((3, {"image/png"}), (4, {"image/jpeg"})):
        with pytest.raises(Misbehaved):
            await outbound.get_media(url, limit=limit, types=types)


@pytest.mark.parametrize("declared", ["application/jrd+json; charset=utf-8", "application/json"])
async def test_webfinger_may_be_at_another_host(outbound: Outbound, wild: Wild, other: Wild, declared: str) -> None:
    wild.paths["/.well-known/webfinger"] = redirect("https://other.test/.well-known/webfinger?resource=x")
    other.paths["/.well-known/webfinger"] = document({"subject": "acct:a@wild.test"}, declared)
    found = await outbound.get_jrd("https://wild.test/.well-known/webfinger?resource=x")
    assert found.data["subject"] == "acct:a@wild.test"
