"""What is left of access once it has ended, and where it never may be: in logs, databases, with other accounts."""

from __future__ import annotations

import logging
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from federation.access import desk
from tests.federation.access.houses import Street


async def test_addresses_from_before_a_revocation_die_in_their_time(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    (given,) = await street.given(1)
    share, (picture,) = await street.share([given])
    thumbnail = (await street.bob.person.get("/pictures"))["items"][0]["thumbnails"]["large"]
    original = (await street.bob.person.call("GET", f"/pictures/{picture}/file")).headers["Location"]
    await street.alice.revoke(share)
    # The next question is refused.
    await street.forget()
    refused = await street.bob.person.call("GET", f"/pictures/{picture}/file")
    assert (refused.status, refused.json["code"]) == (403, "no_access")
    assert (await street.bob.person.get("/pictures"))["items"][0]["thumbnails"]["large"] is None

    async def after(seconds: float, url: str) -> int:
        monkeypatch.setattr(street.signer, "_now", lambda: time.time() + seconds)
        return (await street.bob.person.call("GET", url)).status

    assert await after(0, original) == 200
    assert await after(120, original) == 403
    assert await after(300, thumbnail) == 200
    assert await after(900, thumbnail) == 403


async def test_what_is_given_out_never_lives_longer(street: Street) -> None:
    (given,) = await street.given(1)
    row = await street.alice.row_of(street.bob.uri)
    await street.alice.share(row)
    for moment in range(0, 1000, 37):
        clock = 1_800_000_000.0 + moment + 0.5
        street.signer._now = lambda clock=clock: clock  # type: ignore[misc]
        room = street.alice.site.service(desk.AccessDesk)
        room._clock = lambda clock=clock: clock
        (thumbs, original) = await room.answer(
            row, [desk.Item(given.uri, "thumbnails"), desk.Item(given.uri, "original")]
        )
        for url in thumbs.urls.values():
            assert thumbs.seconds <= _end(url) - clock <= 900
        assert thumbs.seconds >= 449
        assert 60 <= original.seconds <= _end(original.urls["original"]) - clock + 1 <= 121


def _end(url: str) -> float:
    return float(parse_qs(urlsplit(url).query)["e"][0])


async def test_addresses_repeat(street: Street) -> None:
    (given,) = await street.given(1)
    row = await street.alice.row_of(street.bob.uri)
    await street.alice.share(row)
    room = street.alice.site.service(desk.AccessDesk)
    street.signer._now = room._clock = lambda: 1_800_000_001.0
    (first,) = await room.answer(row, [desk.Item(given.uri, "thumbnails")])
    street.signer._now = room._clock = lambda: 1_800_000_001.0 + 200
    (second,) = await room.answer(row, [desk.Item(given.uri, "thumbnails")])
    assert first.urls == second.urls


async def test_nothing_that_gives_access_is_written_down(street: Street, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    given = await street.given(2)
    _, ids = await street.share(given)
    secrets = []
    for item in (await street.bob.person.get("/pictures"))["items"]:
        secrets += item["thumbnails"].values()
        secrets.append((await street.bob.person.call("GET", f"/pictures/{item['id']}/file")).headers["Location"])
    body = {"selection": {"include": ids}}
    secrets += [
        one["url"] for one in (await street.bob.person.send("POST", "/pictures/batch/download", body))["downloads"]
    ]
    for url in secrets:
        assert (await street.bob.person.call("GET", url)).status == 200
    marks = {value for url in secrets for name, (value, *_) in parse_qs(urlsplit(url).query).items() if name in "s key"}
    assert len(marks) >= 5
    said = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "POST /access" in said
    assert not [mark for mark in marks if mark in said]
    assert "keyId=" not in said
    for site in (street.bob.site, street.alice.site):
        rows = await _everything(site)
        assert given[0].uri in rows or site is street.alice.site
        assert not [mark for mark in marks if mark in rows]


async def _everything(site: object) -> str:
    async with site.database.connection() as connection:  # type: ignore[attr-defined]
        names = await connection.fetch(
            "SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')"
        )
        found = []
        for (name,) in names:
            found += [row["row"] for row in await connection.fetch(f"SELECT t::text AS row FROM {name} t")]
    return "\n".join(found)


async def test_no_byte_of_a_picture_passes_through_the_holder(street: Street) -> None:
    given = await street.given(3, size=50_000)
    await street.share(given)
    street.by_servers.clear()
    sent = _count(street)
    lists = await street.bob.person.get("/pictures")
    await street.bob.person.get("/timeline/bucket", key="2024-05-01")
    pages = sent[0]
    for item in lists["items"]:
        for url in item["thumbnails"].values():
            assert (await street.bob.person.call("GET", url)).status == 200
        for query in ({}, {"variant": "small"}, {"download": "true"}):
            answer = await street.bob.person.call("GET", f"/pictures/{item['id']}/file", params=query)
            assert (answer.status, answer.body) == (302, b"")
            assert (await street.bob.person.call("GET", answer.headers["Location"])).status == 200
    assert sent[0] == pages
    assert set(street.by_servers) <= {"POST /access"}
    assert street.bob.site.objects() == set()


def _count(street: Street) -> list[int]:
    """Counts the bytes of all answers of bob's server from now on."""
    sent = [0]
    roof = street.bob.site.app.asgi
    inner = roof._app  # type: ignore[attr-defined]

    async def counting(scope: object, receive: object, send: object) -> None:
        async def through(message: dict[str, object]) -> None:
            sent[0] += len(message.get("body", b""))  # type: ignore[arg-type]
            await send(message)  # type: ignore[operator]

        await inner(scope, receive, through)

    roof._app = counting  # type: ignore[attr-defined]
    return sent


async def test_accounts_share_nothing(street: Street) -> None:
    (given,) = await street.given(1)
    _, (picture,) = await street.share([given])
    bob = street.bob
    await bob.person.get("/pictures")
    carol = await bob.site.person("carol")
    row = await bob.row_of(street.alice.uri)
    was, bob.person = bob.person, carol
    (hers,) = await bob.received(row, [given])
    bob.person = was
    street.asked.clear()
    item = await carol.get(f"/pictures/{hers}")
    assert item["thumbnails"]["small"] is None
    assert item["availability"] == "ok"
    assert "POST /access" in street.asked
    assert (await carol.call("GET", f"/pictures/{hers}/file")).status == 403
    assert (await carol.call("GET", f"/pictures/{picture}/file")).status == 404
    assert (await bob.person.get(f"/pictures/{picture}"))["thumbnails"]["small"] is not None
