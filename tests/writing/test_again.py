"""What failed, tried again: files that could not be examined, and files that could not be written."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures import photo
from tests.jobs.hand import Hand
from tests.uploads.site import Person, Site

pytestmark = pytest.mark.usefixtures("at_once")


async def failed(alice: Person, hand: Hand, content: bytes) -> tuple[str, dict[str, Any]]:
    """A picture that could not be examined, as a picture."""
    picture_id = (await alice.upload(content, "a.jpg")).json["id"]
    assert (await hand.fail(await hand.one(), retryable=False)).status == 200
    picture = await alice.get(f"/pictures/{picture_id}")
    assert picture["state"] == "failed"
    return picture_id, picture


async def test_a_picture_that_failed_is_examined_again(alice: Person, site: Site) -> None:
    content = photo("iphone-4s.jpg").read_bytes()
    picture_id, before = await failed(alice, Hand(site), content)
    again = await alice.send("POST", f"/pictures/{picture_id}/examine", status=202)
    assert (again["state"], again["failure"], again["revision"]) == ("processing", None, before["revision"] + 1)
    async with site.worker():
        after = await alice.until(picture_id, "ready")
    assert (after["failure"], after["camera_model"]) == (None, "iPhone 4S")
    assert await site.sql("SELECT count(*) FROM jobs") == 0
    assert await site.findings() == []


async def test_of_a_selection_those_are_examined_of_which_something_is_missing(
    alice: Person, bob: Person, site: Site
) -> None:
    hand = Hand(site)
    picture_id, _ = await failed(alice, hand, b"one")
    ready = (await alice.upload(b"two", "b.jpg")).json["id"]
    await hand.complete(await hand.one(), title="Read")
    await alice.send("PATCH", f"/pictures/{ready}", {"rating": 3})
    await site.sql("DELETE FROM jobs RETURNING 1")
    everything: dict[str, Any] = {"selection": {"query": ""}}
    count = await alice.send("POST", "/pictures/batch/examine", everything | {"dry_run": True}, status=202)
    assert count == {"affected": 1}
    assert (await bob.send("POST", "/pictures/batch/examine", everything, status=202))["affected"] == 0
    assert (await alice.send("POST", "/pictures/batch/examine", everything, status=202))["affected"] == 1
    # What is about to be examined is not asked for twice.
    assert (await alice.send("POST", "/pictures/batch/examine", everything, status=202))["affected"] == 0
    assert (await alice.send("POST", "/pictures/batch/examine", everything | {"all": True}, status=202))[
        "affected"
    ] == 1
    for _ in range(2):
        await hand.complete(await hand.one(), title="Read better", rating=1)
    states = {item["id"]: item for item in (await alice.get("/pictures"))["items"]}
    assert {item["state"] for item in states.values()} == {"ready"}
    # What people set stays.
    assert (states[ready]["title"], states[ready]["rating"]) == ("Read better", 3)
    assert picture_id in states


async def test_what_could_not_be_written_is_written_when_asked(alice: Person, bob: Person, site: Site) -> None:
    hand = Hand(site)
    content = photo("iphone-4s.jpg").read_bytes()
    async with site.worker("again"):
        picture_id = (await alice.upload(content, "a.jpg")).json["id"]
        await alice.until(picture_id, "ready")
    await alice.send("PATCH", f"/pictures/{picture_id}", {"title": "One"})
    write = await hand.one()
    refused = await hand.call(
        f"/writes/{write['id']}/refuse",
        {"token": write["token"], "blob": write["blob"], "outcome": "refused", "reason": "Not today."},
    )
    assert refused.status == 200
    picture = await alice.get(f"/pictures/{picture_id}")
    assert (picture["metadata_state"], picture["metadata_failure"]) == ("failed", "Not today.")
    assert (await bob.call("POST", f"/pictures/{picture_id}/metadata/retry")).status == 404
    everything = {"selection": {"query": ""}}
    dry = await alice.send("POST", "/pictures/batch/metadata/retry", everything | {"dry_run": True}, status=202)
    assert dry == {"affected": 1}
    again = await alice.send("POST", f"/pictures/{picture_id}/metadata/retry", status=202)
    assert (again["metadata_state"], again["metadata_failure"]) == ("pending", None)
    assert (await alice.send("POST", "/pictures/batch/metadata/retry", everything, status=202))["affected"] == 0
    async with site.worker("again"):
        after = await alice.until(picture_id, "ready")
        while after["metadata_state"] == "pending":
            after = await alice.until(picture_id, "ready")
    assert (after["metadata_state"], after["version"]) == ("synced", 2)
    assert (await alice.send("POST", "/pictures/batch/metadata/retry", everything, status=202))["affected"] == 0
    assert await site.findings() == []


async def test_a_library_that_wanted_no_files_written_can_have_them_written_later(alice: Person, site: Site) -> None:
    hand = Hand(site)
    picture_id = (await alice.upload(photo("iphone-4s.jpg").read_bytes(), "a.jpg")).json["id"]
    await hand.complete(await hand.one())
    await alice.send("PATCH", "/account/library", {"write_metadata": False})
    await alice.send("PATCH", f"/pictures/{picture_id}", {"title": "One"})
    for path in (f"/pictures/{picture_id}/metadata/retry", "/pictures/batch/metadata/retry"):
        body = {"selection": {"query": ""}} if "batch" in path else None
        answer = await alice.call("POST", path, json=body)
        assert (answer.status, answer.json["code"]) == (409, "files_not_written")
    await alice.send("PATCH", "/account/library", {"write_metadata": True})
    everything = {"selection": {"query": ""}}
    assert (await alice.send("POST", "/pictures/batch/metadata/retry", everything, status=202))["affected"] == 1
    assert (await hand.one())["values"] == {"title": "One"}


async def test_of_the_trash_and_of_others_nothing_is_tried(alice: Person, bob: Person, site: Site) -> None:
    picture_id = (await alice.upload(b"one", "a.jpg")).json["id"]
    for path in ("examine", "metadata/retry"):
        assert (await bob.call("POST", f"/pictures/{picture_id}/{path}")).status == 404
        assert (await alice.call("POST", f"/pictures/nonsense/{path}")).status in (404, 422)
    await alice.send("DELETE", f"/pictures/{picture_id}")
    for path in ("examine", "metadata/retry"):
        assert (await alice.call("POST", f"/pictures/{picture_id}/{path}")).status == 404
