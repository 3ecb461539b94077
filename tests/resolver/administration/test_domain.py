"""People, invites, settings, tokens and the audit log, as administrators see them; and that nobody else does."""

from __future__ import annotations

import pytest

from archypix.accounts.secrets import secret_hash
from tests.resolver.registration.house import BASE, House, Visitor


async def test_people_are_found_by_the_beginning_of_their_names(house: House) -> None:
    first, second, _ = house.peers
    await house.people(first, "alice", "al_1", "bob")
    await house.people(second, "alfred")
    await house.sql("UPDATE names SET deleted_at = now() WHERE name = 'bob'")
    await house.sql(
        "INSERT INTO placements (name, backend_id, ticket, expires_at)"
        " SELECT 'alba', id, gen_random_uuid(), now() + interval '1 minute' FROM backends WHERE origin = $1",
        second.origin,
    )

    async def names(query: str) -> list[str]:
        return [person["name"] for person in (await house.admin.send("GET", f"/admin/people?{query}"))["items"]]

    assert await names("") == ["al_1", "alba", "alfred", "alice", "bob"]
    assert await names("q=AL") == ["al_1", "alba", "alfred", "alice"]
    assert await names("q=al_") == ["al_1"]
    assert await names("q=nobody") == []
    assert await names("q=%25") == []
    assert await names(f"backend={second.origin}") == ["alba", "alfred"]
    page = await house.admin.send("GET", "/admin/people?limit=2")
    assert page["next"] == "alba"
    assert await names("limit=3&cursor=alba") == ["alfred", "alice", "bob"]
    await house.admin.send("GET", "/admin/people?backend=https://who.test", status=404)


async def test_a_person_is_shown_with_their_backend(house: House) -> None:
    peer = house.peers[0]
    await house.people(peer, "alice")
    told = await house.admin.send("GET", "/admin/people/@Alice")
    assert (told["name"], told["handle"], told["backend"]) == ("alice", "@alice@d.test", peer.origin)
    assert (told["state"], told["deleted_at"]) == ("active", None)
    await house.sql("UPDATE names SET deleted_at = now()")
    assert (await house.admin.send("GET", "/admin/people/alice"))["state"] == "deleted"
    for name in ("alic", "nobody", "%00", "x" * 200):
        await house.admin.send("GET", f"/admin/people/{name}", status=404)


async def test_invites_are_made_listed_and_revoked(house: House) -> None:
    made = await house.admin.send("POST", "/admin/invites", {"note": "for friends", "uses": 3}, status=201)
    assert made["code"].startswith("apxi_")
    (shown,) = (await house.admin.send("GET", "/admin/invites"))["items"]
    assert shown == {key: value for key, value in made.items() if key != "code"}
    assert (shown["created_by"], shown["note"], shown["uses_left"]) == ("root", "for friends", 3)
    await house.admin.send("DELETE", f"/admin/invites/{made['id']}", status=204)
    await house.admin.send("DELETE", f"/admin/invites/{made['id']}", status=404)
    await house.admin.send("PATCH", "/admin/settings", {"registration": "invite"})
    assert (await house.visitor().register("alice", invite=made["code"], status=403))["code"] == "invite_invalid"


async def test_settings_are_kept_and_checked_together(house: House) -> None:
    first = house.peers[0]
    assert await house.admin.send("GET", "/admin/settings") == {
        "registration": "open",
        "strategy": "least_users",
        "fixed_backend": None,
        "least_free_bytes": 0,
        "most_users": None,
        "quota": None,
    }
    refused = await house.admin.send("PATCH", "/admin/settings", {"strategy": "fixed"}, status=422)
    assert [fault["path"] for fault in refused["errors"]] == ["fixed_backend"]
    unknown = {"fixed_backend": "https://who.test"}
    refused = await house.admin.send("PATCH", "/admin/settings", unknown, status=422)
    assert [fault["path"] for fault in refused["errors"]] == ["fixed_backend"]
    both = {"strategy": "fixed", "fixed_backend": first.origin, "quota": 5000}
    changed = await house.admin.send("PATCH", "/admin/settings", both)
    assert changed == await house.admin.send("GET", "/admin/settings")
    assert {key: changed[key] for key in both} == both
    assert (await house.visitor().register("alice"))["backend"] == first.origin
    assert first.active["alice"]["quota"] == 5000
    await house.admin.send("PATCH", "/admin/settings", {"fixed_backend": None}, status=422)
    assert (await house.admin.send("PATCH", "/admin/settings", {"quota": None}))["quota"] is None
    for key in ("registration", "strategy", "least_free_bytes"):
        await house.admin.send("PATCH", "/admin/settings", {key: None}, status=422)
    for wrong in ({"strategy": "any"}, {"quota": -1}, {"most_users": "many"}, {"more": 1}, {"quota": 1 << 70}):
        await house.admin.send("PATCH", "/admin/settings", wrong, status=422)


async def test_room_on_a_backend_is_kept_free(house: House) -> None:
    for peer in house.peers:
        await house.tell(peer, capacity_bytes=1000, bytes=950)
    await house.admin.send("PATCH", "/admin/settings", {"least_free_bytes": 51})
    assert (await house.visitor().register("alice", status=503))["code"] == "no_room"
    await house.admin.send("PATCH", "/admin/settings", {"least_free_bytes": 50})
    await house.visitor().register("alice")


