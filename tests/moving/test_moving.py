"""Somebody moves with everything that they have, and can go on with it."""

from __future__ import annotations

import hashlib
from uuid import UUID, uuid4

import pytest

from archypix.accounts.administration import AdministrationService
from archypix.accounts.models import COMMAND_LINE
from archypix.accounts.passwords import Passwords
from archypix.core.errors import BeingMoved
from archypix.drives.scraps import object_key
from tests.federation.sharing.houses import House, Somebody
from tests.moving.houses import Street
from tests.moving.life import basic, live, shown, somebody
from tests.uploads.site import photo


async def _tags(person: Somebody) -> set[str]:
    return {tag["path"] for tag in (await person.get("/tags"))["items"]}


async def test_everything_goes_along(street: Street) -> None:
    life = await live(street, "alice", "bob")
    before = await shown(life.alice)
    await street.move("alice")
    alice = somebody(street.new, life.alice)
    after = await shown(alice)
    assert {key: after[key] for key in after if after[key] != before[key]} == {
        key: before[key] for key in after if after[key] != before[key]
    }
    assert await street.new.site.findings() == []
    assert await street.old.site.findings() == []
    for picture in life.pictures[:3]:
        assert await alice.person.download(picture)
    # What was done before the move is undone after it.
    deleted, tagged, merged, *earlier = (await alice.get("/operations"))["items"]
    await alice.send("POST", f"/operations/{deleted['id']}/undo")
    assert "/Kept/Deep" in await _tags(alice)
    for operation in (tagged, merged, *earlier):
        await alice.send("POST", f"/operations/{operation['id']}/undo")
    assert "/Old" in await _tags(alice)
    site = street.new.site
    headers = basic("alice", life.drive["token"])
    async with site.client.request("PROPFIND", f"{site.url}/webdav/mine/", headers=headers) as answer:
        assert answer.status == 207
    assert await street.new.site.findings() == []


async def test_nobody_acts_for_somebody_who_is_gone(street: Street) -> None:
    """At the old backend nothing is left that ties somebody to others, and the account itself cannot be ended there."""
    life = await live(street, "carol", "dave")
    await street.move("carol")
    old = street.old.site
    for table in ("shares", "incoming_shares", "received", "followers", "following"):
        owner = (
            "actor_id IN (SELECT id FROM actors WHERE account_id = $1)" if table == "followers" else "account_id = $1"
        )
        assert await old.sql(f"SELECT count(*) FROM {table} WHERE {owner}", life.alice.person.id) == 0, table
    administration = AdministrationService(old.database, Passwords(memory_kib=8, passes=1))
    with pytest.raises(BeingMoved):
        await administration.delete(COMMAND_LINE, "carol")
    # The friend's share to her stands, and so does hers to the friend.
    shares = (await life.bob.get("/shares"))["items"], (await life.bob.get("/shares/incoming"))["items"]
    assert [[one["state"] for one in each] for each in shares] == [["active"], ["active"]]
    assert "0.jpg" in await life.bob.names()
    assert await old.findings() == []


async def test_files_beside_the_tags(street: Street) -> None:
    """Large ones lie in storage as pictures do, under a key that their row has."""
    alice = await House(street.old.site).person("beside")
    hierarchy = (await alice.get("/hierarchies"))["items"][0]["id"]
    token = await alice.send("POST", f"/hierarchies/{hierarchy}/tokens", {"name": "laptop"}, status=201)
    old, scrap, content = street.old.site, uuid4(), photo(31, 300_000)
    await old.sql(
        "INSERT INTO drive_scraps (id, hierarchy_id, token_id, state, kind, folder, name_key, name, size, media_type,"
        " sha256, key, expires_at) VALUES ($1, $2, $3, 'ready', 'scratch', '', 'x.tmp', 'x.tmp', $4, 'image/jpeg', $5,"
        " $6, now() + interval '1 day')",
        scrap, UUID(hierarchy), token["id"], len(content), hashlib.sha256(content).digest(), object_key(scrap),
    )  # fmt: skip
    async with old.storage.open_writer(media_type="image/jpeg", size=len(content)) as writer:
        await writer.write(content)
        await writer.commit(object_key(scrap))
    await street.move("beside")
    new = street.new.site
    assert b"".join([chunk async for chunk in new.storage.read(object_key(scrap))]) == content
    assert await new.sql("SELECT state FROM drive_scraps WHERE id = $1 AND token_id IS NOT NULL", scrap) == "ready"
    assert await new.findings() == []
    assert await old.findings() == []
