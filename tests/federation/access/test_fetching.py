"""How few questions a holder's server asks, how long it waits, and what it remembers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from federation.access import asking
from federation.access.models import Item
from federation.remote.service import RemoteActors
from tests.federation.access.houses import House, Street
from tests.federation.outbound.wild import Seen, Wild, answer, wild_server
from tests.uploads.site import sha256

NONE = {"small": None, "medium": None, "large": None}


async def test_all_that_is_asked_at_once_is_one_question(street: Street) -> None:
    given = await street.given(12, size=1000)
    _, ids = await street.share(given)
    person, owner = street.bob.person, await street.bob.row_of(street.alice.uri)
    street.asked.clear()
    pages = await asyncio.gather(
        *(street.bob.fetcher.thumbnails(person.id, [(one.uri, owner) for one in given[:8]]) for _ in range(3)),
        *(street.bob.fetcher.thumbnails(person.id, [(one.uri, owner)]) for one in given),
    )
    assert all(shown.thumbnails["small"] for page in pages for shown in page.values())
    assert street.asked == ["POST /access"]
    street.asked.clear()
    await asyncio.gather(person.get("/pictures"), *(person.get(f"/pictures/{one}") for one in ids))
    assert street.asked == []


async def test_questions_of_more_than_500(street: Street) -> None:
    owner = await street.bob.row_of(street.alice.uri)
    await street.alice.row_of(street.bob.uri)
    wanted = [(owner, Item(f"{street.alice.uri}/pictures/{number}", "thumbnails")) for number in range(1201)]
    street.asked.clear()
    found = await street.bob.fetcher._enquiries.ask(street.bob.person.id, wanted)
    assert len(found) == 1201
    assert street.asked == ["POST /access"] * 3
    # What is twice in it is asked once.
    street.asked.clear()
    await street.bob.fetcher._enquiries.ask(street.bob.person.id, wanted[:10] * 2)
    assert street.asked == ["POST /access"]
    assert not street.bob.fetcher._enquiries._under_way
    assert not street.bob.fetcher._enquiries._waiting


async def test_a_person_who_goes_away_ends_nothing_for_others(street: Street) -> None:
    given = await street.given(1)
    _, (picture,) = await street.share(given)
    owner = await street.bob.row_of(street.alice.uri)
    enquiries = street.bob.fetcher._enquiries
    item = (owner, Item(given[0].uri, "thumbnails"))
    first = asyncio.create_task(enquiries.ask(street.bob.person.id, [item]))
    await asyncio.sleep(0)
    second = asyncio.create_task(enquiries.ask(street.bob.person.id, [item]))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second)[item[1]].urls  # type: ignore[union-attr]
    assert (await street.bob.person.get(f"/pictures/{picture}"))["availability"] == "ok"


async def test_an_owner_who_is_offline_is_a_state(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "LONGEST", 2.5)
    given = await street.given(2)
    calls = 0

    async def silent(seen: Seen, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        await asyncio.sleep(300)

    async with wild_server() as wild:
        wild.paths["/access"] = silent
        owner = await street.bob.somebody(f"{_named(wild)}/access")
        _, ids = await street.share(given, owner=owner)
        clock = asyncio.get_running_loop().time
        began = clock()
        page = await street.bob.person.get("/pictures")
        assert clock() - began < 50
        assert [(item["availability"], item["thumbnails"]) for item in page["items"]] == [("owner_offline", NONE)] * 2
        # It is remembered: nobody waits again.
        page = await street.bob.person.get("/pictures")
        assert {item["availability"] for item in page["items"]} == {"owner_offline"}
        file = await street.bob.person.call("GET", f"/pictures/{ids[0]}/file")
        assert (file.status, file.json["code"]) == (503, "owner_offline")
        assert int(file.headers["Retry-After"]) > 0
        assert calls == 1
    await street.bob.asks_at(owner, street.access)
    page = await street.bob.person.get("/pictures")
    assert {item["availability"] for item in page["items"]} == {"ok"}


def _named(wild: Wild) -> str:
    return wild.url.replace("127.0.0.1", "localhost")


async def test_lists_say_that_an_owner_was_found_offline(street: Street) -> None:
    given = await street.given(2)
    owner = await street.bob.somebody(street.access)
    _, ids = await street.share(given, owner=owner)
    page = await street.bob.person.get("/pictures")
    assert {item["availability"] for item in page["items"]} == {"ok"}
    await street.bob.asks_at(owner, "http://localhost:1/access")
    assert (await street.bob.person.call("GET", f"/pictures/{ids[0]}/file")).status == 503
    away = await street.bob.person.get("/pictures")
    assert {item["availability"] for item in away["items"]} == {"owner_offline"}
    # What is known is still shown.
    assert [item["thumbnails"] for item in away["items"]] == [item["thumbnails"] for item in page["items"]]
    await street.bob.asks_at(owner, street.access)
    assert await street.bob.person.get("/pictures") == page


async def test_one_owner_who_is_offline_delays_no_other(street: Street) -> None:
    given = await street.given(2)
    await street.share(given[:1])
    dead = await street.bob.somebody("http://localhost:1/access")
    (gone,) = await street.bob.received(dead, given[1:])
    page = await street.bob.person.get("/pictures")
    states = {item["id"]: item["availability"] for item in page["items"]}
    assert states.pop(gone) == "owner_offline"
    assert set(states.values()) == {"ok"}


async def test_what_an_owner_says_is_not_believed_blindly(street: Street) -> None:
    given = await street.given(1)
    row = await street.bob.somebody(street.access)
    _, (picture,) = await street.share(given, owner=row)
    uri = given[0].uri
    good = {"now": "2026-01-01T00:00:00Z", "expires": "2026-01-01T00:10:00Z"}

    def said(**item: Any) -> dict[str, Any]:
        one = {"id": uri, "variant": "thumbnails", "expires": good["expires"]} | item
        return {"now": good["now"], "pictures": [one]}

    urls = {"small": "https://x.test/s", "medium": "https://x.test/m", "large": "https://x.test/l"}
    for reply in (
        answer(200, b"nonsense", "application/json"),
        answer(200, b"[]", "application/json"),
        answer(500, b"", "text/plain"),
        answer(302, b"", None, Location="http://localhost:1/"),
        answer(200, b"{" * 10_000, "application/json"),
    ):
        assert (await _answered(street, row, picture, reply))["thumbnails"] == NONE
    for value in (
        {},
        {"pictures": 5},
        {"pictures": [[], 5, {"id": 5}]},
        said(urls=urls | {"small": "javascript:alert(1)"}),
        said(urls=urls | {"small": 'https://x.test/"><script>'}),
        said(urls=urls | {"small": "https://user:pw@x.test/a"}),
        said(urls={"small": urls["small"]}),
        said(urls=[]),
        said(urls=urls, expires="yesterday"),
        said(urls=urls, id="https://other.test/x"),
        said(error={"status": "x", "detail": 5}),
        said(error={"status": 403, "detail": "no\u202e"}),
    ):
        assert (await _answered(street, row, picture, value))["thumbnails"] == NONE
    assert (await _answered(street, row, picture, said(urls=urls)))["thumbnails"] == urls


async def _answered(street: Street, row: int, picture: str, reply: Any) -> Any:
    """The picture, when its owner's server answers so."""
    async with wild_server() as wild:
        body = reply if isinstance(reply, bytes) else answer(200, json.dumps(reply).encode(), "application/json")
        wild.paths["/access"] = body
        await street.forget()
        await street.bob.asks_at(row, f"{_named(wild)}/access")
        return await street.bob.person.get(f"/pictures/{picture}")


