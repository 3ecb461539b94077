"""What is done in stories of moving, and what is looked at afterwards."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from tests.e2e.sharing.acts import ALPS, Deal, put
from tests.rig.domain import Domain
from tests.rig.server import archypix
from tests.rig.trio import Person, until

ENDS = ("done", "cancelled", "failed")


def begin(domain: Domain, person: Person, to: str) -> str:
    """Have the administrator of the domain let somebody move; the id of the move."""
    answer = domain.resolver.post("/moves", json={"name": person.name, "to": f"https://{domain.hosts[to]}"})
    assert answer.status_code < 300, answer.text
    found: str = answer.json()["id"]
    return found


def state(domain: Domain, move: str) -> dict[str, Any]:
    """How far a move is."""
    answer = domain.resolver.get(f"/moves/{move}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ended(domain: Domain, move: str, *, within: float = 180.0) -> dict[str, Any]:
    """The move, once it is over; it must have been done."""
    found: dict[str, Any] = {}

    def look() -> bool:
        found.clear()
        found.update(state(domain, move))
        return found["state"] in ENDS

    until(look, f"the end of a move: {found}", within=within, every=0.2)
    assert found["state"] == "done", found
    return found


def at(domain: Domain, person: Person, place: str) -> Person:
    """The same person with the same token, at another backend."""
    token = str(person.headers["Authorization"]).removeprefix("Bearer ")
    return domain._known(place, person.name, token)


def there(deal: Deal, **people: Person) -> Deal:
    """A share among people of whom some are elsewhere by now."""
    return Deal(people.get("sender", deal.sender), people.get("recipient", deal.recipient), deal.id, deal.at_recipient)


def own(person: Person) -> dict[str, str]:
    """Somebody's own pictures: ids by file names."""
    return {item["filename"]: item["id"] for item in person.pictures() if item["received"] is None}


def follows(one: Person, other: Person) -> None:
    """One follows another, whose server says yes."""
    answer = one.post("/follows", json={"handle": other.handle})
    assert answer.status_code == 201, answer.text
    until(lambda: one.get(f"/follows/{answer.json()['id']}").json()["state"] == "accepted", f"{other} to be followed")


def follower_uris(person: Person) -> set[str]:
    """Who follows somebody."""
    return {item["actor"]["uri"] for item in person.get("/followers").json()["items"]}


def published(person: Person) -> str:
    """Make a tag public; the id of the collection, once what was there is posted."""
    made = person.post("/collections", json={"tag": ALPS, "slug": "alps"})
    assert made.status_code == 201, made.text
    found: str = made.json()["id"]
    until(lambda: person.get(f"/collections/{found}/posts").json()["items"], "the first post")
    return found


@contextmanager
def busy(person: Person, *, every: float = 0.5) -> Iterator[list[str]]:
    """For the time of a block somebody puts in pictures all the time; the file names of those that were taken."""
    taken: list[str] = []
    stop = threading.Event()

    def work() -> None:
        number = 0
        while not stop.wait(every):
            number += 1
            name = f"{person.name}-busy-{number}.jpg"
            try:
                put(person, name, ready=False)
            except (AssertionError, requests.RequestException):
                # Held, or not here any more: whoever was refused knows it.
                continue
            taken.append(name)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield taken
    finally:
        stop.set()
        thread.join(60)


def whole(domain: Domain) -> None:
    """What `doctor` finds on every server that has a library: nothing."""
    for place, server in domain.servers.items():
        if place != "r" and server.runs:
            done = archypix("doctor", "--json", data=server.data, env=server.env)
            assert done.returncode == 0, (place, done.stdout, done.stderr)
