"""Messages in the name of the Resolver: what is not its own, whole, fresh and new is refused and changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
import requests

from federation.signatures import mutual
from tests.federation.domain.played import BASE, ORIGIN, Backend, new_key
from tests.rig.trio import PASSWORD

LATER = (datetime.now(UTC) + timedelta(days=1)).isoformat()
Change = Callable[[dict[str, str]], Mapping[str, str]]


def account(name: str) -> dict[str, Any]:
    """What the Resolver would like to have."""
    return {"name": name, "password": PASSWORD, "display_name": "", "deadline": LATER}


def states(here: Backend, *names: str) -> dict[str, str]:
    """What the backend says of people."""
    found: dict[str, str] = here.tell("POST", "/people", {"names": list(names)}).json()["people"]
    return found


def rows(here: Backend, statement: str, *values: Any) -> list[asyncpg.Record]:
    """What the database of the backend has."""

    async def run() -> list[asyncpg.Record]:
        connection = await asyncpg.connect(here.server.database_url)
        try:
            found: list[asyncpg.Record] = await connection.fetch(statement, *values)
            return found
        finally:
            await connection.close()

    return asyncio.run(run())


def without(name: str) -> Change:
    """All headers but one."""
    return lambda headers: {key: value for key, value in headers.items() if key != name}


def shifted(by: timedelta) -> Change:
    """The time of the signature changed, which breaks it too."""

    def change(headers: dict[str, str]) -> dict[str, str]:
        stated = headers["Signature-Input"]
        created = int(stated.partition("created=")[2].partition(";")[0])
        moved = stated.replace(f"created={created}", f"created={created + int(by.total_seconds())}")
        return headers | {"Signature-Input": moved}

    return change


FORGED: dict[str, dict[str, Any]] = {
    "unsigned": {"change": lambda _: {}},
    "without a digest": {"change": without("Content-Digest")},
    "without a place in the sequence": {"change": without("Apx-Sequence")},
    "in another place": {"change": lambda headers: headers | {"Apx-Sequence": "77"}},
    "older than it says": {"change": shifted(timedelta(minutes=-20))},
    "younger than it says": {"change": shifted(timedelta(minutes=20))},
    "with another body": {"sent": b'{"name": "mallory", "password": "correct horse battery"}'},
    "without a body": {"sent": b""},
    "for another address": {"url": f"{ORIGIN}/internal/v1/domain/people"},
    "for another server": {"url": "https://b2.d.test/internal/v1/domain/accounts"},
    "for the domain": {"url": f"{BASE}/internal/v1/domain/accounts"},
    "by another key of that name": {"key": new_key(BASE)},
    "by a neighbour": {"key": new_key("https://b2.d.test")},
    "by itself": {"key": new_key(ORIGIN)},
    "twice signed": {
        "change": lambda headers: (
            headers
            | {
                "Signature-Input": headers["Signature-Input"]
                + ", "
                + headers["Signature-Input"].replace("sig1=", "sig2=")
            }
        )
    },
    "of nonsense": {"change": lambda headers: headers | {"Signature": "sig1=:AAAA:"}},
    "of more nonsense": {"change": lambda headers: headers | {"Signature-Input": "\x7f" * 5000}},
}


@pytest.mark.parametrize("how", FORGED)
def test_what_is_forged_is_refused(here: Backend, how: str) -> None:
    name = f"mallory{list(FORGED).index(how)}"
    answer = here.tell("POST", "/accounts", account(name), **FORGED[how])
    assert answer.status_code == 401, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert states(here, name, "mallory") == {}


def test_what_comes_twice_is_taken_once(here: Backend) -> None:
    caught: dict[str, str] = {}

    def catch(headers: dict[str, str]) -> dict[str, str]:
        caught.update(headers)
        return headers

    assert here.tell("POST", "/accounts", account("rerun"), change=catch).status_code == 201
    assert here.tell("DELETE", "/accounts/rerun").status_code == 204
    again = here.tell("POST", "/accounts", account("rerun"), change=lambda _: caught)
    assert (again.status_code, again.json()["code"]) == (409, "replayed")
    assert states(here, "rerun") == {}


def test_every_address_asks_who_speaks(here: Backend) -> None:
    for method, path in (
        ("POST", "/accounts"), ("POST", "/accounts/anna/activate"), ("DELETE", "/accounts/anna"), ("GET", "/people"),
        ("POST", "/people"), ("GET", "/health"),
    ):  # fmt: skip
        payload = {} if method == "POST" else None
        answer = here.tell(method, path, payload, key=new_key(BASE))
        assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature"), path


def test_refusals_are_written_down_and_hold_no_secrets(here: Backend) -> None:
    here.tell("POST", "/accounts", account("noted"), key=new_key(BASE))
    found = rows(here, "SELECT address, details::text FROM audit_log WHERE action = 'domain.forged'")
    assert found
    assert all(row["address"] == "127.0.0.1" for row in found)
    assert not any(PASSWORD in row["details"] for row in found)
    assert PASSWORD not in "\n".join(here.server.log)


def test_what_is_too_long_is_not_read(here: Backend) -> None:
    answer = here.tell("POST", "/people", {"names": ["x"]}, sent=b"x" * (2 << 20))
    assert answer.status_code == 413
    assert here.tell("POST", "/people", {"names": ["x"] * 1001}).status_code == 422
    assert here.tell("POST", "/people", ["x"]).status_code == 422


def test_the_backend_signs_all_that_it_says(here: Backend) -> None:
    here.played.beat()
    assert here.played.forged == []
    beat = here.played.said("heartbeats")[-1]
    assert beat["healthy"] is True
    assert beat["accepting"] is True
    assert beat["problems"] == []
    assert here.tell("GET", "/health").json()["users"] == beat["users"]
    sequences = [said["sequence"] for said in here.played.said("heartbeats")]
    assert sequences == sorted(set(sequences))


def test_administrators_see_how_it_stands(here: Backend, admin: requests.Session) -> None:
    here.played.beat()
    told = here.domain(admin)
    assert told["state"] == "admitted"
    assert told["neighbours"] == ["https://b2.d.test"]
    introduced = here.played.said("backends")[0]
    assert told["key"] == mutual.fingerprint(introduced["key"])
    assert introduced["origin"] == ORIGIN
    checked = here.command("doctor")
    assert checked.returncode == 0, checked.stdout
    assert told["key"] in checked.stderr
