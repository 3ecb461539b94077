"""Somebody moves to another backend while people share with them, and they with others: nothing is lost."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pytest

from tests.e2e.moving.acts import at, begin, busy, ended, follower_uris, follows, own, published, there, whole
from tests.e2e.sharing.acts import Deal, can_fetch, comes_to_see, put, revoke, share
from tests.peer.fedify import FedifyPeer
from tests.rig.domain import Domain
from tests.rig.trio import Person, until

PICTURES = ("alps-1.jpg", "alps-2.jpg", "alps-3.jpg")


@dataclass
class Tale:
    """Alice of `b1` shares with bob beside her, with tina where she is going, and with carol of another domain; they
    share with her, and all follow each other. Fred of a Fedify server follows her."""

    domain: Domain
    peer: FedifyPeer
    alice: Person
    others: tuple[Person, ...]
    pictures: dict[str, str]
    to: dict[Person, Deal]
    back: dict[Person, Deal]
    collection: str


@pytest.fixture
def tale(domain: Domain, peer: FedifyPeer) -> Tale:
    """As things stand before she moves."""
    alice, *others = domain.everybody(alice="b1", bob="b1", tina="b2", carol="x")
    pictures = put(alice, *PICTURES)
    for other in others:
        put(other, f"{other.name}-1.jpg")
        follows(other, alice)
        follows(alice, other)
    to = {other: share(alice, other) for other in others}
    back = {other: share(other, alice) for other in others}
    peer.follow(alice.handle, as_="fred")
    until(lambda: peer.actor("fred") in follower_uris(alice), "fred to follow")
    collection = published(alice)
    comes_to_see(alice, *(f"{other.name}-1.jpg" for other in others))
    for other in others:
        comes_to_see(other, *pictures)
    return Tale(domain, peer, alice, tuple(others), pictures, to, back, collection)


def test_somebody_moves_while_all_are_busy(tale: Tale) -> None:
    alice, others = tale.alice, tale.others
    bob, _, carol = others
    followed = follower_uris(alice)
    with busy(alice) as hers, busy(bob) as bobs, busy(carol) as carols:
        until(lambda: hers and bobs and carols, "everybody to be busy")
        ended(tale.domain, begin(tale.domain, alice, "b2"))
    moved = at(tale.domain, alice, "b2")
    nothing_is_lost(tale, moved, hers, followed)
    for other in others:
        comes_to_see(other, *PICTURES, *hers, within=90)
    comes_to_see(moved, *(f"{other.name}-1.jpg" for other in others), *bobs, *carols, within=90)
    new_pictures_come_and_go(tale, moved, hers, [*bobs, *carols])
    fedify_goes_on(tale, moved)
    access_ends_at_once(tale, moved, hers)
    answer = alice.get("/pictures")
    assert (answer.status_code, answer.json()["moved_to"]) == (410, "https://b2.d.test")
    whole(tale.domain)


def nothing_is_lost(tale: Tale, moved: Person, hers: Collection[str], followed: Collection[str]) -> None:
    """Whatever she was told is taken is there under the id that it had, and so are all who have to do with her."""
    mine = own(moved)
    assert {name: mine[name] for name in tale.pictures} == tale.pictures
    assert set(mine) == {*tale.pictures, *hers}
    assert follower_uris(moved) == set(followed)
    shares = {share["url"]: share["state"] for share in moved.get("/shares").json()["items"]}
    assert shares == {deal.uri: "active" for deal in tale.to.values()}
    document = tale.domain.actor(moved.uri).json()
    assert document["inbox"] == f"https://b2.d.test/users/{moved.name}/inbox"


def new_pictures_come_and_go(tale: Tale, moved: Person, hers: Collection[str], more: Collection[str]) -> None:
    """In every direction, with their files and with those of pictures from before."""
    put(moved, "after.jpg")
    for other in tale.others:
        put(other, f"{other.name}-after.jpg")
    for other in tale.others:
        seen = comes_to_see(other, *PICTURES, *hers, "after.jpg", within=90)
        for name in ("alps-1.jpg", "after.jpg"):
            comes_to_fetch(other, seen[name]["id"], name)
    theirs = [f"{other.name}-{when}.jpg" for other in tale.others for when in ("1", "after")]
    seen = comes_to_see(moved, *theirs, *more, within=90)
    for name in theirs:
        comes_to_fetch(moved, seen[name]["id"], name)


def comes_to_fetch(person: Person, picture: str, name: str) -> None:
    until(lambda: can_fetch(person, picture), f"{name} for {person}")


def access_ends_at_once(tale: Tale, moved: Person, hers: Collection[str]) -> None:
    """Whoever ends it: the next question is refused, whether or not the message has come."""
    for other in tale.others:
        fetched = comes_to_see(other, *PICTURES, *hers, "after.jpg")["alps-2.jpg"]["id"]
        revoke(there(tale.to[other], sender=moved))
        comes_to_see(other, within=90)
        assert not can_fetch(other, fetched)
    carol = tale.others[-1]
    theirs = comes_to_see_some(moved, f"{carol.name}-1.jpg")
    revoke(tale.back[carol])
    until(lambda: f"{carol.name}-1.jpg" not in names(moved), "the end of carol's share", within=90)
    assert not can_fetch(moved, theirs)


def names(person: Person) -> dict[str, str]:
    """All that somebody sees: ids by file names."""
    return {item["filename"]: item["id"] for item in person.pictures()}


def comes_to_see_some(person: Person, name: str) -> str:
    """The id of a picture, once it is there."""
    found: str = until(lambda: names(person).get(name), name)
    return found


def fedify_goes_on(tale: Tale, moved: Person) -> None:
    """It hears of the picture that she put in at her new place, and finds her there."""
    tale.peer.wait_for(lambda: _heard(tale, moved), what="her new post", within=90)
    tale.peer.follow(moved.handle, as_="gina")
    until(lambda: tale.peer.actor("gina") in follower_uris(moved), "gina to follow")


def _heard(tale: Tale, moved: Person) -> bool:
    latest = moved.get(f"/collections/{tale.collection}/posts").json()["items"][0]
    told = [one["raw"]["object"] for one in tale.peer.received(type_="Create") if one["actor"] == moved.uri]
    return any(note["id"] == latest["url"] for note in told)
