"""Links with a password: what is told before it is shown, who may go on, and how often one may try."""

from __future__ import annotations

import logging

import pytest

from archypix.links.guests import TRIES
from archypix.links.models import OpenLink
from archypix.links.sessions import LIFETIME, GuestSessions
from tests.links.guests import Guest, add, make_link
from tests.uploads.site import Person, Site, photo

PASSWORD = "Schloß am Meer"


def open_link(**fields: object) -> OpenLink:
    values = {
        "id": 1, "account_id": 1, "tag_id": 1, "name": "", "password_hash": "x", "originals": False, "upload": False,
        "most_bytes": 1, "most_files": 1, "uploaded_bytes": 0, "uploaded_files": 0, "owner": "", **fields,
    }  # fmt: skip
    return OpenLink(**values)  # type: ignore[arg-type]


async def test_nothing_is_told_before_the_password(alice: Person) -> None:
    picture = await add(alice, photo(1), "/Secret garden")
    link, guest = await make_link(alice, "/Secret garden", password=PASSWORD, originals=True, upload=True)
    assert (await alice.get(f"/links/{link}"))["password"] is True
    for path in ("", f"/p/{picture}", f"/p/{picture}/file", "/upload"):
        page = await guest.page(path, status=401)
        assert "Secret garden" not in page.text + page.title
        assert "alice" not in page.text
        assert page.images == []
    assert (await guest.call("GET", "/zip")).status == 303
    assert (await guest.send(("a.jpg", photo(2)))).status == 303
    assert (await alice.usage())["pictures"] == 1
    answer = await guest.unlock("wrong")
    assert answer.status == 403
    assert b"not the password" in answer.body
    assert guest.cookies == {}
    answer = await guest.unlock(PASSWORD)
    assert (answer.status, answer.headers["Location"]) == (303, guest.path)
    cookie = answer.headers["Set-Cookie"]
    assert f"Path={guest.path}" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert await guest.shown() == [picture]
    assert (await guest.call("GET", "/zip")).status == 200
    assert (await guest.send(("a.jpg", photo(2)))).status == 303
    assert (await alice.usage())["pictures"] == 2


async def test_a_session_dies_with_its_password(alice: Person) -> None:
    await add(alice, photo(1), "/Trip")
    link, guest = await make_link(alice, "/Trip", password=PASSWORD)
    await guest.unlock(PASSWORD)
    await guest.page()
    # The same word set again is another password.
    await alice.send("PATCH", f"/links/{link}", {"password": PASSWORD})
    await guest.page(status=401)
    await guest.unlock(PASSWORD)
    await guest.page()
    await alice.send("PATCH", f"/links/{link}", {"name": "Other"})
    await guest.page()
    await alice.send("PATCH", f"/links/{link}", {"password": None})
    guest.cookies.clear()
    await guest.page()


async def test_a_session_opens_one_link(alice: Person, site: Site) -> None:
    await add(alice, photo(1), "/Trip")
    _, guest = await make_link(alice, "/Trip", password=PASSWORD)
    _, other = await make_link(alice, "/Trip", password=PASSWORD)
    await guest.unlock(PASSWORD)
    thief = Guest(site, other.url, dict(guest.cookies))
    await thief.page(status=401)


def test_sessions_are_signed_and_end() -> None:
    now = [1000.0]
    sessions, link = GuestSessions(bytes(32), now=lambda: now[0]), open_link()
    value = sessions.issue(link)
    assert sessions.holds(link, value)
    assert not sessions.holds(open_link(id=2), value)
    assert not sessions.holds(open_link(password_hash="y"), value)
    assert not GuestSessions(bytes(31) + b"1", now=lambda: now[0]).holds(link, value)
    digits, _, mac = value.partition(".")
    for forged in (None, "", ".", f"{int(digits) + 1}.{mac}", f"{digits}.", f"{digits}.{mac}0", "é" * 5, "9" * 300):
        assert not sessions.holds(link, forged)
    now[0] += LIFETIME
    assert not sessions.holds(link, value)
    assert sessions.holds(open_link(password_hash=None), None)


async def test_passwords_cannot_be_hammered(alice: Person, site: Site) -> None:
    await add(alice, photo(1), "/Trip")
    _, guest = await make_link(alice, "/Trip", password=PASSWORD)
    await guest.unlock(PASSWORD)
    here, there = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "198.51.100.9"}
    stranger = Guest(site, guest.url)
    for number in range(TRIES):
        answer = await stranger.call("POST", data={"password": f"guess {number}"}, headers=here)
        assert answer.status == 403
    answer = await stranger.call("POST", data={"password": PASSWORD}, headers=here)
    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) > 0
    # Whoever is in stays in, and elsewhere the right password opens.
    await guest.page()
    assert (await stranger.call("POST", data={"password": PASSWORD}, headers=there)).status == 303


@pytest.mark.parametrize(
    "body", [b"", b"password=", b"password=" + b"x" * 5000, b"password=%00%ff%ed%a0%80", b"\xff\xfe"]
)
async def test_odd_passwords_are_refused(alice: Person, body: bytes) -> None:
    await add(alice, photo(1), "/Trip")
    _, guest = await make_link(alice, "/Trip", password=PASSWORD)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await guest.call("POST", data=body, headers=headers)).status == 403
    huge = await guest.call("POST", data=b"password=" + b"x" * (2 << 20), headers=headers)
    assert huge.status in (403, 413)


async def test_the_address_is_in_no_log(alice: Person, caplog: pytest.LogCaptureFixture) -> None:
    await add(alice, photo(1), "/Trip")
    _, guest = await make_link(alice, "/Trip", password=PASSWORD, upload=True)
    secret = guest.secret
    with caplog.at_level(logging.DEBUG):
        await guest.unlock("wrong")
        await guest.unlock(PASSWORD)
        for path in ("", "/zip", "/upload", "/nothing"):
            await guest.call("GET", path)
        await guest.send(("a.jpg", photo(2)))
        for odd in (
            f"//l/{secret}",
            f"/%6c/{secret}",
            f"/L/{secret}",
            f"/l//{secret}",
            f"/./l/{secret}",
            f"/l/{secret}/",
        ):
            async with alice.site.client.get(f"{alice.site.url}{odd}", allow_redirects=False):
                pass
    said = "\n".join(
        f"{record.getMessage()} {record.__dict__}" for record in caplog.records if record.name.startswith("archypix")
    )
    assert "GET /l/…" in said
    assert secret not in said
