"""Follows between a real server of ours and bovine, which signs and verifies draft-cavage alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.peer.bovine import BovinePeer
from tests.rig.server import Server, User, running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Ours, on loopback over plain http, in secure mode: bovine has to sign what it reads."""
    env = {"ARCHYPIX_FEDERATION_ALLOW_LOOPBACK": "1", "ARCHYPIX_FEDERATION_SECURE": "1"}
    with running(tmp_path_factory.mktemp("server"), env=env, arguments=("--no-workers",)) as server:
        yield server


@pytest.fixture(scope="module")
def betty() -> Iterator[BovinePeer]:
    """Theirs."""
    with BovinePeer() as peer:
        yield peer


def until(look: Callable[[], Any], what: str, *, within: float = 90.0) -> Any:
    """The first true answer."""
    end = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < end, f"not within {within} s: {what}"
        time.sleep(0.1)
    return found


def uri(user: User) -> str:
    return f"http://localhost:{user.server.port}/users/{user.name}"


def test_bovine_reads_us(server: Server, betty: BovinePeer) -> None:
    alice = server.create_user("reader")
    assert betty.webfinger(f"@{alice.name}@localhost:{server.port}") == uri(alice)
    document = betty.lookup(uri(alice))
    assert (document["type"], document["preferredUsername"]) == ("Person", "reader")


def test_bovine_follows_us_and_leaves(server: Server, betty: BovinePeer) -> None:
    alice = server.create_user("followed")
    handle = f"@{alice.name}@localhost:{server.port}"
    sent = betty.follow(handle)
    assert sent["status"] == 202, sent
    until(lambda: [one for one in betty.following() if one["id"] == uri(alice) and one["accepted"]], "our Accept")
    (follower,) = alice.get("/followers").json()["items"]
    assert follower["actor"]["uri"] == betty.actor
    assert follower["state"] == "accepted"
    betty.unfollow(handle)
    until(lambda: not alice.get("/followers").json()["items"], "the end of the follow")
    assert not betty.refused()


def test_we_follow_bovine_and_leave(server: Server, betty: BovinePeer) -> None:
    alice = server.create_user("follower")
    follow = alice.post("/follows", json={"handle": betty.handle}).json()
    until(lambda: alice.get(f"/follows/{follow['id']}").json()["state"] == "accepted", "bovine's Accept")
    assert uri(alice) in betty.followers()
    assert alice.delete(f"/follows/{follow['id']}").status_code == 204
    until(lambda: uri(alice) not in betty.followers(), "the end of our follow")
    assert not betty.refused()