async def test_covers_and_timeline(street: Street) -> None:
    (given,) = await street.given(1)
    _, (picture,) = await street.share([given])
    person = street.bob.person
    await person.send("POST", "/tags", {"path": "/Far"}, status=201)
    street.asked.clear()
    tag = await person.call("PATCH", "/tags", params={"path": "/Far"}, json={"cover": picture})
    small = (await person.get(f"/pictures/{picture}"))["thumbnails"]["small"]
    assert tag.json["cover"]["thumbnails"]["small"] == small
    (listed,) = [one for one in (await person.get("/tags"))["items"] if one["path"] == "/Far"]
    assert listed["cover"]["thumbnails"]["small"] == small
    buckets = await person.get("/timeline")
    columns = await person.get("/timeline/bucket", key=buckets["items"][0]["key"])
    assert columns["ids"] == [picture]
    assert columns["thumbnails"][0].replace("{size}", "small") == small
    assert street.asked == ["POST /access"]


async def test_a_share_on_one_server_goes_without_http(street: Street) -> None:
    (given,) = await street.given(1)
    site = street.alice.site
    carol = await House.of(site, "carol")
    await street.alice.share(await carol.own_row())
    (picture,) = await carol.received(await street.alice.own_row(), [given])
    street.by_servers.clear()
    item = (await carol.person.get("/pictures"))["items"][0]
    for variant, url in item["thumbnails"].items():
        assert (await carol.person.call("GET", url)).body == given.thumbnail + variant.encode()
    assert sha256(await carol.person.download(picture)) == sha256(given.content)
    body = {"selection": {"include": [picture]}}
    (offer,) = (await carol.person.send("POST", "/pictures/batch/download", body))["downloads"]
    assert (await carol.person.call("GET", offer["url"])).status == 200
    before = site.originals()
    await carol.person.send("POST", f"/pictures/{picture}/copy", {}, status=202)
    async with asyncio.timeout(90):
        while (copy := await carol.person.get(f"/pictures/{picture}/copy"))["state"] == "waiting":
            await asyncio.sleep(0.05)
    assert copy["state"] == "done"
    # The bytes are there once, for both.
    assert site.originals() == before
    assert street.by_servers == []


