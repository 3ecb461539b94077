"""Jobs by the calls that workers make: leases, reports, failures, and what people see of them."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from archypix.events.service import EventService
from archypix.jobs.service import MAX_ATTEMPTS
from archypix.pictures.locks import lock_library
from tests.jobs.hand import Hand
from tests.uploads.site import Person, Site, photo


@pytest.fixture
def hand(site: Site) -> Hand:
    return Hand(site)


async def expire(site: Site) -> None:
    await site.sql("UPDATE jobs SET lease_until = now() - interval '1 second'")


async def test_a_report_makes_the_picture_ready_at_once(alice: Person, site: Site, hand: Hand) -> None:
    picture = (await alice.upload(photo(1), "IMG_1.JPG", file_date="2011-01-01T00:00:00")).json["id"]
    job = await hand.one()
    assert (job["filename"], job["size"], job["kind"]) == ("IMG_1.JPG", 20_000, "examine")
    original = await alice.call("GET", job["original"])
    assert original.body == photo(1)
    await hand.put_thumbnails(job)
    async with site.service(EventService).subscribe(alice.id) as stream:
        assert (await hand.complete(job, iso=400, rating=3, title="T", latitude=1.5, longitude=2.5)).status == 200
        event = await stream.next(within=60)
        assert (event.kind, event.data) == ("picture.ready", b'{"id":"%s"}' % picture.encode())
    whole = await alice.get(f"/pictures/{picture}")
    facts = {"width": 4000, "height": 3000, "iso": 400, "rating": 3, "title": "T", "latitude": 1.5, "state": "ready"}
    assert {name: whole[name] for name in facts} == facts
    assert (whole["captured_at"], whole["utc_offset"]) == ("2020-07-07T02:19:44.848", 600)
    assert (whole["sorted_at"], whole["date_source"]) == ("2020-07-07T02:19:44.848", "exif")
    assert whole["metadata"] == {"Exif.Image.Make": "Canon"}
    small = await alice.call("GET", whole["thumbnails"]["small"])
    assert small.status == 200
    assert await hand.claim() == []
    assert await site.rows("SELECT * FROM jobs") == []
    assert await site.findings() == []


async def test_without_a_capture_time_the_files_own_date_counts_then_that_of_its_arrival(
    alice: Person, hand: Hand
) -> None:
    dated = (await alice.upload(photo(1), file_date="2011-01-02T03:04:05")).json["id"]
    undated = (await alice.upload(photo(2))).json["id"]
    for _ in range(2):
        job = await hand.one()
        await hand.complete(job, captured_at=None, utc_offset=None, date_source=None)
    first, second = await alice.get(f"/pictures/{dated}"), await alice.get(f"/pictures/{undated}")
    assert (first["sorted_at"], first["date_source"]) == ("2011-01-02T03:04:05", "file")
    assert second["date_source"] == "ingested"
    assert second["sorted_at"][:16] == second["ingested_at"][:16]


async def test_what_people_have_set_is_not_overwritten(alice: Person, hand: Hand) -> None:
    picture = (await alice.upload(photo(1))).json["id"]
    mine = {"title": "Mine", "captured_at": "1999-12-31T23:59:59", "latitude": None, "longitude": None}
    await alice.send("PATCH", f"/pictures/{picture}", mine)
    await hand.complete(await hand.one(), title="Theirs", creator="Them", latitude=1.0, longitude=2.0)
    whole = await alice.get(f"/pictures/{picture}")
    assert {name: whole[name] for name in mine} == mine
    assert whole["creator"] == "Them"
    assert (whole["sorted_at"], whole["date_source"]) == ("1999-12-31T23:59:59", "edited")


async def test_a_file_that_nothing_can_decode_is_kept_and_says_so(alice: Person, hand: Hand, site: Site) -> None:
    picture = (await alice.upload(b"no picture at all", "a.txt")).json["id"]
    job = await hand.one()
    await hand.complete(
        job, kind="other", media_type="application/octet-stream", thumbnails=[], width=None, height=None,
        blurhash=None, captured_at=None, failure="This is not a picture.",
    )  # fmt: skip
    whole = await alice.get(f"/pictures/{picture}")
    assert (whole["state"], whole["failure"]) == ("failed", "This is not a picture.")
    assert whole["thumbnails"] == {"small": None, "medium": None, "large": None}
    assert await alice.download(picture) == b"no picture at all"
    refused = await alice.call("GET", f"/pictures/{picture}/file", params={"variant": "small"})
    assert refused.status == 404
    assert await site.findings() == []


async def test_only_workers_may_call(alice: Person, site: Site) -> None:
    await alice.upload(photo(1))
    for secret in ("", "wrong", alice.token, "ü"):
        stranger = Hand(site, secret=secret)
        for path in ("/workers/start", "/jobs/claim", "/jobs/heartbeat", "/jobs/return", f"/jobs/{uuid4()}/complete"):
            answer = await stranger.call(path, {})
            assert (answer.status, answer.json["code"]) == (401, "unauthenticated")
    assert await site.sql("SELECT state FROM jobs") == "due"


@pytest.mark.parametrize(
    "facts",
    [
        {"width": 0},
        {"width": 10**9},
        {"orientation": 9},
        {"content_hash": "xyz"},
        {"kind": "virus"},
        {"media_type": "text/html<script>"},
        {"captured_at": "2020-01-01T00:00:00Z"},
        {"captured_at": "0000-00-00T00:00:00"},
        {"utc_offset": 10_000},
        {"latitude": 91.0},
        {"rating": 6},
        {"title": "x" * 2000},
        {"title": "a\x00b"},
        {"creator": ""},
        {"keywords": ["x"] * 1001},
        {"metadata": {"a": "\x00"}},
        {"metadata": {"a": "x" * (600 << 10)}},
        {"metadata": ["a"]},
        {"thumbnails": ["huge"]},
        {"iso": 2**31},
        {"owner_id": 1},
        {"failure": "x" * 20_000},
        {"blurhash": "<script>\n"},
    ],
)
async def test_a_report_that_cannot_be_true_is_refused(
    alice: Person, hand: Hand, site: Site, facts: dict[str, Any]
) -> None:
    picture = (await alice.upload(photo(1))).json["id"]
    job = await hand.one()
    answer = await hand.complete(job, **facts)
    assert (answer.status, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert (await alice.get(f"/pictures/{picture}"))["state"] == "processing"
    assert (await hand.complete(job)).status == 200


async def test_nobody_gets_a_job_that_another_has(alice: Person, site: Site) -> None:
    for number in range(20):
        await alice.upload(photo(number))
    hands = [Hand(site, f"w{number}") for number in range(5)]
    claimed = [job["id"] for jobs in await asyncio.gather(*(hand.claim(4) for hand in hands)) for job in jobs]
    assert len(claimed) == len(set(claimed)) == 20
    assert await hands[0].claim() == []


async def test_a_late_answer_is_harmless(alice: Person, hand: Hand, site: Site) -> None:
    picture = (await alice.upload(photo(1))).json["id"]
    late = await hand.one()
    await expire(site)
    other = Hand(site, "other")
    job = await other.one()
    assert job["id"] == late["id"]
    assert job["attempt"] == 2
    for answer in (await hand.complete(late, title="late"), await hand.fail(late, retryable=True)):
        assert (answer.status, answer.json["code"]) == (410, "gone")
    assert (await other.complete(job, title="in time")).status == 200
    assert (await other.complete(job, title="again")).status == 410
    assert (await alice.get(f"/pictures/{picture}"))["title"] == "in time"


async def test_an_answer_after_the_lease_but_before_anybody_else_counts(alice: Person, hand: Hand, site: Site) -> None:
    await alice.upload(photo(1))
    job = await hand.one()
    await expire(site)
    assert (await hand.complete(job)).status == 200


async def test_a_heartbeat_keeps_a_lease_and_tells_of_lost_ones(alice: Person, hand: Hand, site: Site) -> None:
    await alice.upload(photo(1))
    job = await hand.one()
    await expire(site)
    lost = str(uuid4())
    answer = await hand.call("/jobs/heartbeat", {"tokens": [job["token"], lost]})
    assert answer.json == {"lost": [lost]}
    assert await Hand(site, "other").claim() == []
    foreign = await Hand(site, "other").call("/jobs/heartbeat", {"tokens": [job["token"]]})
    assert foreign.json == {"lost": [job["token"]]}


async def test_a_worker_that_starts_again_frees_what_it_had(alice: Person, hand: Hand, site: Site) -> None:
    await alice.upload(photo(1))
    await hand.one()
    assert await Hand(site, "other").claim() == []
    assert (await Hand(site, "third").call("/workers/start", {})).json["released"] == 0
    started = await hand.call("/workers/start", {})
    assert started.json["released"] == 1
    assert started.json["limits"]["max_pixels"] > 0
    (job,) = await Hand(site, "other").claim()
    assert job["attempt"] == 2


async def test_jobs_given_back_count_as_never_claimed(alice: Person, hand: Hand) -> None:
    await alice.upload(photo(1))
    job = await hand.one()
    assert (await hand.call("/jobs/return", {"tokens": [job["token"]]})).json == {"returned": 1}
    assert (await hand.one())["attempt"] == 1


async def test_a_file_that_kills_the_decoder_twice_is_given_up(alice: Person, hand: Hand, site: Site) -> None:
    picture = (await alice.upload(photo(1))).json["id"]
    job, before = await hand.one(), await site.sql("SELECT now()")
    assert (await hand.fail(job, "decoder ended with -11", crashed=True)).status == 200
    assert (await alice.get(f"/pictures/{picture}"))["state"] == "processing"
    assert await site.sql("SELECT next_attempt_at FROM jobs") >= before + timedelta(seconds=1)
    await site.sql("UPDATE jobs SET next_attempt_at = next_attempt_at + interval '1 hour'")
    assert await hand.claim() == []
    await site.sql("UPDATE jobs SET next_attempt_at = now()")
    async with site.service(EventService).subscribe(alice.id) as stream:
        await hand.fail(await hand.one(), "decoder ended with -11", crashed=True)
        assert (await stream.next(within=60)).kind == "picture.failed"
    whole = await alice.get(f"/pictures/{picture}")
    assert whole["state"] == "failed"
    assert "decoder stops" in whole["failure"]
    assert "-11" not in whole["failure"]
    await site.sql("UPDATE jobs SET next_attempt_at = now()")
    assert await hand.claim() == []
    assert await alice.download(picture) == photo(1)
    assert [item["id"] for item in (await alice.get("/pictures"))["items"]] == [picture]
    assert await site.findings() == []


async def test_a_temporary_failure_is_tried_again_later_and_later(alice: Person, hand: Hand, site: Site) -> None:
    picture = (await alice.upload(photo(1))).json["id"]
    for seconds in (1, 1, 5, 10, 20, 40):
        await site.sql("UPDATE jobs SET next_attempt_at = now()")
        job, before = await hand.one(), await site.sql("SELECT now()")
        await hand.fail(job, "storage is away", retryable=True)
        (row,) = await site.rows("SELECT next_attempt_at AS next, now() AS after FROM jobs")
        assert before <= row["next"] - timedelta(seconds=seconds) <= row["after"]
    assert (await alice.get(f"/pictures/{picture}"))["state"] == "processing"
    await site.sql("UPDATE jobs SET attempts = $1, next_attempt_at = now()", MAX_ATTEMPTS - 1)
    await hand.fail(await hand.one(), "storage is away", retryable=True)
    assert (await alice.get(f"/pictures/{picture}"))["state"] == "failed"


async def test_jobs_that_nobody_ever_answers_are_given_up_by_the_sweep(alice: Person, hand: Hand, site: Site) -> None:
    picture = (await alice.upload(photo(1))).json["id"]
    await site.sql("UPDATE jobs SET attempts = $1", MAX_ATTEMPTS - 1)
    await hand.one()
    assert await site.jobs.sweep_exhausted() == 0
    await expire(site)
    assert await hand.claim() == []
    assert await site.jobs.sweep_exhausted() == 1
    assert (await alice.get(f"/pictures/{picture}"))["state"] == "failed"


async def test_a_waiting_worker_gets_work_at_once(alice: Person, hand: Hand, site: Site) -> None:
    waiting = asyncio.create_task(hand.claim(wait=15))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    began = time.monotonic()
    await alice.upload(photo(1))
    (job,) = await waiting
    # Not only when it has waited for as long as it would.
    assert time.monotonic() - began < 12
    assert job["size"] == 20_000
    # The next claim comes with the answer, in the same request.
    await alice.upload(photo(2))
    answer = await hand.complete(job, claim=2)
    assert [each["size"] for each in answer.json["jobs"]] == [20_000]


async def test_who_has_gone_while_waiting_gets_no_work(alice: Person, hand: Hand, site: Site) -> None:
    gone = asyncio.create_task(hand.claim(wait=20))
    while not site.jobs.polls:
        await asyncio.sleep(0.01)
    # What a worker says that ends, and the next one of its name before it asks for anything.
    assert (await hand.call("/workers/start", {})).json["released"] == 0
    assert await gone == []
    await alice.upload(b"one", "a.jpg")
    await Hand(site, "another").one()


async def test_what_somebody_waits_for_comes_first(alice: Person, hand: Hand, site: Site, tmp_path: Any) -> None:
    for number in range(3):
        path = tmp_path / f"{number}.jpg"
        path.write_bytes(photo(number))
        await site.ingest.ingest_file(alice.id, path, filename=f"bulk{number}.jpg")
    await alice.upload(photo(10), "now.jpg")
    names = [job["filename"] for job in await hand.claim(4)]
    assert names == ["now.jpg", "bulk0.jpg", "bulk1.jpg", "bulk2.jpg"]


async def test_a_picture_purged_meanwhile_leaves_nothing_of_a_late_report(
    alice: Person, hand: Hand, site: Site
) -> None:
    picture = (await alice.upload(photo(1))).json["id"]
    job = await hand.one()
    await alice.send("DELETE", f"/pictures/{picture}")
    await alice.send("DELETE", "/trash")
    await site.settle()
    await hand.put_thumbnails(job)
    assert len(site.objects()) == 3
    assert (await hand.complete(job)).status == 410
    assert site.objects() == set()
    assert await site.findings() == []


async def test_a_report_on_a_file_that_was_replaced_does_not_count(alice: Person, hand: Hand, site: Site) -> None:
    picture = (await alice.upload(photo(1))).json["id"]
    old = await hand.one()
    await alice.call("PUT", f"/pictures/{picture}/file", data=photo(2), headers={"Content-Type": "image/jpeg"})
    assert (await hand.complete(old, title="old")).status == 410
    new = await hand.one()
    assert (await alice.call("GET", new["original"])).body == photo(2)
    assert (await hand.complete(new, title="new")).status == 200
    assert (await alice.get(f"/pictures/{picture}"))["title"] == "new"


async def test_a_report_waits_for_the_library_before_it_locks_its_picture(
    alice: Person, hand: Hand, site: Site
) -> None:
    """Otherwise it and somebody who trashes the picture would wait for each other."""
    picture = (await alice.upload(photo(1))).json["id"]
    job = await hand.one()
    async with site.database.transaction() as connection:
        await lock_library(connection, alice.id)
        reporting = asyncio.create_task(hand.complete(job))
        await asyncio.sleep(0.3)
        assert not reporting.done()
        await connection.execute("SELECT 1 FROM pictures WHERE id = $1 FOR UPDATE NOWAIT", picture)
        await connection.execute("SELECT 1 FROM jobs FOR UPDATE NOWAIT")
    assert (await reporting).status == 200


async def test_reports_tags_trash_and_purges_at_once_never_stand_in_each_others_way(alice: Person, site: Site) -> None:
    ids = [(await alice.upload(photo(number), tags='["/A"]')).json["id"] for number in range(40)]

    async def work(hand: Hand) -> None:
        while jobs := await hand.claim(2):
            for job in jobs:
                await hand.put_thumbnails(job)
                answer = await hand.complete(job, captured_at=f"20{len(job['token']) % 20:02}-01-01T00:00:00")
                assert answer.status in (200, 410), answer.body

    async def disturb(start: int) -> None:
        for identifier in ids[start::4]:
            body = {"selection": {"include": [identifier]}, "add": [f"/B/{start}"]}
            statuses = [(await alice.call("POST", "/pictures/batch/tags", json=body)).status]
            statuses.append((await alice.call("DELETE", f"/pictures/{identifier}")).status)
            if start % 2:
                statuses.append((await alice.call("DELETE", f"/pictures/{identifier}?permanent=true")).status)
            assert set(statuses) <= {200, 204}

    hands = [Hand(site, f"w{number}") for number in range(4)]
    await asyncio.gather(*(work(hand) for hand in hands), *(disturb(start) for start in range(4)))
    assert await site.sql("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == 0
    await site.settle()
    assert await site.findings() == []
    assert len((await alice.get("/pictures", trash="true"))["items"]) == 20
