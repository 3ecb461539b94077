"""Selections of received pictures as archives: each server zips what its people own."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from archypix.shares.access import AccessService
from federation.access.tickets import Tickets
from tests.federation.access.houses import Street
from tests.uploads.site import photo


async def _offers(street: Street, ids: list[str], *, status: int = 200) -> Any:
    body = {"selection": {"include": ids}, "filename": "summer.zip"}
    return await street.bob.person.send("POST", "/pictures/batch/download", body, status=status)


def _whole(street: Street, url: str) -> str:
    return url if url.startswith("http") else street.bob.site.url + url


async def _unpacked(street: Street, url: str) -> dict[str, bytes]:
    answer = await street.bob.person.call("GET", _whole(street, url))
    assert answer.status == 200, answer.body
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def test_each_server_zips_its_own(street: Street) -> None:
    given = await street.given(3)
    _, ids = await street.share(given)
    own = (await street.bob.person.upload(photo(99), "mine.jpg")).json["id"]
    offers = await _offers(street, [*ids, own])
    assert (offers["pictures"], offers["missing"]) == (1, 0)
    here, there = offers["downloads"]
    assert (here["server"], here["url"]) == (None, offers["url"])
    assert there["server"] == street.alice.uri.split("/")[2]
    assert (there["pictures"], there["bytes"]) == (3, sum(len(one.content) for one in given))
    assert await _unpacked(street, here["url"]) == {"mine.jpg": photo(99)}
    found = await _unpacked(street, there["url"])
    assert found == {f"holiday {number}.jpg": one.content for number, one in enumerate(given)}
    again = await street.bob.person.call("GET", there["url"])
    assert again.status == 410


async def test_received_pictures_alone(street: Street) -> None:
    given = await street.given(2)
    _, ids = await street.share(given)
    offers = await _offers(street, ids)
    assert (offers["url"], offers["pictures"], len(offers["downloads"])) == (None, 0, 1)


async def test_an_archive_of_many_is_asked_for_in_steps(street: Street, monkeypatch: Any) -> None:
    monkeypatch.setattr("federation.access.archives.STEP", 2)
    given = await street.given(5, size=1000)
    _, ids = await street.share(given)
    street.asked.clear()
    (offer,) = (await _offers(street, ids))["downloads"]
    assert street.asked == ["POST /access/archives"] * 3
    assert offer["pictures"] == 5
    assert len(await _unpacked(street, offer["url"])) == 5


async def test_access_that_ends_before_the_archive_is_sent(street: Street) -> None:
    given = await street.given(2)
    share, ids = await street.share(given)
    (offer,) = (await _offers(street, ids))["downloads"]
    await street.alice.revoke(share)
    found = await _unpacked(street, offer["url"])
    assert set(found) == {"missing.txt"}


async def test_no_archive_where_there_are_no_originals(street: Street) -> None:
    given = await street.given(2)
    _, ids = await street.share(given, originals=False)
    offers = await _offers(street, ids)
    assert (offers["downloads"], offers["missing"]) == ([], 2)


async def test_an_owner_who_is_offline_is_missing(street: Street) -> None:
    given = await street.given(2)
    _, ids = await street.share(given, owner=await street.bob.somebody("http://localhost:1/access"))
    offers = await _offers(street, ids)
    assert (offers["downloads"], offers["missing"]) == ([], 2)


async def test_nobody_adds_to_the_archive_of_another(street: Street) -> None:
    given = await street.given(2)
    await street.share(given)
    site = street.alice.site
    tickets = Tickets(site.database, AccessService(), site.storage, origin="https://a.test")
    row = await street.alice.row_of(street.bob.uri)
    ticket = await tickets.offer(row, [given[0].uri], "a.zip")
    assert ticket is not None
    assert ticket.url is not None
    assert await tickets.offer(row + 1, [given[1].uri], "a.zip", ticket.id) is None
    more = await tickets.offer(row, [given[1].uri], "a.zip", ticket.id)
    assert more is not None
    assert more.url is None


async def test_one_holder_does_not_take_all_places(street: Street, monkeypatch: Any) -> None:
    monkeypatch.setattr("federation.access.tickets.OF_HOLDER", 0)
    given = await street.given(1)
    _, ids = await street.share(given)
    (offer,) = (await _offers(street, ids))["downloads"]
    assert (await street.bob.person.call("GET", offer["url"])).status == 429
    monkeypatch.setattr("federation.access.tickets.OF_HOLDER", 1)
    assert len(await _unpacked(street, offer["url"])) == 1
