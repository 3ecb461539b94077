"""The plain pages of a domain, as a browser without scripts sees them."""

from __future__ import annotations

import pytest
from quart import Response

from tests.resolver.registration.house import PASSWORD, House
from tests.resolver.registration.page import Page

FORM = {"name": "Alice", "display_name": "Alice A.", "password": PASSWORD, "again": PASSWORD}


async def page_of(response: Response, status: int = 200) -> Page:
    """A page, after checking what holds for all of them."""
    html = await response.get_data(as_text=True)
    assert response.status_code == status, html
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    page = Page(html)
    assert not page.tags & {"script", "style", "iframe", "object", "meta http-equiv"}
    assert "style" not in page.attributes
    assert "d.test" in page.text
    return page


async def test_the_front_page_says_who_may_come(house: House) -> None:
    visitor = house.visitor()
    for mode, links in (("open", True), ("invite", True), ("closed", False)):
        await house.admin.send("PATCH", "/admin/settings", {"registration": mode})
        page = await page_of(await visitor.call("GET", "/"))
        assert "/login" in page.links
        assert ("/register" in page.links) is links
        assert (await visitor.call("GET", "/register")).status_code == (200 if links else 403)
    style = await visitor.call("GET", "/pages.css")
    assert style.content_type == "text/css; charset=utf-8"


async def test_signing_up_leads_to_the_server_that_has_the_account(house: House) -> None:
    visitor = house.visitor()
    form = await page_of(await visitor.call("GET", "/register"))
    assert form.action == "/register"
    assert set(form.fields) == {"name", "display_name", "password", "again"}
    page = await page_of(await visitor.call("POST", "/register", form=FORM))
    peer = next(peer for peer in house.peers if peer.active)
    assert "@alice@d.test" in page.text
    assert page.links == [f"{peer.origin}/login"]
    assert peer.active["alice"]["display_name"] == "Alice A."


async def test_an_invite_comes_with_a_link(house: House) -> None:
    await house.admin.send("PATCH", "/admin/settings", {"registration": "invite"})
    code = (await house.admin.send("POST", "/admin/invites", {}, status=201))["code"]
    form = await page_of(await house.visitor().call("GET", f"/register?invite={code}"))
    assert form.fields["invite"] == code
    refused = await page_of(await house.visitor().call("POST", "/register", form=FORM | {"invite": "no"}), 403)
    assert "does not hold" in refused.text
    await page_of(await house.visitor().call("POST", "/register", form=FORM | {"invite": code}))
    assert sum((await house.spread()).values()) == 1


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"again": "something else"}, 422, "passwords differ"),
        ({"name": "<b>"}, 422, "1 to 30 characters"),
        ({"name": "taken"}, 409, "is taken"),
        ({"password": "short", "again": "short"}, 422, "at least 8"),
    ],
)
async def test_what_is_wrong_is_said_and_the_password_not_repeated(
    house: House, changes: dict[str, str], status: int, words: str
) -> None:
    await house.people(house.peers[0], "taken")
    response = await house.visitor().call("POST", "/register", form=FORM | changes)
    page = await page_of(response, status)
    assert words in page.text
    assert page.fields["name"] == (FORM | changes)["name"]
    assert page.fields["password"] == page.fields["again"] == ""
    assert FORM["password"] not in await response.get_data(as_text=True)


@pytest.mark.parametrize("name", ["alice", " @Alice ", "@alice@d.test", "ALICE@D.TEST"])
async def test_signing_in_leads_to_ones_server(house: House, name: str) -> None:
    peer = house.peers[1]
    await house.people(peer, "alice")
    form = await page_of(await house.visitor().call("GET", "/login"))
    assert set(form.fields) == {"name"}
    response = await house.visitor().call("POST", "/login", form={"name": name})
    page = await page_of(response)
    assert response.headers["Refresh"] == f"0; url={peer.origin}/login"
    assert page.links == [f"{peer.origin}/login"]


@pytest.mark.parametrize("name", ["bob", "gone", "alice@elsewhere.test", "", "x" * 999])
async def test_nobody_is_sent_nowhere(house: House, name: str) -> None:
    await house.people(house.peers[0], "gone")
    await house.sql("UPDATE names SET deleted_at = now()")
    response = await house.visitor().call("POST", "/login", form={"name": name})
    page = await page_of(response, 404)
    assert "called so" in page.text
    assert "Refresh" not in response.headers


async def test_pages_of_other_sites_send_no_forms(house: House) -> None:
    for path, form in (("/register", FORM), ("/login", {"name": "alice"})):
        response = await house.visitor().call("POST", path, form=form, headers={"Sec-Fetch-Site": "cross-site"})
        await page_of(response, 403)
    assert await house.spread() == {}


async def test_the_limit_of_registrations_is_shown_in_the_form(house: House) -> None:
    crowd = house.visitor(9)
    for n in range(20):
        await crowd.register(f"p{n}")
    response = await crowd.call("POST", "/register", form=FORM)
    page = await page_of(response, 429)
    assert "Too many tries" in page.text
    assert response.headers["Retry-After"]
