"""A server joins a domain: introduced, admitted, its people claimed; a Resolver of another key is not believed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from federation.signatures import keys
from federation.signatures.mutual import fingerprint
from tests.federation.domain.played import BASE, ORIGIN, Backend, backend, new_key
from tests.rig.server import Server
from tests.rig.trio import PASSWORD, STARTS_WITHIN, until

ACTIVITY = {"Host": "d.test", "Accept": "application/activity+json"}


@pytest.fixture(scope="module")
def joining(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Backend]:
    """A server that does not run yet."""
    with backend(tmp_path_factory.mktemp("joining"), postgres_url, start=False) as made:
        yield made


def log(here: Backend) -> str:
    """All that it said."""
    return "\n".join(here.server.log)


def test_a_server_with_people_joins(joining: Backend) -> None:
    here, played = joining, joining.played
    before = Server(here.server.data, env=here.alone, arguments=("--no-workers",)).start(within=STARTS_WITHIN)
    try:
        for name in ("alice", "bob", "carol", "dora"):
            assert before.create_user(name, *(("--admin",) if name == "alice" else ())).name == name
        assert requests.get(f"{before.url}/actor", headers=ACTIVITY, timeout=30).json()["id"] == f"{BASE}/actor"
        alice = requests.get(f"{before.url}/users/alice", headers=ACTIVITY, timeout=30).json()
        boss = here.session("alice")
        known = boss.post(f"{before.url}/api/v1/follows", json={"handle": "@carol@d.test"}, timeout=30)
        assert known.status_code == 201, known.text
        assert boss.delete(f"{before.url}/api/v1/admin/accounts/dora", timeout=30).status_code == 204
    finally:
        before.stop(within=STARTS_WITHIN)
    played.state, played.names["carol"] = "pending", "taken"
    here.server.start(within=STARTS_WITHIN)
    until(lambda: "waits to be admitted by https://d.test" in log(here), "the introduction")
    mark = fingerprint(played.said("backends")[0]["key"])
    assert mark in log(here)
    played.beat()
    assert played.said("names") == []
    assert here.domain(boss)["state"] == "pending"
    found = here.command("doctor")
    assert found.returncode == 1
    assert "it waits to be admitted" in found.stdout
    # Nobody new before it is admitted, but those who are there stay what they are.
    refused = here.create(boss, "early")
    assert (refused.status_code, refused.json()["code"]) == (503, "name_not_claimed")
    assert requests.get(f"{here.server.url}/users/alice", headers=ACTIVITY, timeout=30).status_code == 200

    played.state = "admitted"
    until(lambda: f"{ORIGIN} is admitted by {BASE}" in log(here), "that it is admitted")
    claimed = {"names": ["alice", "bob", "carol", "dora"]}
    until(lambda: claimed in played.said("names"), "the claims")
    until(lambda: any("dora" in beat["deleted"] for beat in played.said("heartbeats")), "that dora is gone")
    until(lambda: here.domain(boss)["refused"] == ["carol"], "that carol is somebody else")
    now = requests.get(f"{here.server.url}/users/alice", headers=ACTIVITY, timeout=30).json()
    assert now["id"] == alice["id"]
    assert now["publicKey"] == alice["publicKey"]
    assert now["inbox"] == f"{ORIGIN}/users/alice/inbox"
    own = {"Host": "b1.d.test", "Accept": "application/activity+json"}
    assert requests.get(f"{here.server.url}/actor", headers=own, timeout=30).json()["id"] == f"{ORIGIN}/actor"


def test_whose_name_is_somebody_elses_stays_shut(joining: Backend) -> None:
    here, boss = joining, joining.session("alice")
    account = f"{here.server.url}/api/v1/admin/accounts/carol"
    assert boss.get(account, timeout=30).json()["disabled_at"] is not None
    opened = boss.patch(account, json={"disabled": False}, timeout=30)
    assert (opened.status_code, opened.json()["code"]) == (409, "name_refused")
    assert here.sign_in("carol").status_code in (401, 403)
    assert here.tell("POST", "/people", {"names": ["carol", "bob"]}).json()["people"] == {"bob": "active"}
    found = here.command("doctor")
    assert found.returncode == 1
    assert "an account whose name is somebody else's: carol" in found.stdout
    # Whoever had to do with the one has nothing to do with the other.
    assert boss.get(f"{here.server.url}/api/v1/follows", timeout=30).json()["items"] == []
    # The carol of the domain is a neighbour: she is looked for at the Resolver, which does not know her here.
    looked = boss.post(f"{here.server.url}/api/v1/follows", json={"handle": "@carol@d.test"}, timeout=30)
    assert looked.status_code == 404
    assert boss.delete(account, timeout=30).status_code == 204
    assert here.domain(boss)["refused"] == []


def test_a_resolver_with_another_key_is_not_believed(joining: Backend) -> None:
    here, played, boss = joining, joining.played, joining.session("alice")
    old, new = played.key, new_key(BASE)
    here.server.stop(within=30)
    played.key = new
    here.server.start(within=STARTS_WITHIN)
    marks = [fingerprint(keys.multibase(key.key)) for key in (new, old)]
    until(lambda: f"shows the key {marks[0]} instead of {marks[1]}" in log(here), "that it is noticed")
    before = len(played.said("heartbeats"))
    assert here.tell("GET", "/health", key=new).status_code == 401
    assert here.tell("GET", "/health", key=old).status_code == 200
    found = here.command("doctor")
    assert found.returncode == 1
    assert all(mark in found.stdout for mark in marks)
    assert here.domain(boss)["shown_key"] == marks[0]
    assert len(played.said("heartbeats")) == before
    answer = boss.post(f"{here.server.url}/api/v1/admin/domain/forget", timeout=30)
    assert answer.status_code == 204
    until(lambda: here.domain(boss)["resolver_key"] == marks[0], "that the new one is believed")
    until(lambda: len(played.said("heartbeats")) > before, "a heartbeat")
    assert here.tell("GET", "/health", key=new).status_code == 200
    assert here.tell("GET", "/health", key=old).status_code == 401


def test_who_was_forgotten_or_refused_introduces_itself_again(joining: Backend) -> None:
    here, played = joining, joining.played
    introduced = len(played.said("backends"))
    played.backend = None
    until(lambda: len(played.said("backends")) > introduced, "the introduction")
    played.state = "refused"
    until(lambda: f"{ORIGIN} was refused by {BASE}" in log(here), "the refusal")
    played.state = "admitted"
    played.beat()
    assert here.domain(joining.session("alice"))["state"] == "admitted"


def test_the_first_administrator_waits_too(tmp_path: Path, postgres_url: str) -> None:
    with backend(tmp_path, postgres_url, start=False) as here:
        here.played.state, here.played.names["first"] = "pending", "taken"
        here.server.start(within=STARTS_WITHIN)
        link = {"token": here.setup_link(), "password": PASSWORD}
        held = here.post("/setup", link | {"name": "first"})
        assert (held.status_code, held.json()["code"]) == (503, "name_not_claimed")
        assert here.post("/setup", link | {"name": "second"}).json()["code"] == "setup_link_spent"
        here.played.known["first"] = "taken"
        here.played.state = "admitted"
        # The name is somebody else's: the link holds again.
        until(lambda: here.post("/setup", link | {"name": "second"}).status_code == 201, "that the link holds")
        assert here.sign_in("first").status_code == 401
        assert here.sign_in("second").status_code == 200
        assert here.domain(here.session("second"))["waiting"] == []
