"""Alice shares with bob: offers and answers, later pictures, edits, the trash, names, ends."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from tests.e2e.sharing.acts import (
    ALPS,
    answer,
    can_fetch,
    comes_to_see,
    fetch,
    offer,
    offered,
    purge,
    put,
    restore,
    revoke,
    sees,
    share,
    tag,
    trash,
    uri_of,
)
from tests.rig.signing import Hand
from tests.rig.trio import Person, Trio, until

People = tuple[Person, Person, Person]


def test_what_is_accepted_is_seen_and_what_is_declined_is_not(people: People) -> None:
    alice, bob, carol = people
    ids = put(alice, "alps-1.jpg", "alps-2.jpg")
    made = offer(alice, bob, message="From the summer", reshare_depth=1)
    told = offered(bob, alice)
    assert told["message"] == "From the summer"
    assert told["sender"] == alice.handle
    assert sees(bob) == {}
    assert Hand.of(bob).may(alice, uri_of(alice, ids["alps-1.jpg"])) == [False]
    answer(bob, told["id"], "accept")
    seen = comes_to_see(bob, "alps-1.jpg", "alps-2.jpg")
    until(lambda: alice.get(f"/shares/{made}").json()["state"] == "active", "the acceptance")
    for name, item in seen.items():
        assert item["owner"] == alice.known_as
        assert item["tags"] == [f"/SharedToMe/{alice.known_as}{ALPS}"]
        status, content = fetch(bob, item["id"])
        assert status == 200
        original = alice.get(f"/pictures/{ids[name]}").json()
        assert hashlib.sha256(content).hexdigest() == original["sha256"]
        assert original["tags"] == [ALPS]
        assert bob.fetch(item["thumbnails"]["small"]).headers["Content-Type"] == "image/webp"
    declined = offer(alice, carol)
    answer(carol, offered(carol, alice)["id"], "decline")
    until(lambda: alice.get(f"/shares/{declined}").json()["state"] == "declined", "the refusal")
    assert sees(carol) == {}
    assert Hand.of(carol).may(alice, uri_of(alice, ids["alps-1.jpg"])) == [False]


def test_what_comes_goes_and_changes_follows(people: People) -> None:
    alice, bob, _ = people
    ids = put(alice, "alps-1.jpg", "alps-2.jpg")
    share(alice, bob)
    comes_to_see(bob, "alps-1.jpg", "alps-2.jpg")
    # Added: one that is new, and one that was there before under another tag.
    ids |= put(alice, "alps-3.jpg") | put(alice, "lake.jpg", tags=["/Travel/Lake"])
    comes_to_see(bob, "alps-1.jpg", "alps-2.jpg", "alps-3.jpg")
    tag(alice, [ids["lake.jpg"]], add=[f"{ALPS}/Lakes"])
    seen = comes_to_see(bob, "alps-1.jpg", "alps-2.jpg", "alps-3.jpg", "lake.jpg")
    lake = seen["lake.jpg"]["id"]
    assert can_fetch(bob, lake)
    # Edited.
    edit = {"title": "The lake above", "captured_at": "2018-03-02T10:00:00"}
    assert alice.patch(f"/pictures/{ids['lake.jpg']}", json=edit).status_code == 200
    until(lambda: bob.get(f"/pictures/{lake}").json()["title"] == "The lake above", "the title")
    assert bob.get(f"/pictures/{lake}").json()["captured_at"].startswith("2018-03-02T10:00:00")
    # Taken out.
    tag(alice, [ids["lake.jpg"]], remove=[f"{ALPS}/Lakes"])
    assert Hand.of(bob).may(alice, uri_of(alice, ids["lake.jpg"])) == [False]
    comes_to_see(bob, "alps-1.jpg", "alps-2.jpg", "alps-3.jpg")
    assert bob.get(f"/pictures/{lake}").status_code == 404
    assert not can_fetch(bob, lake)


def test_the_trash_is_said_with_its_date_and_purging_is_the_end(people: People) -> None:
    alice, bob, _ = people
    ids = put(alice, "alps-1.jpg", "alps-2.jpg")
    share(alice, bob)
    first = comes_to_see(bob, "alps-1.jpg", "alps-2.jpg")["alps-1.jpg"]["id"]
    trash(alice, ids["alps-1.jpg"])
    leaving = until(lambda: bob.get(f"/pictures/{first}").json()["received"]["leaves_at"], "that it is leaving")
    days = (datetime.fromisoformat(leaving) - datetime.now(UTC)) / timedelta(days=1)
    assert 29 < days < 31
    assert set(sees(bob)) == {"alps-1.jpg", "alps-2.jpg"}
    restore(alice, ids["alps-1.jpg"])
    until(lambda: bob.get(f"/pictures/{first}").json()["received"]["leaves_at"] is None, "that it stays")
    assert can_fetch(bob, first)
    purge(alice, ids["alps-1.jpg"])
    uri = uri_of(alice, ids["alps-1.jpg"])
    assert Hand.of(bob).may(alice, uri) == [False]
    comes_to_see(bob, "alps-2.jpg")
    assert bob.get(f"/pictures/{first}").status_code == 404


def test_a_tag_of_another_name_is_the_same_share(people: People) -> None:
    alice, bob, _ = people
    put(alice, "alps-1.jpg")
    deal = share(alice, bob)
    comes_to_see(bob, "alps-1.jpg")
    assert alice.post("/tags/rename", json={"path": ALPS, "new_path": "/Journeys/Mont Blanc"}).status_code == 200
    renamed = [f"/SharedToMe/{alice.known_as}/Journeys/Mont Blanc"]
    until(lambda: sees(bob)["alps-1.jpg"]["tags"] == renamed, "the new name")
    assert deal.state() == deal.state_there() == "active"
    put(alice, "alps-2.jpg", tags=["/Journeys/Mont Blanc"])
    seen = comes_to_see(bob, "alps-1.jpg", "alps-2.jpg")
    assert can_fetch(bob, seen["alps-2.jpg"]["id"])


def test_what_bob_does_with_them_is_his(people: People) -> None:
    alice, bob, _ = people
    ids = put(alice, "alps-1.jpg", "alps-2.jpg")
    share(alice, bob)
    seen = comes_to_see(bob, "alps-1.jpg", "alps-2.jpg")
    before = alice.get(f"/pictures/{ids['alps-1.jpg']}").json()
    tag(bob, [seen["alps-1.jpg"]["id"]], add=["/Best"])
    assert bob.patch(f"/pictures/{seen['alps-1.jpg']['id']}", json={"rating": 5}).status_code == 200
    assert [item["filename"] for item in bob.pictures(tag="/Best")] == ["alps-1.jpg"]
    # Thrown away by bob: hidden for him alone, and his to take back.
    trash(bob, seen["alps-2.jpg"]["id"])
    comes_to_see(bob, "alps-1.jpg")
    restore(bob, seen["alps-2.jpg"]["id"])
    comes_to_see(bob, "alps-1.jpg", "alps-2.jpg")
    after = alice.get(f"/pictures/{ids['alps-1.jpg']}").json()
    assert (after["tags"], after["rating"]) == (before["tags"], before["rating"])
    # It costs him nothing.
    assert bob.get("/account/usage").json()["used"] == 0


def test_only_previews(people: People) -> None:
    alice, bob, _ = people
    ids = put(alice, "alps-1.jpg")
    share(alice, bob, originals=False)
    picture = comes_to_see(bob, "alps-1.jpg")["alps-1.jpg"]["id"]
    assert fetch(bob, picture)[0] == 403
    for size in ("small", "medium", "large"):
        assert can_fetch(bob, picture, size)
    known = bob.get(f"/pictures/{picture}").json()
    assert known["latitude"] is None
    assert known["sha256"] is None
    (told,) = Hand.of(bob).ask(alice, uri_of(alice, ids["alps-1.jpg"]))
    assert told["error"]["status"] == 403


def test_without_later_pictures(people: People) -> None:
    alice, bob, _ = people
    put(alice, "alps-1.jpg")
    share(alice, bob, future=False)
    comes_to_see(bob, "alps-1.jpg")
    later = put(alice, "alps-2.jpg")
    # What was said after it has come through: it would have come, too.
    share(alice, bob, "/Travel", future=True)
    seen = comes_to_see(bob, "alps-1.jpg", "alps-2.jpg")
    assert len(seen["alps-1.jpg"]["received"]["shares"]) == 2
    assert len(seen["alps-2.jpg"]["received"]["shares"]) == 1
    assert Hand.of(bob).may(alice, uri_of(alice, later["alps-2.jpg"])) == [True]


def test_an_end_date_ends_it(people: People) -> None:
    alice, bob, _ = people
    ids = put(alice, "alps-1.jpg")
    deal = share(alice, bob, ends_at=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    comes_to_see(bob, "alps-1.jpg")
    hand, uri = Hand.of(bob), uri_of(alice, ids["alps-1.jpg"])
    assert hand.may(alice, uri) == [True]
    end = datetime.now(UTC) + timedelta(seconds=12)
    assert alice.patch(f"/shares/{deal.id}", json={"ends_at": end.isoformat()}).status_code == 200
    until(lambda: datetime.now(UTC) >= end, "the end", within=30)
    assert hand.may(alice, uri) == [False]
    until(lambda: deal.state() == "expired", "that alice's server sees it", within=90)
    comes_to_see(bob, within=90)


def test_taken_back_at_once(trio: Trio, people: People) -> None:
    alice, bob, _ = people
    ids = put(alice, "alps-1.jpg")
    deal = share(alice, bob)
    picture = comes_to_see(bob, "alps-1.jpg")["alps-1.jpg"]["id"]
    hand, uri = Hand.of(bob), uri_of(alice, ids["alps-1.jpg"])
    assert hand.may(alice, uri) == [True]
    revoke(deal)
    assert hand.may(alice, uri) == [False]
    comes_to_see(bob)
    assert not can_fetch(bob, picture)
    until(lambda: deal.state_there() == "revoked", "that bob is told")
    assert f"/SharedToMe/{alice.known_as}{ALPS}" not in [one["path"] for one in bob.get("/tags").json()["items"]]
    # Shared once more, it is there once more.
    share(alice, bob)
    assert can_fetch(bob, comes_to_see(bob, "alps-1.jpg")["alps-1.jpg"]["id"])
