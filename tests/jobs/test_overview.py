"""Jobs as administrators see them, and failed ones tried again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from archypix.accounts.administration import AdministrationService, Changes
from archypix.accounts.models import COMMAND_LINE
from archypix.accounts.tokens import TokenService
from archypix.health import service as health
from tests.jobs.hand import Hand
from tests.uploads.site import Person, Site, photo


@pytest.fixture
def hand(site: Site) -> Hand:
    return Hand(site)


@pytest.fixture
async def root(site: Site) -> Person:
    """An administrator."""
    person = await site.person("root")
    await site.service(AdministrationService).change(COMMAND_LINE, "root", Changes(is_admin=True))
    tokens = site.service(TokenService)
    _, token = await tokens.create_for(COMMAND_LINE, "root", name="all", scopes=None, days=None)
    return replace(person, token=token)


async def failed_pictures(owner: Person, hand: Hand, numbers: range) -> list[str]:
    """Pictures whose files could not be examined."""
    ids = [(await owner.upload(photo(number), f"{number}.jpg")).json["id"] for number in numbers]
    for _ in ids:
        await hand.fail(await hand.one(), "the decoder gave up")
    return ids


def counted(answer: dict[str, Any]) -> dict[tuple[str, str], int]:
    return {(count["kind"], count["state"]): count["count"] for count in answer["counts"]}


async def test_failures_say_why_and_whose_they_are(alice: Person, root: Person, hand: Hand) -> None:
    (picture,) = await failed_pictures(alice, hand, range(1))
    answer = await root.get("/admin/jobs")
    assert counted(answer) == {("examine", "failed"): 1}
    (job,) = answer["items"]
    facts = {name: job[name] for name in ("kind", "state", "owner", "picture_id", "attempts", "error")}
    assert facts == {
        "kind": "examine", "state": "failed", "owner": "alice", "picture_id": picture, "attempts": 1,
        "error": "the decoder gave up",
    }  # fmt: skip
    assert not {"filename", "title"} & set(job), "what is in a library is its owner's"


async def test_pages_of_failures_have_each_of_them_once(alice: Person, bob: Person, root: Person, hand: Hand) -> None:
    made = set(await failed_pictures(alice, hand, range(4))) | set(await failed_pictures(bob, hand, range(4, 7)))
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = await root.get("/admin/jobs", limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [job["picture_id"] for job in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert len(seen) == len(made)
    assert set(seen) == made


async def test_what_waits_comes_in_the_order_in_which_it_is_done(
    alice: Person, root: Person, hand: Hand, site: Site
) -> None:
    first = (await alice.upload(photo(1), "1.jpg")).json["id"]
    second = (await alice.upload(photo(2), "2.jpg")).json["id"]
    leased = await hand.one()
    answer = await root.get("/admin/jobs", state="waiting")
    assert [(job["picture_id"], job["state"]) for job in answer["items"]] == [(first, "leased"), (second, "due")]
    assert answer["items"][0]["worker"] == hand.name
    assert counted(answer) == {("examine", "leased"): 1, ("examine", "due"): 1}
    # The more often it was tried, the longer it is put off.
    await site.sql("UPDATE jobs SET attempts = 10 WHERE state = 'leased'")
    await hand.fail(leased, "later", retryable=True)
    assert counted(await root.get("/admin/jobs"))[("examine", "put off")] == 1


async def test_chosen_failures_or_all_are_tried_again_as_if_they_were_new(
    alice: Person, bob: Person, root: Person, hand: Hand, site: Site
) -> None:
    await failed_pictures(alice, hand, range(3))
    await failed_pictures(bob, hand, range(3, 5))
    items = (await root.get("/admin/jobs"))["items"]
    one = items[0]
    assert await root.send("POST", "/admin/jobs/retry", {"jobs": [one["id"]]}) == {"retried": 1}
    assert await root.send("POST", "/admin/jobs/retry", {"jobs": [one["id"]]}) == {"retried": 0}
    assert await root.send("POST", "/admin/jobs/retry", {}) == {"retried": 4}
    assert counted(await root.get("/admin/jobs")) == {("examine", "due"): 5}
    picture = await (bob if one["owner"] == "bob" else alice).get(f"/pictures/{one['picture_id']}")
    assert (picture["state"], picture["failure"]) == ("processing", None)
    for _ in range(5):
        job = await hand.one()
        assert job["attempt"] == 1
        await hand.put_thumbnails(job)
        assert (await hand.complete(job)).status == 200
    assert await site.findings() == []
    entries = (await root.get("/admin/audit", action="jobs.retried"))["items"]
    assert [entry["details"] for entry in entries] == [{"jobs": 4}, {"jobs": 1}]


async def test_people_see_nothing_of_it(alice: Person) -> None:
    for method, path in (("GET", "/admin/jobs"), ("POST", "/admin/jobs/retry"), ("GET", "/admin/server")):
        assert (await alice.call(method, path, json={})).status == 403
    assert (await alice.call("GET", "/admin/backups")).status == 403


@pytest.mark.parametrize(
    "query",
    [{"cursor": "x"}, {"cursor": "1.2"}, {"cursor": "9" * 16 + "." + "0" * 32}, {"state": "done"}, {"limit": 0}],
)
async def test_bad_questions_are_refused_or_lead_nowhere(root: Person, query: dict[str, Any]) -> None:
    answer = await root.call("GET", "/admin/jobs", params=query)
    assert answer.status in (200, 422), answer.body


async def test_the_server_tells_what_it_is_made_of(
    alice: Person, root: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PROBE_SECONDS", 60.0)
    await alice.upload(photo(1), "1.jpg")
    told = await root.get("/admin/server")
    assert told["checks"] == {"database": "ok", "cache": "ok", "storage": "ok"}
    assert told["totals"] == {"people": 2, "pictures": 1, "bytes": 20_000}
    assert (told["storage"], told["allow_list"]) == ("files", False)
    assert (await root.get("/admin/backups")) == {"items": []}
