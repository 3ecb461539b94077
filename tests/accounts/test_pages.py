"""The plain pages, as a browser without scripts sees them."""

from __future__ import annotations

import asyncio
import re
from html.parser import HTMLParser

import asyncpg
import pytest
from quart import Response

from tests.accounts.house import PASSWORD, House, Visitor


class Page(HTMLParser):
    """What tests look at in a page: its text, its links and the fields of its form."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.fields: dict[str, str] = {}
        self.action: str | None = None
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.attributes |= set(found)
        if tag == "a":
            self.links.append(found["href"])
        if tag == "form":
            self.action = found["action"]
        if tag == "input":
            self.fields[found["name"]] = found.get("value", "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))


async def page_of(response: Response, status: int = 200) -> Page:
    """A page, after checking what holds for all of them."""
    html = await response.get_data(as_text=True)
    assert response.status_code == status, html
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    page = Page(html)
    assert not page.tags & {"script", "style", "iframe", "object"}
    assert "style" not in page.attributes
    assert not any(attribute.startswith("on") for attribute in page.attributes)
    assert 'name="viewport"' in html
    return page


async def open_page(visitor: Visitor, path: str, status: int = 200) -> Page:
    return await page_of(await visitor.call("GET", path), status)


async def test_from_the_link_in_the_log_to_a_library(house: House) -> None:
    secret = await house.accounts.issue_setup_link()
    visitor = house.visitor()
    assert "no administrator yet" in (await open_page(visitor, "/")).text
    page = await open_page(visitor, f"/setup?token={secret}")
    assert page.action == "/setup"
    form = page.fields | {"name": "Root", "display_name": "Robin", "password": PASSWORD, "again": PASSWORD}
    response = await visitor.call("POST", "/setup", form=form)
    assert (response.status_code, response.headers["Location"]) == (303, "/")
    page = await open_page(visitor, "/")
    assert "Hello, Robin" in page.text
    assert "archypix import FOLDER --user root" in page.text
    assert "/openapi.json" in page.links
    assert (await visitor.get("/session"))["account"]["is_admin"]
    gone = await open_page(visitor, f"/setup?token={secret}", 410)
    assert "no longer works" in gone.text


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": "no good"}, "A name has"),
        ({"password": "short", "again": "short"}, "at least 8"),
        ({"password": "x" * 1500, "again": "x" * 1500}, "at most 1000"),
        ({"again": "another horse"}, "differ"),
        ({"display_name": "nul\x00"}, "Control characters"),
    ],
)
async def test_the_setup_form_says_what_is_wrong_and_keeps_what_was_right(
    house: House, change: dict[str, str], reason: str
) -> None:
    secret = await house.accounts.issue_setup_link()
    visitor = house.visitor()
    page = await open_page(visitor, f"/setup?token={secret}")
    form = page.fields | {"name": "root", "display_name": '"><b>', "password": PASSWORD, "again": PASSWORD}
    page = await page_of(await visitor.call("POST", "/setup", form=form | change), 422)
    assert reason in page.text
    assert "b" not in page.tags
    assert page.fields["password"] == ""
    assert page.fields["token"] == secret
    assert page.fields["display_name"] == (form | change)["display_name"]
    response = await visitor.call("POST", "/setup", form=form)
    assert response.status_code == 303


async def test_setup_without_the_right_secret_shows_no_form(house: House) -> None:
    await house.accounts.issue_setup_link()
    for query in ("", "?token=", "?token=" + "a" * 43, "?token=" + "a" * 5000, "?token=%00%ff"):
        page = await open_page(house.visitor(), f"/setup{query}", 410)
        assert "form" not in page.tags


async def test_another_site_cannot_post_the_setup_form(house: House) -> None:
    secret = await house.accounts.issue_setup_link()
    form = {"token": secret or "", "name": "root", "password": PASSWORD, "again": PASSWORD}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.test"}, {"Origin": "null"}):
        await page_of(await house.visitor().call("POST", "/setup", form=form, headers=headers), 403)
    assert await house.sql("SELECT count(*) FROM accounts") == 0


async def test_signing_in_and_out_by_the_forms(house: House) -> None:
    await house.person("alice")
    visitor = house.visitor()
    assert "/login" in (await open_page(visitor, "/")).links
    page = await open_page(visitor, "/login")
    response = await visitor.call("POST", "/login", form=page.fields | {"name": "alice", "password": PASSWORD})
    assert (response.status_code, response.headers["Location"]) == (303, "/")
    page = await open_page(visitor, "/")
    assert "Hello, alice" in page.text
    assert page.action == "/logout"
    response = await visitor.call("POST", "/logout", form=page.fields)
    assert response.status_code == 303
    assert "Nobody is signed in" in (await open_page(visitor, "/")).text
    assert await house.sql("SELECT count(*) FROM sessions") == 0


async def test_the_login_form_says_what_is_wrong(house: House) -> None:
    await house.person("alice")
    visitor = house.visitor()
    form = {"name": '"><script>alert(1)</script>', "password": "x"}
    page = await page_of(await visitor.call("POST", "/login", form=form), 401)
    assert "The name or the password is wrong." in page.text
    assert page.fields == {"name": form["name"], "password": ""}
    for _ in range(12):
        response = await visitor.call("POST", "/login", form={"name": "alice", "password": "wrong"})
    page = await page_of(response, 429)
    assert "Too many tries" in page.text
    assert int(response.headers["Retry-After"]) > 0


async def test_only_the_page_itself_signs_out(house: House) -> None:
    alice = await house.signed_in("alice")
    alice.csrf = None
    for form, headers in (
        ({}, {}),
        ({"csrf": "x" * 64}, {}),
        ({"csrf": "ü"}, {}),
        ({"csrf": "right"}, {"Sec-Fetch-Site": "cross-site"}),
    ):
        await page_of(await alice.call("POST", "/logout", form=form, headers=headers), 403)
        await alice.get("/session")


async def test_a_session_that_has_ended_is_no_obstacle(house: House) -> None:
    alice = await house.signed_in("alice")
    await house.sql("DELETE FROM sessions")
    assert "Nobody is signed in" in (await open_page(alice, "/")).text
    response = await alice.call("POST", "/logout", form={})
    assert response.status_code == 303
    assert "archypix" not in alice.cookies


async def test_the_style_sheet_is_served_and_knows_the_dark(house: House) -> None:
    response = await house.visitor().call("GET", "/pages.css")
    css = await response.get_data(as_text=True)
    assert response.headers["Content-Type"].startswith("text/css")
    assert "immutable" in response.headers["Cache-Control"]
    assert "prefers-color-scheme: dark" in css


async def test_names_are_escaped_in_the_landing_page(house: House) -> None:
    alice = await house.signed_in("alice")
    await alice.send("PATCH", "/account", {"display_name": "<img src=x onerror=alert(1)>"})
    page = await open_page(alice, "/")
    assert "img" not in page.tags
    assert "<img src=x onerror=alert(1)>" in page.text


async def test_a_page_says_so_when_the_database_goes_away_under_it(house: House, database_url: str) -> None:
    other = await asyncpg.connect(database_url)
    await other.execute("BEGIN; LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE")
    waiting = asyncio.create_task(house.visitor().call("GET", "/"))
    ended = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    while not await other.fetchval(ended):
        await asyncio.sleep(0.01)
    response = await waiting
    page = await page_of(response, 503)
    assert "database" in page.text
    assert int(response.headers["Retry-After"]) > 0
    await other.close()
