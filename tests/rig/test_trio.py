"""Three servers stand up, find each other over the network between them, and miss each other without it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rig.trio import Trio, three_servers, until


@pytest.fixture(scope="module")
def trio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trio]:
    """Without workers: nobody here has pictures."""
    with three_servers(tmp_path_factory.mktemp("trio"), workers=0) as made:
        yield made


def follows(trio: Trio) -> None:
    """Alice follows bob, whose server hears of it and says yes."""
    alice, bob, _ = trio.people()
    answer = alice.post("/follows", json={"handle": bob.handle})
    assert answer.status_code == 201, answer.text
    until(lambda: bob.get("/followers").json()["items"], "the follow")
    until(lambda: alice.get(f"/follows/{answer.json()['id']}").json()["state"] == "accepted", "the answer")


def test_they_find_each_other(trio: Trio) -> None:
    follows(trio)
    assert trio.network.passed(source="a", target="b", path="/users/bob")
    assert trio.network.passed(source="b", target="a", path="inbox")
    assert trio.network.passed(source="c") == []


def test_who_is_cut_off_is_not_found(trio: Trio) -> None:
    alice, bob, carol = trio.people()
    trio.network.cut("b")
    try:
        assert alice.post("/follows", json={"handle": bob.handle}).status_code == 409
        assert alice.post("/follows", json={"handle": carol.handle}).status_code == 201
    finally:
        trio.network.join()


def test_who_was_killed_comes_back_as_they_were(trio: Trio) -> None:
    trio.kill("b")
    trio.restart("b")
    follows(trio)
