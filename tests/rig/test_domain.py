"""A domain of two backends stands up: its people are found by others and find them, wherever they live."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rig.domain import Domain, shared_domain
from tests.rig.trio import Person, until


@pytest.fixture(scope="module")
def domain(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Domain]:
    """Without workers: nobody here has pictures."""
    with shared_domain(tmp_path_factory.mktemp("domain"), postgres_url, backends=2, workers=0) as made:
        yield made


def follows(one: Person, other: Person) -> None:
    """One follows another, whose server hears of it and says yes."""
    answer = one.post("/follows", json={"handle": other.handle})
    assert answer.status_code == 201, answer.text
    until(lambda: other.get("/followers").json()["items"], "the follow")
    until(lambda: one.get(f"/follows/{answer.json()['id']}").json()["state"] == "accepted", "the answer")


def test_people_find_each_other(domain: Domain) -> None:
    alice, bob, carol = domain.people()
    for person in (alice, bob):
        assert domain.finger(person.handle[1:]).json()["links"][0]["href"] == person.uri
        document = domain.actor(person.uri).json()
        assert document["id"] == person.uri
        assert document["inbox"] == f"{person.origin}/users/{person.name}/inbox"
    follows(alice, carol)
    follows(carol, bob)
    follows(alice, bob)
