"""Links for their owner: made, told once, changed, ended; and what follows when tags and accounts change."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from archypix.accounts.administration import AdministrationService, Changes
from archypix.accounts.models import COMMAND_LINE
from tests.links.guests import Guest, add, make_link
from tests.uploads.site import Person, Site, photo


async def test_the_address_is_told_once_and_kept_nowhere(alice: Person, site: Site) -> None:
    await add(alice, photo(1), "/Trip")
    link, guest = await make_link(alice, "/trip", name="Our trip", ends_at="2999-01-31T12:00:00+02:00")
    (item,) = (await alice.get("/links"))["items"]
    assert item == await alice.get(f"/links/{link}")
    assert item["id"] == link
    assert (item["name"], item["tag"], item["ends_at"]) == ("Our trip", "/Trip", "2999-01-31T10:00:00.000Z")
    assert "url" not in item
    (row,) = await site.rows("SELECT links::text AS whole FROM links")
    assert guest.secret not in row["whole"]
    assert len(guest.secret) * 6 >= 128


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "tag"),
    ({"tag": "/None"}, "tag"),
    ({"tag": "no path"}, "tag"),
    ({"tag": "/SharedToMe/@bob:b.test"}, "tag"),
    ({"tag": "/Trip\x00"}, "tag"),
    ({"tag": "/Trip", "password": "abc"}, "password"),
    ({"tag": "/Trip", "password": "x" * 201}, "password"),
    ({"tag": "/Trip", "password": "a\x00bcd"}, "password"),
    ({"tag": "/Trip", "password": 5}, "password"),
    ({"tag": "/Trip", "name": "x" * 101}, "name"),
    ({"tag": "/Trip", "name": "a\x00"}, "name"),
    ({"tag": "/Trip", "ends_at": "2001-01-01T00:00:00Z"}, "ends_at"),
    ({"tag": "/Trip", "ends_at": "2030-01-01T00:00:00"}, "ends_at"),
    ({"tag": "/Trip", "ends_at": "0001-01-01T00:00:00+14:00"}, "ends_at"),
    ({"tag": "/Trip", "ends_at": "9999-12-31T23:59:59-12:00"}, "ends_at"),
    ({"tag": "/Trip", "ends_at": 1e300}, "ends_at"),
    ({"tag": "/Trip", "originals": "yes"}, "originals"),
    ({"tag": "/Trip", "upload_quota": {"bytes": 0}}, "upload_quota.bytes"),
    ({"tag": "/Trip", "upload_quota": {"files": 1e300}}, "upload_quota.files"),
    ({"tag": "/Trip", "upload_quota": 5}, "upload_quota"),
    ({"tag": "/Trip", "more": 1}, "more"),
)


async def test_what_is_wrong_is_named(alice: Person) -> None:
    await alice.send("POST", "/tags", {"path": "/Trip"}, status=201)
    for fields, path in WRONG:
        answer = await alice.call("POST", "/links", json=fields)
        assert (answer.status, fields) == (422, fields)
        assert ([fault["path"] for fault in answer.json["errors"]], fields) == ([path], fields)
    assert (await alice.get("/links"))["items"] == []


async def test_no_body_gives_a_5xx(alice: Person) -> None:
    for body in (b'{"tag": "/Trip", "ends_at": 1e400}', b'{"tag": "\\ud800"}', b"[]", b"{", b"\xff"):
        answer = await alice.call("POST", "/links", data=body, headers={"Content-Type": "application/json"})
        assert 400 <= answer.status < 500


async def test_changes_leave_the_address(alice: Person, site: Site) -> None:
    await add(alice, photo(1), "/Trip")
    other = await add(alice, photo(2), "/Other")
    link, guest = await make_link(alice, "/Trip", password="first word")
    changed = await alice.send(
        "PATCH", f"/links/{link}", {"name": "New", "tag": "/Other", "password": None, "ends_at": "2999-01-01T00:00:00Z"}
    )
    assert (changed["name"], changed["tag"], changed["password"]) == ("New", "/Other", False)
    assert await guest.shown() == [other]
    unchanged = await alice.send("PATCH", f"/links/{link}", {})
    assert unchanged == changed
    cleared = await alice.send("PATCH", f"/links/{link}", {"ends_at": None})
    assert (cleared["ends_at"], cleared["name"]) == (None, "New")
    await site.sql("UPDATE links SET ends_at = now() - interval '1 s'")
    assert (await alice.get(f"/links/{link}"))["state"] == "ended"
    assert (await guest.call("GET")).status == 404
    await alice.send("PATCH", f"/links/{link}", {"ends_at": None})
    assert await guest.shown() == [other]


async def test_links_of_others_are_none(alice: Person, bob: Person) -> None:
    await add(alice, photo(1), "/Trip")
    link, guest = await make_link(alice, "/Trip")
    for identifier in (link, str(uuid4()), "no-id"):
        assert (await bob.call("GET", f"/links/{identifier}")).status == 404
        assert (await bob.call("GET", f"/links/{identifier}/uploads")).status == 404
        assert (await bob.call("PATCH", f"/links/{identifier}", json={"name": "x"})).status == 404
        assert (await bob.call("DELETE", f"/links/{identifier}")).status == 404
    assert (await bob.call("POST", "/links", json={"tag": "/Trip"})).status == 422
    assert (await bob.get("/links"))["items"] == []
    await guest.page()


async def test_tokens_need_the_scope(alice: Person, site: Site) -> None:
    await add(alice, photo(1), "/Trip")
    answer = await alice.send(
        "POST", "/account/tokens", {"name": "reader", "scopes": ["shares:read", "pictures:read"]}, status=201
    )
    reader = Person(site, "alice", alice.id, answer["token"])
    await reader.get("/links")
    assert (await reader.call("POST", "/links", json={"tag": "/Trip"})).status == 403


async def undo(person: Person) -> None:
    """Take back the last thing that `person` did."""
    latest = (await person.get("/operations"))["items"][0]
    answer = await person.call("POST", f"/operations/{latest['id']}/undo")
    assert answer.status in (200, 201), answer.body


async def test_renamed_and_merged_tags_keep_their_links(alice: Person) -> None:
    first = await add(alice, photo(1), "/Trip/Sea")
    second = await add(alice, photo(2), "/Holiday")
    link, guest = await make_link(alice, "/Trip/Sea")
    await alice.send("POST", "/tags/rename", {"path": "/Trip", "new_path": "/Travel"})
    assert (await alice.get(f"/links/{link}"))["tag"] == "/Travel/Sea"
    assert await guest.shown() == [first]
    await alice.send("POST", "/tags/merge", {"path": "/Travel/Sea", "into": "/Holiday"})
    assert (await alice.get(f"/links/{link}"))["tag"] == "/Holiday"
    assert set(await guest.shown()) == {first, second}
    await undo(alice)
    assert await guest.shown() == [first]


async def test_a_deleted_tag_ends_its_links_until_it_is_back(alice: Person) -> None:
    picture = await add(alice, photo(1), "/Trip/Sea")
    link, guest = await make_link(alice, "/Trip/Sea")
    answer = await alice.call("DELETE", "/tags", params={"path": "/Trip"})
    assert answer.status == 200, answer.body
    item = await alice.get(f"/links/{link}")
    assert (item["tag"], item["state"]) == (None, "tag_gone")
    assert (await guest.call("GET")).status == 404
    await undo(alice)
    assert await guest.shown() == [picture]


async def test_links_rest_while_their_owner_is_disabled_and_go_with_the_account(alice: Person, site: Site) -> None:
    await add(alice, photo(1), "/Trip")
    _, guest = await make_link(alice, "/Trip", upload=True)
    assert (await guest.send(("b.jpg", photo(2)))).status == 303
    administration = site.service(AdministrationService)
    await administration.change(COMMAND_LINE, "alice", Changes(disabled=True))
    assert (await guest.call("GET")).status == 404
    assert (await guest.send(("c.jpg", photo(3)))).status == 404
    await administration.change(COMMAND_LINE, "alice", Changes(disabled=False))
    assert len(await guest.shown()) == 2
    await administration.delete(COMMAND_LINE, "alice")
    assert (await guest.call("GET")).status == 404
    assert await site.sql("SELECT count(*) FROM links") == 0
    assert await site.sql("SELECT count(*) FROM link_uploads") == 0


async def test_uploads_are_listed_page_by_page_and_outlive_their_link(alice: Person, site: Site) -> None:
    await alice.send("POST", "/tags", {"path": "/Trip"}, status=201)
    link, guest = await make_link(alice, "/Trip", upload=True)
    assert (await guest.send(*((f"{n}.jpg", photo(n)) for n in range(3)), guest="Tom")).status == 303
    page = await alice.get(f"/links/{link}/uploads", limit=2)
    assert len(page["items"]) == 2
    rest = await alice.get(f"/links/{link}/uploads", limit=2, cursor=page["next"])
    assert (len(rest["items"]), rest["next"]) == (1, None)
    picture = rest["items"][0]["picture"]
    await alice.send("DELETE", f"/links/{link}", status=204)
    (tag,) = (await alice.get(f"/pictures/{picture}/tags"))["items"]
    assert tag["sources"][0]["guests"] == [{"name": "Tom", "link": {"id": None, "name": "Trip"}}]
    assert (await alice.call("GET", f"/links/{link}/uploads", params={"cursor": "x"})).status == 422
    stranger = Guest(site, guest.url)
    assert (await stranger.send(("late.jpg", photo(9)))).status == 404
