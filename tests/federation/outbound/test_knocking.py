"""Signed requests: which kind is tried, what is tried after a refusal, and what is remembered."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from archypix.core import clock
from archypix.core.database import Database
from federation.outbound import bodies
from federation.outbound.client import Budget, Outbound, Signer
from federation.outbound.errors import Denied, FetchError, OverBudget, Refused, Unreachable
from federation.outbound.memory import HostMemory
from federation.signatures.keys import public_key
from federation.signatures.models import Kind, SignedRequest
from federation.signatures.verify import claims, verify
from tests.federation.outbound.wild import Seen, Wild, answer, document, redirect

INBOX = "https://wild.test/inbox"
BODY = b'{"type":"Follow"}'


def taking(*kinds: str, refusal: int = 401, **headers: str) -> Callable[[Seen], bytes]:
    """An inbox that takes these kinds of signatures."""
    return lambda seen: answer(202) if seen.kind in kinds else answer(refusal, b"no", "text/plain", **headers)


def kinds(wild: Wild) -> list[str | None]:
    """The kinds of signatures that came, in order."""
    return [seen.kind for seen in wild.seen]


def check(seen: Seen, signer: Signer, url: str) -> None:
    """The signature of a request holds for `url`."""
    request = SignedRequest(seen.method, url, list(seen.headers.items()), seen.body)
    (claim,) = claims(request, now=clock.now())
    private = signer.key.key
    assert isinstance(private, RSAPrivateKey)
    verify(request, claim, public_key(signer.key_id, "https://own.test/actor", private.public_key()))


@pytest.mark.parametrize("kind", list(Kind))
async def test_a_delivery_is_signed_for_the_address_on_the_wire(
    outbound: Outbound, wild: Wild, signer: Signer, kind: Kind
) -> None:
    path = f"/inbox/{quote('é')}"
    wild.paths[path] = answer(202)
    await outbound.memory.remember("wild.test", kind)
    done = await outbound.post("https://WILD.test:443/inbox/é?a=%2F", BODY, signer=signer)
    assert done.ok
    seen = wild.seen[0]
    assert (seen.method, seen.kind, seen.body) == ("POST", kind.value, BODY)
    assert seen.headers["content-type"] == "application/activity+json"
    check(seen, signer, f"https://wild.test{path}?a=%2F")


@pytest.mark.parametrize("kind", list(Kind))
async def test_a_fetch_is_signed(outbound: Outbound, wild: Wild, signer: Signer, kind: Kind) -> None:
    wild.paths["/note"] = document({"id": "https://wild.test/note"})
    await outbound.memory.remember("wild.test", kind)
    await outbound.get("https://wild.test/note?x=1", signer=signer)
    assert kinds(wild) == [kind.value]
    check(wild.seen[0], signer, "https://wild.test/note?x=1")


async def test_each_hop_is_signed_for_itself(outbound: Outbound, wild: Wild, other: Wild, signer: Signer) -> None:
    wild.paths["/note"] = redirect("https://other.test/note")
    other.paths["/note"] = document({"id": "https://other.test/note"})
    await outbound.get("https://wild.test/note", signer=signer)
    check(wild.seen[0], signer, "https://wild.test/note")
    check(other.seen[0], signer, "https://other.test/note")
    assert other.seen[0].headers["signature"] != wild.seen[0].headers["signature"]
    assert "referer" not in other.seen[0].headers


async def test_an_unknown_host_is_asked_the_old_way(outbound: Outbound, wild: Wild, signer: Signer) -> None:
    wild.paths["/inbox"] = taking("cavage", "rfc9421")
    assert (await outbound.post(INBOX, BODY, signer=signer)).status == 202
    assert kinds(wild) == ["cavage"]


@pytest.mark.parametrize("refusal", [401, 403])
async def test_the_new_way_after_a_refusal_and_from_then_on(
    outbound: Outbound, database: Database, wild: Wild, signer: Signer, refusal: int
) -> None:
    wild.paths["/inbox"] = taking("rfc9421", refusal=refusal)
    assert (await outbound.post(INBOX, BODY, signer=signer)).status == 202
    assert (await outbound.post(INBOX, BODY, signer=signer)).status == 202
    assert kinds(wild) == ["cavage", "rfc9421", "rfc9421"]
    assert await HostMemory(database).kind("wild.test") is Kind.RFC9421


@pytest.mark.parametrize("refusal", [400, 401, 403])
async def test_back_to_the_old_way(outbound: Outbound, wild: Wild, signer: Signer, refusal: int) -> None:
    await outbound.memory.learn("wild.test", Kind.RFC9421)
    wild.paths["/inbox"] = taking("cavage", refusal=refusal)
    await outbound.post(INBOX, BODY, signer=signer)
    await outbound.post(INBOX, BODY, signer=signer)
    assert kinds(wild) == ["rfc9421", "cavage", "cavage"]


async def test_a_bad_request_is_not_tried_the_new_way(outbound: Outbound, wild: Wild, signer: Signer) -> None:
    """Some take it with 200 and drop it unread; then all that follows would be lost."""
    wild.paths["/inbox"] = taking("rfc9421", refusal=400)
    assert (await outbound.post(INBOX, BODY, signer=signer)).status == 400
    assert kinds(wild) == ["cavage"]
    assert await outbound.memory.kind("wild.test") is Kind.CAVAGE


async def test_refused_both_ways(outbound: Outbound, database: Database, wild: Wild, signer: Signer) -> None:
    wild.paths["/inbox"] = taking(refusal=401)
    done = await outbound.post(INBOX, BODY, signer=signer)
    assert (done.status, done.detail, done.ok) == (401, "no", False)
    assert kinds(wild) == ["cavage", "rfc9421"]
    assert await HostMemory(database).kind("wild.test") is Kind.CAVAGE


async def test_whoever_asks_for_a_signature_gets_it(outbound: Outbound, wild: Wild, signer: Signer) -> None:
    challenge = 'sig7=("@method" "@target-uri" "content-digest" "date");created;nonce="abc";tag="t"'
    wild.paths["/inbox"] = taking("rfc9421", Accept_Signature=challenge)
    assert (await outbound.post(INBOX, BODY, signer=signer)).status == 202
    given = wild.seen[1].headers["signature-input"]
    assert given.startswith("sig7=")
    assert 'nonce="abc"' in given
    assert re.search(r'tag="t"', given)
    assert await outbound.memory.kind("wild.test") is Kind.RFC9421


async def test_an_answer_that_asks_is_remembered(outbound: Outbound, wild: Wild, signer: Signer) -> None:
    wild.paths["/inbox"] = answer(202, Accept_Signature='sig1=("@method" "@target-uri");created')
    await outbound.post(INBOX, BODY, signer=signer)
    await outbound.post(INBOX, BODY, signer=signer)
    assert kinds(wild) == ["cavage", "rfc9421"]


@pytest.mark.parametrize("nonsense", ["(((", "x" * 9000, "sig1=1", 'sig1=();alg="rot13"', "\xff"])
async def test_nonsense_that_asks_for_nothing(outbound: Outbound, wild: Wild, signer: Signer, nonsense: str) -> None:
    wild.paths["/inbox"] = answer(202, Accept_Signature="@").replace(b"@", nonsense.encode("latin-1"))
    try:
        await outbound.post(INBOX, BODY, signer=signer)
    except Unreachable:
        pass
    assert await outbound.memory.kind("wild.test") is Kind.CAVAGE


async def test_what_came_in_tells_what_may_go_out(outbound: Outbound, database: Database) -> None:
    await outbound.memory.learn("wild.test", Kind.CAVAGE)
    assert await outbound.memory.kind("wild.test") is Kind.CAVAGE
    await outbound.memory.learn("wild.test", Kind.RFC9421)
    await outbound.memory.learn("wild.test", Kind.CAVAGE)
    assert await outbound.memory.kind("wild.test") is Kind.RFC9421
    assert await HostMemory(database).kind("wild.test") is Kind.RFC9421
    assert await HostMemory(database).kind("other.test") is Kind.CAVAGE


async def test_secure_mode_of_either_kind(outbound: Outbound, wild: Wild, signer: Signer) -> None:
    note = document({"id": "https://wild.test/note"})
    wild.paths["/note"] = lambda seen: note if seen.kind == "rfc9421" else answer(401)
    with pytest.raises(Denied):
        await outbound.get("https://wild.test/note")
    await outbound.get("https://wild.test/note", signer=signer)
    await outbound.get("https://wild.test/note", signer=signer)
    assert kinds(wild) == [None, "cavage", "rfc9421", "rfc9421"]


async def test_second_knocks_are_counted(outbound: Outbound, wild: Wild, signer: Signer) -> None:
    wild.paths["/note"] = answer(401)
    with pytest.raises(OverBudget):
        await outbound.get("https://wild.test/note", signer=signer, budget=Budget(fetches=1))


@pytest.mark.parametrize("status", [200, 201, 202, 301, 307, 400, 404, 410, 413, 422, 429, 500, 503])
async def test_an_inbox_answers_what_it_likes(outbound: Outbound, wild: Wild, signer: Signer, status: int) -> None:
    wild.paths["/inbox"] = answer(status, b"<p>\x00because\xff\r\n</p>", "text/html", Retry_After="7", Location="/x")
    done = await outbound.post(INBOX, BODY, signer=signer)
    assert (done.status, done.retry_after, done.ok) == (status, 7, status < 300)
    assert "because" in done.detail
    assert done.detail.isprintable()
    assert len(wild.seen) == 1


async def test_an_inbox_that_talks_without_end(outbound: Outbound, wild: Wild, signer: Signer) -> None:
    async def pour(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 500 Oh\r\nContent-Type: text/plain\r\n\r\n")
        while True:
            writer.write(b"why " * 5000)
            await writer.drain()

    wild.paths["/inbox"] = pour
    done = await outbound.post(INBOX, BODY, signer=signer)
    assert (done.status, len(done.detail)) == (500, 299)
    await asyncio.wait_for(wild.left.wait(), 60)


async def test_an_inbox_that_took_it_and_then_falls_silent(
    outbound: Outbound, wild: Wild, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pause(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\nthanks")
        await asyncio.sleep(30)

    monkeypatch.setattr(bodies, "DETAIL_SECONDS", 0.3)
    wild.paths["/inbox"] = pause
    done = await outbound.post(INBOX, BODY, signer=signer)
    assert (done.status, done.detail) == (202, "thanks")


@pytest.mark.parametrize("raw", [b"", b"nonsense", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"])
async def test_an_inbox_that_breaks_off(outbound: Outbound, wild: Wild, signer: Signer, raw: bytes) -> None:
    wild.paths["/inbox"] = raw
    with pytest.raises(Unreachable):
        await outbound.post(INBOX, BODY, signer=signer)


@pytest.mark.parametrize("url", ["http://wild.test/inbox", "https://own.test/inbox", "https://10.0.0.1/", "x"])
async def test_inboxes_that_are_none(outbound: Outbound, wild: Wild, signer: Signer, url: str) -> None:
    with pytest.raises(FetchError) as caught:
        await outbound.post(url, BODY, signer=signer)
    assert isinstance(caught.value, Refused)
    assert not wild.seen


async def test_the_table_of_hosts_is_bounded(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("federation.outbound.memory.MOST_ROWS", 5)
    memory = HostMemory(database)
    for number in range(8):
        await memory.learn(f"{number}.test", Kind.RFC9421)
    await memory.learn("x" * 400, Kind.RFC9421)
    assert await memory.sweep() == 3
    async with database.connection() as connection:
        left = await connection.fetch("SELECT host FROM federation_hosts ORDER BY host")
    assert [row["host"] for row in left] == [f"{number}.test" for number in range(3, 8)]
