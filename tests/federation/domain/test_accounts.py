"""Accounts in a shared domain: held, claimed, made or given up, whoever asks and whatever is cut off between."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import requests

from tests.federation.domain.played import Backend
from tests.rig.trio import PASSWORD, until

LATER = (datetime.now(UTC) + timedelta(days=1)).isoformat()


def actor(here: Backend, name: str) -> requests.Response:
    """The document of somebody, as the Resolver would ask for it."""
    headers = {"Host": "d.test", "Accept": "application/activity+json"}
    return requests.get(f"{here.server.url}/users/{name}", headers=headers, timeout=30)


def states(here: Backend, *names: str) -> dict[str, str]:
    """What the backend says of people."""
    found: dict[str, str] = here.tell("POST", "/people", {"names": list(names)}).json()["people"]
    return found


def age(here: Backend, name: str, interval: str) -> None:
    """Let a name have been held for longer."""

    async def run() -> None:
        connection = await asyncpg.connect(here.server.database_url)
        try:
            await connection.execute(
                f"UPDATE pending_accounts SET created_at = created_at - interval '{interval}' WHERE name = $1", name
            )
        finally:
            await connection.close()

    asyncio.run(run())


def test_a_name_is_claimed_while_it_is_held(here: Backend, admin: requests.Session) -> None:
    seen: list[dict[str, str]] = []
    here.played.claimed = lambda names: seen.append(states(here, *names))
    assert here.create(admin, "anna").status_code == 201
    assert seen == [{"anna": "pending"}]
    assert states(here, "anna") == {"anna": "active"}
    assert here.sign_in("anna").status_code == 200
    assert actor(here, "anna").json()["id"] == "https://d.test/users/anna"


def test_a_name_of_somebody_else_makes_no_account(here: Backend, admin: requests.Session) -> None:
    here.played.names |= {"taken1": "taken", "taken2": "reserved"}
    for name in ("taken1", "taken2"):
        answer = here.create(admin, name)
        assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")
        assert states(here, name) == {}
        assert here.sign_in(name).status_code == 401
        assert actor(here, name).status_code == 404


def test_a_name_that_nobody_can_say_anything_of_is_held_until_somebody_can(
    here: Backend, admin: requests.Session
) -> None:
    here.played.away.add("names")
    for name in ("held1", "held2", "held3"):
        answer = here.create(admin, name)
        assert (answer.status_code, answer.json()["code"]) == (503, "name_not_claimed")
        assert "Retry-After" in answer.headers
        assert states(here, name) == {name: "pending"}
        assert here.sign_in(name).status_code == 401
        assert actor(here, name).status_code == 404
        assert (here.create(admin, name).json())["code"] == "name_pending"
    # One the Resolver has after all, one is somebody else's, of one it has never heard.
    here.played.known |= {"held1": "yours", "held2": "taken"}
    until(lambda: states(here, "held1", "held2") == {"held1": "active"}, "that both are settled")
    assert here.sign_in("held1").status_code == 200
    here.played.beat()
    assert states(here, "held3") == {"held3": "pending"}
    here.played.away.clear()
    age(here, "held3", "20 seconds")
    until(lambda: states(here, "held3") == {"held3": "active"}, "that it is claimed")
    here.played.names["held2"] = "yours"
    assert here.create(admin, "held2").status_code == 201


def test_a_name_that_was_held_for_nothing_is_free_after_an_hour(here: Backend, admin: requests.Session) -> None:
    here.played.away.add("names")
    assert here.create(admin, "forgotten").status_code == 503
    age(here, "forgotten", "59 minutes")
    here.played.beat()
    assert states(here, "forgotten") == {"forgotten": "pending"}
    age(here, "forgotten", "1 minute")
    until(lambda: states(here, "forgotten") == {}, "that it is free")
    here.played.away.clear()
    assert here.create(admin, "forgotten").status_code == 201


def test_an_invite_is_spent_by_an_account_alone(here: Backend, admin: requests.Session) -> None:
    url = f"{here.server.url}/api/v1/admin/invites"
    code = admin.post(url, json={"uses": 1}, timeout=30).json()["code"]
    here.played.names["ilse1"] = "taken"
    body = {"name": "ilse1", "password": PASSWORD, "invite": code}
    assert here.post("/registration", body).json()["code"] == "name_taken"
    assert here.post("/registration", body | {"name": "ilse2"}).status_code == 201
    assert here.post("/registration", body | {"name": "ilse3"}).json()["code"] == "invite_invalid"
    assert states(here, "ilse1", "ilse2", "ilse3") == {"ilse2": "active"}


def test_the_command_line_claims_as_well(here: Backend, admin: requests.Session) -> None:
    here.played.names["cleo2"] = "taken"
    assert here.command("user", "create", "cleo1", "--no-password").returncode == 0
    assert states(here, "cleo1") == {"cleo1": "active"}
    refused = here.command("user", "create", "cleo2", "--no-password")
    assert refused.returncode == 1
    assert "taken" in refused.stderr
    here.played.away.add("names")
    waiting = here.command("user", "create", "cleo3", "--no-password")
    assert waiting.returncode == 1
    assert "is held here" in waiting.stderr
    assert states(here, "cleo2", "cleo3") == {"cleo3": "pending"}
    here.played.known["cleo3"] = "yours"
    until(lambda: states(here, "cleo3") == {"cleo3": "active"}, "that it is made")
    # People whom another process made are local at once.
    answer = admin.post(f"{here.server.url}/api/v1/follows", json={"handle": "@cleo3@d.test"}, timeout=30)
    assert answer.status_code == 201, answer.text


def test_the_resolver_registers_people(here: Backend, admin: requests.Session) -> None:
    said = {"name": "rosa", "password": PASSWORD, "display_name": "Rosa", "quota": None, "deadline": LATER}
    assert here.tell("POST", "/accounts", said).status_code == 201
    assert states(here, "rosa") == {"rosa": "pending"}
    assert here.sign_in("rosa").status_code == 401
    again = here.tell("POST", "/accounts", said)
    assert (again.status_code, again.json()["code"]) == (409, "name_pending")
    assert here.create(admin, "rosa").json()["code"] == "name_pending"
    for _ in range(2):
        assert here.tell("POST", "/accounts/rosa/activate").status_code == 204
    assert here.sign_in("rosa").status_code == 200
    assert here.tell("POST", "/accounts", said).json()["code"] == "name_taken"
    kept = here.tell("DELETE", "/accounts/rosa")
    assert (kept.status_code, kept.json()["code"]) == (409, "name_in_use")
    assert here.sign_in("rosa").status_code == 200
    assert here.tell("POST", "/accounts/nobody/activate").status_code == 404
    assert here.tell("DELETE", "/accounts/nobody").status_code == 404


def test_what_the_resolver_gives_up_is_gone(here: Backend) -> None:
    said = {"name": "rolf", "password": PASSWORD, "display_name": "", "deadline": LATER}
    assert here.tell("POST", "/accounts", said).status_code == 201
    assert here.tell("DELETE", "/accounts/rolf").status_code == 204
    assert states(here, "rolf") == {}
    # One whose time is over goes by itself, unless the Resolver has the name.
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    here.played.known["rita"] = "yours"
    for name in ("rolf", "rita"):
        assert here.tell("POST", "/accounts", said | {"name": name, "deadline": past}).status_code == 201
    until(lambda: states(here, "rolf", "rita") == {"rita": "active"}, "that both are settled")


def test_what_the_resolver_asks_for_obeys_the_rules(here: Backend) -> None:
    good = {"name": "rudi", "password": PASSWORD, "display_name": "", "deadline": LATER}
    for bad in (
        {"name": "ru di"}, {"name": ""}, {"name": "x" * 31}, {"password": "short"}, {"password": "x" * 5000},
        {"display_name": "a\nb"}, {"deadline": "soon"}, {"deadline": "2026-01-01T00:00:00"}, {"name": None},
        {"name": "ru\0di"}, {"quota": -1}, {"is_admin": "maybe"},
    ):  # fmt: skip
        answer = here.tell("POST", "/accounts", good | bad)
        assert answer.status_code == 422, (bad, answer.text)
        assert PASSWORD not in answer.text
    assert states(here, "rudi", "ru di", "\0", "RUDI") == {}


def test_who_goes_is_told_until_it_is_known(here: Backend, admin: requests.Session) -> None:
    assert here.create(admin, "gerd").status_code == 201
    assert actor(here, "gerd").status_code == 200
    here.played.away.add("heartbeats")
    gone = admin.delete(f"{here.server.url}/api/v1/admin/accounts/gerd", timeout=30)
    assert gone.status_code == 204
    assert states(here, "gerd") == {"gerd": "deleted"}
    here.played.away.clear()
    until(lambda: any("gerd" in beat["deleted"] for beat in here.played.said("heartbeats")), "the deletion")
    assert "gerd" not in here.played.beat()["deleted"]
    assert actor(here, "gerd").status_code == 410
    assert here.create(admin, "gerd").json()["code"] == "name_taken"


def test_people_are_listed_in_pages(here: Backend, admin: requests.Session) -> None:
    for name in ("p1", "p2", "p3"):
        assert here.create(admin, name).status_code == 201
    found, after = [], ""
    while True:
        page = here.tell("GET", f"/people?after={after}&limit=2").json()
        found += [item["name"] for item in page["items"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert found == sorted(set(found))
    assert {"p1", "p2", "p3"} <= set(found)
    for query in ("limit=0", "limit=x", "limit=1001", "after=%00"):
        assert here.tell("GET", f"/people?{query}").status_code == 422, query
