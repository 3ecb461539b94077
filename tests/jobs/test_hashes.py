"""Pictures from before there was a perceptual hash get theirs, from a real worker, and nothing else of them changes."""

from __future__ import annotations

import asyncio

import pytest

from archypix.jobs.service import JobService
from archypix.server import loops
from fixtures import photo
from tests.jobs.hand import Hand
from tests.uploads.site import Person, Site

FORGET = "UPDATE pictures SET perceptual_hash = NULL WHERE id = $1 RETURNING id"
QUEUE = "INSERT INTO unhashed_pictures SELECT id FROM pictures WHERE perceptual_hash IS NULL RETURNING picture_id"
HASH = "SELECT perceptual_hash FROM pictures WHERE id = $1"


@pytest.fixture(autouse=True)
def never_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server looks for old pictures only when a test has it do so."""
    monkeypatch.setattr(loops, "HASH_SECONDS", loops.HOUR)


@pytest.fixture
def hand(site: Site) -> Hand:
    """A worker that reports what a test wants."""
    return Hand(site)


async def test_old_pictures_get_their_hash_while_nothing_else_is_to_do(alice: Person, site: Site) -> None:
    jobs: JobService = site.service(JobService)
    content = photo("iphone-4s.jpg").read_bytes()
    async with site.worker():
        picture_id = (await alice.upload(content, "a.jpg")).json["id"]
        before = await alice.until(picture_id, "ready")
        was = await site.sql(HASH, picture_id)
        thumbnail = (await alice.call("GET", before["thumbnails"]["small"])).body
        assert was is not None
        await site.sql(FORGET, picture_id)
        await site.sql(QUEUE)
        async with asyncio.timeout(90):
            while await site.sql(HASH, picture_id) != was:
                await jobs.backfill_hashes()
                await asyncio.sleep(0.05)
    after = await alice.get(f"/pictures/{picture_id}")
    assert after | {"thumbnails": None} == before | {"thumbnails": None}
    assert (await alice.call("GET", after["thumbnails"]["small"])).body == thumbnail
    assert await site.sql("SELECT count(*) FROM unhashed_pictures") == 0
    assert await site.sql("SELECT count(*) FROM jobs") == 0
    assert await site.findings() == []


async def test_it_waits_for_what_people_wait_for_and_gives_way_to_it(alice: Person, hand: Hand, site: Site) -> None:
    jobs: JobService = site.service(JobService)
    old = (await alice.upload(b"one", "a.jpg")).json["id"]
    await hand.complete(await hand.one())
    await site.sql(QUEUE)
    new = (await alice.upload(b"two", "b.jpg")).json["id"]
    assert await jobs.backfill_hashes() == 0
    await hand.complete(await hand.one(), perceptual_hash=5)
    assert await jobs.backfill_hashes() == 1
    # Whoever asks for an examination gets one instead, and the answer about the hash comes too late.
    late = await hand.one()
    assert late["kind"] == "hash"
    await alice.send("POST", f"/pictures/{old}/examine", status=202)
    again = await hand.one()
    assert again["kind"] == "examine"
    await hand.complete(again, perceptual_hash=7)
    assert (await hand.complete(late, perceptual_hash=9)).status == 200
    assert (await site.sql(HASH, old), await site.sql(HASH, new)) == (7, 5)
    assert await site.sql("SELECT count(*) FROM jobs") == 0


async def test_a_file_that_cannot_be_looked_at_again_stays_as_it_was(alice: Person, hand: Hand, site: Site) -> None:
    jobs: JobService = site.service(JobService)
    picture_id = (await alice.upload(b"one", "a.jpg")).json["id"]
    await hand.complete(await hand.one())
    await site.sql(QUEUE)
    assert await jobs.backfill_hashes() == 1
    assert (await hand.fail(await hand.one(), retryable=False)).status == 200
    assert (await alice.get(f"/pictures/{picture_id}"))["state"] == "ready"
    assert await site.sql("SELECT count(*) FROM jobs") == 0