async def test_tokens_are_listed_without_secrets_and_revoked(house: House) -> None:
    (token,) = (await house.admin.send("GET", "/admin/tokens"))["items"]
    assert set(token) == {"id", "name", "created_at", "last_used_at"}
    assert token["name"] == "root"
    assert token["last_used_at"] is not None
    assert house.admin.token is not None
    kept = await house.rows("SELECT t::text, t.secret_hash FROM administrator_tokens t")
    assert house.admin.token not in kept[0][0]
    assert kept[0][1] == secret_hash(house.admin.token)
    await house.admin.send("DELETE", f"/admin/tokens/{token['id']}", status=204)
    await house.admin.send("GET", "/admin/tokens", status=401)
    assert await house.sql("SELECT count(*) FROM audit_log WHERE action = 'token.revoked'") == 1


async def test_the_audit_log_is_read_in_pages(house: House) -> None:
    for n in range(3):
        await house.admin.send("PATCH", "/admin/settings", {"quota": n})
    await house.visitor().register("alice")
    page = await house.admin.send("GET", "/admin/audit?limit=2")
    assert [entry["action"] for entry in page["items"]] == ["person.registered", "settings.changed"]
    assert page["items"][0] | {"id": "", "at": ""} == {
        "id": "",
        "at": "",
        "actor": "alice",
        "action": "person.registered",
        "subject": "alice",
        "address": house.visitor().address,
        "details": {"backend": house.peers[0].origin},
    }
    rest = await house.admin.send("GET", f"/admin/audit?limit=10&cursor={page['next']}")
    assert [entry["action"] for entry in rest["items"]] == ["settings.changed", "settings.changed", "token.created"]
    only = await house.admin.send("GET", "/admin/audit?action=token.created&actor=command+line")
    assert len(only["items"]) == 1


ADMINISTRATIVE = (
    ("GET", "/admin/backends"), ("GET", "/admin/backends/1"), ("PATCH", "/admin/backends/1"),
    ("DELETE", "/admin/backends/1"), ("POST", "/admin/backends/1/admission"), ("POST", "/admin/backends/1/refusal"),
    ("GET", "/admin/placement"), ("GET", "/admin/people"), ("GET", "/admin/people/alice"), ("GET", "/admin/invites"),
    ("POST", "/admin/invites"), ("DELETE", "/admin/invites/x"), ("GET", "/admin/settings"),
    ("PATCH", "/admin/settings"), ("GET", "/admin/tokens"), ("DELETE", "/admin/tokens/x"), ("GET", "/admin/audit"),
)  # fmt: skip


async def test_strangers_administer_nothing(house: House) -> None:
    code = (await house.admin.send("POST", "/admin/invites", {}, status=201))["code"]
    for token in (None, "apxr_wrong", code, "x" * 300):
        visitor = Visitor(house.app, token=token)
        for method, path in ADMINISTRATIVE:
            body = {} if method in ("POST", "PATCH") else None
            refused = await visitor.send(method, path, body, status=401)
            assert refused["code"] == "unauthenticated"
    cookie = {"Cookie": f"__Host-archypix={house.admin.token}; archypix={house.admin.token}"}
    answer = await house.visitor().call("GET", "/api/v1/admin/people", headers=cookie)
    assert answer.status_code == 401


HOSTILE = ("\0", "\ud800", "%", "'", "😀", "a\nb", "x" * 5000, "../..", "-1", "9" * 30, "", " ", "null")


@pytest.mark.parametrize("text", HOSTILE, ids=[repr(text)[:12] for text in HOSTILE])
async def test_no_words_break_anything(house: House, text: str) -> None:
    query = {"q": text, "backend": text, "cursor": text, "limit": text, "actor": text, "action": text, "people": text}
    bodies = (
        ("POST", "/registration", ("name", "password", "display_name", "invite")),
        ("POST", "/admin/invites", ("note", "uses")),
        ("PATCH", "/admin/settings", ("fixed_backend", "strategy", "quota")),
        ("POST", "/admin/backends/1/admission", ("fingerprint",)),
        ("PATCH", "/admin/backends/1", ("limit_users", "draining")),
    )
    for method, path, fields in bodies:
        for field in fields:
            body = {"name": "alice", "password": "correct horse"} if path == "/registration" else {}
            answer = await house.admin.call(method, f"/api/v1{path}", body | {field: text})
            assert answer.status_code < 500, (path, field)
    for path in ("people", "audit", "placement"):
        for key, value in query.items():
            client = house.app.test_client(use_cookies=False)
            answer = await client.get(
                f"/api/v1/admin/{path}",
                query_string={key: value.encode("utf-8", "surrogatepass")},
                headers={"Authorization": f"Bearer {house.admin.token}"},
            )
            assert answer.status_code < 500, (path, key)
    for path in ("/login", "/register"):
        form = {"name": text.encode("utf-8", "replace").decode(), "password": "correct horse", "again": "correct horse"}
        answer = await house.visitor().call("POST", path, form=form)
        assert answer.status_code < 500, path


async def test_every_operation_is_described(house: House) -> None:
    document = await (await house.visitor().call("GET", "/openapi.json")).get_json()
    operations = {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    for method, path in ADMINISTRATIVE:
        if path.endswith(("/1", "/x", "/alice")):
            continue
        assert ("/api/v1" + path) in document["paths"] or "/1/" in path, (method, path)
    for (method, path), operation in operations.items():
        if not path.startswith("/api/v1"):
            continue
        assert operation.get("summary"), (method, path)
        assert "4XX" in operation["responses"], (method, path)
        assert len(operation["responses"]) > 1, (method, path)
        assert ("security" in operation) == path.startswith("/api/v1/admin"), (method, path)
    assert len([path for _, path in operations if path.startswith("/api/v1/admin")]) >= len(ADMINISTRATIVE)
    assert BASE not in str(document)
