"""Copies of received pictures: the one way by which bytes of others come to lie here."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from archypix.copies.following import CopiesOfAccounts
from archypix.copies.service import CopyService
from tests.federation.access.houses import Street
from tests.uploads.site import as_uuid, sha256


async def _copied(street: Street, picture: str, *, tags: list[str] | None = None) -> Any:
    """What became of a copy, once something has."""
    person = street.bob.person
    await person.send("POST", f"/pictures/{picture}/copy", {"tags": tags or []}, status=202)
    async with asyncio.timeout(90):
        while True:
            copy = await person.get(f"/pictures/{picture}/copy")
            if copy["state"] != "waiting":
                return copy
            await asyncio.sleep(0.05)


async def test_a_copy_is_a_picture_that_tells_where_it_is_from(street: Street) -> None:
    (given,) = await street.given(1)
    _, (picture,) = await street.share([given])
    bob = street.bob
    before = await bob.person.usage()
    street.by_servers.clear()
    copy = await _copied(street, picture, tags=["/Mine"])
    assert (copy["state"], copy["duplicate"], copy["failure"]) == ("done", False, None)
    mine = await bob.person.get(f"/pictures/{copy['picture']}")
    assert mine["sha256"] == sha256(given.content)
    assert mine["filename"] == "holiday 0.jpg"
    assert mine["tags"] == ["/Mine"]
    assert mine["received"] is None
    assert mine["copied_from"]["id"] == given.uri
    assert mine["copied_from"]["owner"].startswith("@alice:")
    assert await bob.person.download(copy["picture"]) == given.content
    after = await bob.person.usage()
    assert after["originals"] == before["originals"] + len(given.content)
    # The received one stays what it is, and asking again makes nothing new.
    assert (await bob.person.get(f"/pictures/{picture}"))["received"] is not None
    assert (await _copied(street, picture))["picture"] == copy["picture"]
    assert await bob.site.findings() == []
    # Its bytes came once, and for nothing else.
    assert [one.split("/")[2] for one in street.by_servers if "/files/" in one] == ["blobs"]


async def test_a_copy_needs_leave(street: Street) -> None:
    given = await street.given(2)
    _, (closed, thumbs_only) = await street.share(given, copy=False)
    refused = await street.bob.person.send("POST", f"/pictures/{closed}/copy", {}, status=403)
    assert refused["code"] == "copy_not_allowed"
    await street.bob.site.sql("UPDATE incoming_shares SET copy = true, originals = false RETURNING 1")
    await street.bob.person.send("POST", f"/pictures/{thumbs_only}/copy", {}, status=403)
    own = (await street.bob.person.upload(b"\xff\xd8\xff\xe0mine", "mine.jpg")).json["id"]
    assert (await street.bob.person.send("POST", f"/pictures/{own}/copy", {}, status=409))["code"] == "own_picture"
    await street.bob.person.send("POST", "/pictures/01890000-0000-7000-8000-000000000000/copy", {}, status=404)
    for bad in ({"tags": ["no path"]}, {"tags": ["/a\0"]}, {"tags": 5}, {"else": 1}, [], "x"):
        await street.bob.person.send("POST", f"/pictures/{closed}/copy", bad, status=422)
    # The body may be missing.
    assert (await street.bob.person.call("POST", f"/pictures/{closed}/copy")).status == 403
    assert street.bob.site.originals() == {one for one in street.bob.site.originals() if "blobs" in one}


async def test_a_copy_of_what_is_there_is_that_picture(street: Street) -> None:
    (given,) = await street.given(1)
    _, (picture,) = await street.share([given])
    own = (await street.bob.person.upload(given.content, "mine.jpg")).json["id"]
    copy = await _copied(street, picture)
    assert (copy["picture"], copy["duplicate"]) == (own, True)
    assert (await street.bob.person.get(f"/pictures/{own}"))["copied_from"] is None


async def test_a_copy_respects_the_quota(street: Street) -> None:
    (given,) = await street.given(1)
    _, (picture,) = await street.share([given])
    await street.bob.site.sql(
        "UPDATE libraries SET quota_bytes = $2 WHERE account_id = $1 RETURNING 1", street.bob.person.id, 10_000
    )
    refused = await street.bob.person.send("POST", f"/pictures/{picture}/copy", {}, status=413)
    assert refused["code"] == "quota_exceeded"
    # What its sender said of the size does not count: the file itself must fit.
    await street.bob.site.sql("UPDATE pictures SET size = 5 WHERE id = $1 RETURNING 1", as_uuid(picture))
    copy = await _copied(street, picture)
    assert copy["state"] == "failed"
    assert "quota" in copy["failure"]
    assert street.bob.site.originals() == set()


async def test_a_copy_ends_with_access(street: Street) -> None:
    (given,) = await street.given(1)
    share, (picture,) = await street.share([given])
    await street.alice.revoke(share)
    copy = await _copied(street, picture)
    assert copy["state"] == "failed"
    assert copy["failure"] == "The owner of this picture does not give you this file."
    assert street.bob.site.originals() == set()


async def test_a_file_that_is_another_than_was_said_is_no_copy(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    (given,) = await street.given(1)
    _, (picture,) = await street.share([given])
    service: CopyService = street.bob.site.service(CopyService)
    monkeypatch.setattr(service, "_first_wait", 0.0)
    blob = next(iter(street.alice.site.originals()))
    path = street.alice.site.folder / "files" / blob
    path.chmod(0o600)
    path.write_bytes(given.content[:-1] + b"!")
    copy = await _copied(street, picture)
    assert copy["state"] == "failed"
    assert street.bob.site.originals() == set()
    assert not await service.step()


async def test_a_copy_waits_for_an_owner_who_is_offline(street: Street) -> None:
    (given,) = await street.given(1)
    row = await street.bob.somebody("http://localhost:1/access")
    _, (picture,) = await street.share([given], owner=row)
    person = street.bob.person
    await person.send("POST", f"/pictures/{picture}/copy", {}, status=202)
    async with asyncio.timeout(90):
        while not await street.bob.site.sql("SELECT attempts FROM copies WHERE lease IS NULL AND attempts > 0"):
            await asyncio.sleep(0.05)
    assert (await person.get(f"/pictures/{picture}/copy"))["state"] == "waiting"
    await street.bob.asks_at(row, street.access)
    await street.bob.site.sql("UPDATE copies SET next_attempt_at = now() RETURNING 1")
    assert await street.bob.site.service(CopyService).step()
    assert (await person.get(f"/pictures/{picture}/copy"))["state"] == "done"


async def test_a_server_that_died_after_the_picture_came_in_finds_it_again(street: Street) -> None:
    (given,) = await street.given(1)
    _, (picture,) = await street.share([given])
    copy = await _copied(street, picture)
    await street.bob.site.sql(
        "UPDATE copies SET state = 'waiting', copy_id = NULL, finished_at = NULL, leased_until = now() - interval '1 s'"
        " RETURNING 1"
    )
    assert await street.bob.site.service(CopyService).step()
    again = await street.bob.person.get(f"/pictures/{picture}/copy")
    assert (again["picture"], again["duplicate"]) == (copy["picture"], False)


async def test_the_copy_is_told(street: Street) -> None:
    (given,) = await street.given(1)
    _, (picture,) = await street.share([given])
    async with street.bob.site.client.get(
        f"{street.bob.site.url}/api/v1/events", headers={"Authorization": f"Bearer {street.bob.person.token}"}
    ) as stream:
        await _copied(street, picture)
        async with asyncio.timeout(90):
            kind = ""
            async for line in stream.content:
                if line.startswith(b"event:"):
                    kind = line.split(b":", 1)[1].strip().decode()
                elif line.startswith(b"data:") and kind == "picture.copied":
                    assert json.loads(line[5:])["state"] == "done"
                    return


async def test_nothing_is_left_of_an_account_that_goes(street: Street) -> None:
    (given,) = await street.given(1)
    _, (picture,) = await street.share([given])
    await _copied(street, picture)
    async with street.bob.site.database.transaction() as connection:
        await CopiesOfAccounts().account_deleted(connection, street.bob.person.id)
    assert await street.bob.site.sql("SELECT count(*) FROM copies") == 0
