"""Stored files are shared, and go when nobody needs them: whoever comes first, the other sees it."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta

import pytest

from archypix.core.ids import new_id
from archypix.pictures import blob_store, blobs
from archypix.pictures.blob_store import Blob
from tests.uploads.conftest import alice, bob, site
from tests.uploads.site import Person, Site, photo

__all__ = ["alice", "bob", "site"]


async def unreferenced(site: Site, content: bytes) -> Blob:
    """A live blob that nothing refers to."""
    blob = Blob(new_id(), hashlib.sha256(content).digest(), len(content))
    async with site.database.transaction() as connection:
        await blob_store.insert_writing(connection, blob)
        assert await blob_store.make_live(connection, blob.id)
    return blob


INSERT = (
    "INSERT INTO pictures (id, owner_id, blob_id, sha256, size, filename, media_type, kind, state, sorted_at,"
    " date_source, source) VALUES ($1, $2, $3, $4, $5, 'a', 'image/jpeg', 'image', 'ready', now(), 'file', 'test')"
)


async def test_a_blob_that_somebody_is_taking_is_not_condemned(alice: Person, site: Site) -> None:
    blob = await unreferenced(site, photo(1))

    async def condemn() -> int:
        async with site.database.transaction() as connection:
            return await blob_store.condemn_unreferenced(connection, [blob.id])

    async with site.database.transaction() as connection:
        assert await blob_store.hold_live(connection, blob.sha256) == blob.id
        condemning = asyncio.create_task(condemn())
        await asyncio.sleep(0.2)
        assert not condemning.done()
        await connection.execute(INSERT, new_id(), alice.id, blob.id, blob.sha256, blob.size)
    assert await condemning == 0
    assert await site.sql("SELECT state FROM blobs WHERE id = $1", blob.id) == "live"


async def test_a_blob_that_is_being_condemned_is_taken_by_nobody(site: Site) -> None:
    blob = await unreferenced(site, photo(1))

    async def hold() -> object:
        async with site.database.transaction() as connection:
            return await blob_store.hold_live(connection, blob.sha256)

    async with site.database.transaction() as connection:
        assert await blob_store.condemn_unreferenced(connection, [blob.id]) == 1
        holding = asyncio.create_task(hold())
        await asyncio.sleep(0.2)
        assert not holding.done()
    assert await holding is None


async def test_of_two_that_store_the_same_bytes_one_becomes_live(site: Site) -> None:
    digest = hashlib.sha256(photo(1)).digest()
    blobs = [Blob(new_id(), digest, 20_000) for _ in range(2)]

    async def settle(blob: Blob) -> bool:
        async with site.database.transaction() as connection:
            await blob_store.insert_writing(connection, blob)
            await asyncio.sleep(0.05)
            return await blob_store.make_live(connection, blob.id)

    assert sorted(await asyncio.gather(*map(settle, blobs))) == [False, True]


async def test_removal_goes_on_where_a_crash_stopped_it(alice: Person, bob: Person, site: Site) -> None:
    mine = (await alice.upload(photo(1))).json["id"]
    theirs = (await bob.upload(photo(2))).json["id"]
    await alice.send("DELETE", f"/pictures/{mine}")
    await alice.send("DELETE", "/trash")
    (blob,) = await site.rows("SELECT id, sha256 FROM blobs WHERE state = 'deleting'")
    # The object is gone, its row not yet: as after a crash between the two.
    await site.storage.delete([name for name in site.originals() if blob["sha256"].hex() in name])
    assert await site.findings() == []
    assert await site.blobs.sweep_condemned() == 1
    assert await site.rows("SELECT * FROM blobs WHERE state = 'deleting'") == []
    assert await bob.download(theirs) == photo(2)


async def test_what_takes_hours_to_be_put_is_not_swept_meanwhile(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs, "TOUCH_SECONDS", 0.05)
    slow, dead = (Blob(new_id(), hashlib.sha256(photo(seed)).digest(), 20_000) for seed in (1, 2))
    async with site.database.transaction() as connection:
        await blob_store.insert_writing(connection, slow)
        await blob_store.insert_writing(connection, dead)
    async with blobs.kept_from_sweep(site.database, slow.id):
        # Not stale yet, so that the site's own sweep, which may run at any moment, has no part in this.
        await site.sql("UPDATE blobs SET changed_at = now() - interval '30 minutes' WHERE id = $1", slow.id)
        await site.sql("UPDATE blobs SET changed_at = now() - interval '2 hours' WHERE id = $1", dead.id)
        async with asyncio.timeout(60):
            while await site.sql("SELECT changed_at < now() - interval '1 minute' FROM blobs WHERE id = $1", slow.id):
                await asyncio.sleep(0.02)
        await site.blobs.sweep_stale()
        left = await site.rows("SELECT id, now() - changed_at AS age FROM blobs WHERE state = 'writing'")
    assert [row["id"] for row in left] == [slow.id]
    assert left[0]["age"] < timedelta(minutes=1)