async def test_what_is_being_asked_ends_with_the_server(street: Street) -> None:
    owner = await street.bob.row_of(street.alice.uri)
    enquiries = street.bob.fetcher._enquiries
    waiting = asyncio.create_task(enquiries.ask(street.bob.person.id, [(owner, Item("https://x.test/1", "small"))]))
    await asyncio.sleep(0)
    await enquiries.close()
    async with asyncio.timeout(asking.LONGEST / 2):
        assert list((await waiting).values()) == [asking.OFFLINE]


async def test_shown_and_saved_at_once(street: Street) -> None:
    (given,) = await street.given(1)
    _, (picture,) = await street.share([given])
    person = street.bob.person
    shown, saved = await asyncio.gather(
        person.call("GET", f"/pictures/{picture}/file"),
        person.call("GET", f"/pictures/{picture}/file", params={"download": "true"}),
    )
    for answered, kind in ((shown, "inline"), (saved, "attachment")):
        file = await person.call("GET", answered.headers["Location"])
        assert file.headers["Content-Disposition"].startswith(kind)


async def test_what_is_refused_to_one_makes_nobody_wait(street: Street) -> None:
    given = await street.given(1)
    async with wild_server() as wild:
        for status in (401, 429):
            wild.paths["/access"] = answer(status, b"{}", "application/json")
            owner = await street.bob.somebody(f"{_named(wild)}/access")
            wanted = [(owner, Item(given[0].uri, "thumbnails"))]
            found = await street.bob.fetcher._enquiries.ask(street.bob.person.id, wanted)
            assert list(found.values()) == [asking.OFFLINE]
            assert not street.bob.fetcher._enquiries.is_offline(owner)
        wild.paths["/access"] = answer(503, b"{}", "application/json")
        await street.bob.fetcher._enquiries.ask(street.bob.person.id, wanted)
        assert street.bob.fetcher._enquiries.is_offline(owner)


async def test_an_owner_whose_address_has_changed_is_read_anew(street: Street) -> None:
    given = await street.given(1)
    await street.share(given)
    owner = await street.bob.row_of(street.alice.uri)
    there = street.access.replace("/access", "/elsewhere")
    await street.bob.asks_at(owner, there)
    await street.bob.site.sql("UPDATE remote_actors SET fetched_at = now() - interval '1 hour' RETURNING 1")
    street.bob.site.service(RemoteActors)._actors.drop(street.alice.uri)
    await street.bob.person.get("/pictures")
    street.bob.fetcher._enquiries._offline._entries.clear()
    item = (await street.bob.person.get("/pictures"))["items"][0]
    assert (item["availability"], item["thumbnails"]["small"] is not None) == ("ok", True)
