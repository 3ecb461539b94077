"""What a server says of itself: to everybody, and changed by administrators while it runs."""

from __future__ import annotations

from archypix import __version__
from tests.accounts.house import PASSWORD, House, Visitor, open_house


async def test_a_server_has_no_name_until_somebody_gives_it_one(house: House) -> None:
    assert await house.visitor().get("/instance") == {
        "name": "", "description": "", "registration": "closed", "domain": "a.test", "version": __version__,
        "is_set_up": False, "map_tiles": None,
    }  # fmt: skip


async def test_setting_up_names_the_server_and_says_who_may_join(house: House) -> None:
    secret = await house.accounts.issue_setup_link()
    assert await house.visitor().get(f"/setup?token={secret}") == {"holds": True}
    assert await house.visitor().get("/setup?token=anything") == {"holds": False}
    body = {
        "token": secret,
        "name": "root",
        "password": PASSWORD,
        "server_name": " Our  pictures ",
        "registration": "open",
    }
    await house.visitor().send("POST", "/setup", body, status=201)
    told = await house.visitor().get("/instance")
    assert (told["name"], told["registration"], told["is_set_up"]) == ("Our  pictures", "open", True)
    assert await house.visitor().get(f"/setup?token={secret}") == {"holds": False}
    assert await house.visitor().get("/registration") == {"mode": "open"}


async def test_a_server_whose_name_is_malformed_is_not_set_up(house: House) -> None:
    secret = await house.accounts.issue_setup_link()
    body = {"token": secret, "name": "root", "password": PASSWORD, "server_name": "two\nlines"}
    answer = await house.visitor().send("POST", "/setup", body, status=422)
    assert [fault["path"] for fault in answer["errors"]] == ["server_name"]
    assert await house.accounts.setup_link_holds(secret or "")


async def test_who_may_join_changes_while_the_server_runs(house: House, root: Visitor) -> None:
    somebody = {"name": "bob", "password": PASSWORD}
    assert (await house.visitor().send("POST", "/registration", somebody, status=403))["code"] == "registration_closed"
    await root.send("PATCH", "/admin/instance", {"registration": "open"})
    await house.visitor().send("POST", "/registration", somebody, status=201)
    await root.send("PATCH", "/admin/instance", {"registration": "invite", "description": "Ours"})
    answer = await house.visitor().send("POST", "/registration", somebody | {"name": "carol"}, status=403)
    assert answer["code"] == "invite_invalid"
    told = await house.visitor().get("/instance")
    assert (told["registration"], told["description"]) == ("invite", "Ours")


async def test_changes_are_in_the_audit_log_and_what_is_none_is_not(house: House, root: Visitor) -> None:
    for _ in range(2):
        await root.send("PATCH", "/admin/instance", {"name": "Ours", "registration": "closed"})
    entries = (await root.get("/admin/audit?action=instance.changed"))["items"]
    assert [(entry["actor"], entry["details"]) for entry in entries] == [
        ("root", {"name": "Ours", "registration": "closed"})
    ]


async def test_people_change_nothing_of_it(house: House) -> None:
    alice = await house.signed_in("alice")
    await alice.send("PATCH", "/admin/instance", {"name": "mine"}, status=403)
    await house.visitor().send("PATCH", "/admin/instance", {"name": "mine"}, status=401)


async def test_bad_values_name_the_field(house: House, root: Visitor) -> None:
    for field, value in (("name", "x" * 101), ("name", "a\x00b"), ("description", "y" * 501), ("registration", "all")):
        answer = await root.send("PATCH", "/admin/instance", {field: value}, status=422)
        assert [fault["path"].split(".")[-1] for fault in answer["errors"]] == [field], answer


async def test_the_setting_counts_until_somebody_has_chosen(database_url: str, redis_url: str) -> None:
    async with open_house(database_url, redis_url, registration="open") as house:
        assert (await house.visitor().get("/instance"))["registration"] == "open"
        root = await house.signed_in("root", is_admin=True)
        await root.send("PATCH", "/admin/instance", {"name": "Ours"})
        assert (await house.visitor().get("/instance"))["registration"] == "open"
        await root.send("PATCH", "/admin/instance", {"registration": "closed"})
        assert (await house.visitor().get("/registration")) == {"mode": "closed"}
