"""Rules on servers, mutes, blocks and reports, as people and programs use them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import pytest_asyncio

from archypix.accounts.models import COMMAND_LINE
from archypix.accounts.tokens import TokenService
from federation.moderation.service import Moderation
from federation.signatures.models import Kind
from tests.federation.inbox.town import LOCAL, Town
from tests.uploads.site import Person

BOB = "https://b.test/users/bob"
HOSTS = "/admin/federation/hosts"


@pytest_asyncio.fixture
async def admin(town: Town) -> Person:
    """An administrator."""
    person = await town.site.person("boss")
    await town.site.sql("UPDATE accounts SET is_admin = true WHERE name = 'boss'")
    tokens = TokenService(town.site.database)
    _, person.token = await tokens.create_for(COMMAND_LINE, "boss", name="admin", scopes=None, days=None)
    return person


@pytest.fixture
def alice(town: Town) -> Person:
    return town.accounts["alice"]


async def audit(town: Town) -> list[tuple[str, str]]:
    rows = await town.site.rows("SELECT action, subject FROM audit_log WHERE action ~ '^(host|report)' ORDER BY id")
    return [(row["action"], row["subject"]) for row in rows]


class TestHosts:
    async def test_a_rule_is_set_shown_changed_and_dropped(self, town: Town, admin: Person) -> None:
        made = await admin.send("PUT", f"{HOSTS}/BÖSE.test", {"policy": "blocked", "note": "spam"})
        assert (made["host"], made["policy"], made["note"]) == ("xn--bse-sna.test", "blocked", "spam")
        assert town.site.service(Moderation).verdict("a.xn--bse-sna.test") == "blocked"
        await admin.send("PUT", f"{HOSTS}/böse.test", {"policy": "limited"})
        page = await admin.get(HOSTS)
        assert [(item["host"], item["policy"]) for item in page["items"]] == [("xn--bse-sna.test", "limited")]
        await admin.send("DELETE", f"{HOSTS}/böse.test", status=204)
        assert (await admin.get(HOSTS))["items"] == []
        assert town.site.service(Moderation).verdict("a.xn--bse-sna.test") == "open"
        name = "xn--bse-sna.test"
        assert await audit(town) == [("host.policy", name), ("host.policy", name), ("host.forgotten", name)]

    async def test_pages(self, admin: Person) -> None:
        for name in ("c.test", "a.example", "b.test"):
            await admin.send("PUT", f"{HOSTS}/{name}", {"policy": "blocked"})
        first = await admin.get(HOSTS, limit=2)
        rest = await admin.get(HOSTS, limit=2, cursor=first["next"])
        assert [item["host"] for item in first["items"] + rest["items"]] == ["a.example", "b.test", "c.test"]
        assert rest["next"] is None
        assert (await admin.get(HOSTS, policy="limited"))["items"] == []

    async def test_another_server_process_hears_of_a_rule(self, town: Town, admin: Person) -> None:
        other = Moderation(town.site.database, town.site.endpoints.database_url)
        await other.load()
        running = asyncio.create_task(other.run())
        try:
            await admin.send("PUT", f"{HOSTS}/b.test", {"policy": "blocked"})
            async with asyncio.timeout(90):
                while other.verdict("b.test") != "blocked":
                    await asyncio.sleep(0.02)
        finally:
            running.cancel()

    async def test_blocking_a_server_ends_the_follows_with_its_people(
        self, town: Town, admin: Person, alice: Person
    ) -> None:
        await town.known(BOB)
        await alice.send("POST", "/follows", {"handle": BOB}, status=201)
        await admin.send("PUT", f"{HOSTS}/b.test", {"policy": "blocked"})
        assert (await alice.get("/follows"))["items"] == []

    @pytest.mark.parametrize(
        ("host", "body", "status"),
        [
            ("a.test", {"policy": "blocked"}, 422), ("b.test", {"policy": "deleted"}, 422),
            ("a b", {"policy": "blocked"}, 422), ("x.test", {}, 422),
            ("x.test", {"policy": "blocked", "note": "a\0b"}, 422), ("%00", {"policy": "blocked"}, 422),
        ],
    )  # fmt: skip
    async def test_nonsense_is_refused(self, admin: Person, host: str, body: Any, status: int) -> None:
        assert (await admin.call("PUT", f"{HOSTS}/{host}", json=body)).status == status

    async def test_only_administrators(self, alice: Person) -> None:
        assert (await alice.call("GET", HOSTS)).status == 403
        assert (await alice.call("PUT", f"{HOSTS}/b.test", json={"policy": "blocked"})).status == 403
        assert (await alice.call("GET", "/admin/reports")).status == 403
        assert (await alice.call("DELETE", f"{HOSTS}/b.test")).status == 403


class TestPeople:
    @pytest.mark.parametrize("kind", ["mutes", "blocks"])
    async def test_somebody_and_a_server(self, town: Town, alice: Person, kind: str) -> None:
        await town.known(BOB)
        made = await alice.send("POST", f"/{kind}", {"handle": BOB}, status=201)
        assert (made["uri"], made["handle"], made["host"]) == (BOB, "@bob@b.test", None)
        assert (await alice.send("POST", f"/{kind}", {"handle": BOB}, status=200))["id"] == made["id"]
        await alice.send("POST", f"/{kind}", {"host": "Loud.test"}, status=201)
        page = await alice.get(f"/{kind}")
        assert [item["host"] or item["uri"] for item in page["items"]] == ["loud.test", BOB]
        assert (await town.accounts["carol"].get(f"/{kind}"))["items"] == []
        assert (await town.accounts["carol"].call("DELETE", f"/{kind}/{made['id']}")).status == 404
        await alice.send("DELETE", f"/{kind}/{made['id']}", status=204)
        assert (await alice.call("DELETE", f"/{kind}/{made['id']}")).status == 404

    async def test_somebody_here(self, town: Town, alice: Person) -> None:
        made = await alice.send("POST", "/blocks", {"handle": "@carol@a.test"}, status=201)
        assert made["uri"] == f"{LOCAL}/users/carol"
        assert (await alice.call("POST", "/blocks", json={"handle": "@alice@a.test"})).status == 422

    async def test_a_block_ends_follows_both_ways(self, town: Town, alice: Person) -> None:
        bob = await town.known(BOB)
        follow = {"type": "Follow", "object": f"{LOCAL}/users/alice"}
        assert (await town.post(town.letter(bob, Kind.CAVAGE, follow))).status == 202
        async with asyncio.timeout(90):
            while not (await alice.get("/followers"))["items"]:
                await asyncio.sleep(0.02)
        await alice.send("POST", "/follows", {"handle": BOB}, status=201)
        await alice.send("POST", "/blocks", {"handle": BOB}, status=201)
        assert (await alice.get("/followers"))["items"] == []
        assert (await alice.get("/follows"))["items"] == []
        again = follow | {"id": bob.new_id()}
        assert (await town.post(town.letter(bob, Kind.CAVAGE, again))).status == 403

    async def test_a_mute_ends_by_itself(self, town: Town, alice: Person) -> None:
        await alice.send("POST", "/mutes", {"host": "b.test", "ends_at": "2999-01-01T00:00:00Z"}, status=201)
        await town.site.sql("UPDATE aversions SET ends_at = now() - interval '1 second'")
        assert (await alice.get("/mutes"))["items"] == []

    @pytest.mark.parametrize(
        "body",
        [
            {}, {"handle": "@bob@b.test", "host": "b.test"}, {"host": "no host"}, {"handle": "a\0b"}, {"handle": ""},
            {"host": "b.test", "ends_at": "2001-01-01T00:00:00Z"}, {"host": "b.test", "ends_at": "2001-01-01T00:00:00"},
            {"handle": "@@@"},
        ],
    )  # fmt: skip
    async def test_nonsense_is_refused(self, alice: Person, body: Any) -> None:
        answer = await alice.call("POST", "/mutes", json=body)
        assert answer.status == 422, answer.body

    async def test_nobody(self, alice: Person) -> None:
        assert (await alice.call("POST", "/mutes", json={"handle": "@nobody@a.test"})).status == 404
        assert (await alice.call("POST", "/mutes", json={"handle": "https://b.test/users/none"})).status == 404


class TestReports:
    async def test_a_report_goes_its_way(self, town: Town, alice: Person, admin: Person) -> None:
        await town.known(BOB)
        body = {"handle": BOB, "objects": ["https://b.test/notes/1", "https://c.test/notes/2"], "comment": "rude"}
        made = await alice.send("POST", "/reports", body, status=201)
        assert [item["id"] for item in (await alice.get("/reports"))["items"]] == [made["id"]]
        (seen,) = (await admin.get("/admin/reports", state="open"))["items"]
        assert (seen["reporter"], seen["subject"], seen["host"], seen["comment"]) == ("alice", BOB, "b.test", "rude")
        forwarded = await admin.send("POST", f"/admin/reports/{made['id']}/forward", {})
        assert forwarded["forwarded_at"] is not None
        (flag,) = await town.site.rows("SELECT json FROM activities WHERE type = 'Flag'")
        assert flag["json"]["actor"] == f"{LOCAL}/actor"
        assert flag["json"]["object"] == [BOB, "https://b.test/notes/1"]
        assert "alice" not in str(flag["json"])
        assert (await admin.call("POST", f"/admin/reports/{made['id']}/forward", json={})).status == 409
        settled = await admin.send("PATCH", f"/admin/reports/{made['id']}", {"state": "resolved", "resolution": "told"})
        assert (settled["state"], settled["resolved_by"], settled["resolution"]) == ("resolved", "boss", "told")
        opened = await admin.send("PATCH", f"/admin/reports/{made['id']}", {"state": "open"})
        assert (opened["resolved_by"], opened["resolved_at"]) == (None, None)
        assert [action for action, _ in await audit(town)] == ["report.forwarded", "report.settled", "report.settled"]

    async def test_somebody_here_is_not_passed_on(self, alice: Person, admin: Person) -> None:
        made = await alice.send("POST", "/reports", {"handle": "@carol@a.test"}, status=201)
        assert (await admin.call("POST", f"/admin/reports/{made['id']}/forward", json={})).status == 409

    async def test_another_server_cannot_bury_the_administrator(self, town: Town, admin: Person) -> None:
        bob = await town.known(BOB)
        flag = {"type": "Flag", "object": [f"{LOCAL}/users/alice"]}
        for _ in range(23):
            assert (await town.post(town.letter(bob, Kind.CAVAGE, flag, path="/inbox"))).status == 202
        async with asyncio.timeout(90):
            while await town.site.sql("SELECT count(*) FROM inbox_activities WHERE state <> 'done'"):
                await asyncio.sleep(0.02)
        assert len((await admin.get("/admin/reports", limit=200))["items"]) == 20
