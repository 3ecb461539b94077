"""LOCK and UNLOCK: who holds one changes, others wait; an hour is the longest."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests

from tests.rig.server import User
from tests.webdav.client import Drive, open_drive
from tests.webdav.mkpics import jpeg

PHOTO = "/Alps/photo.jpg"
CONTENT = jpeg(20_000, "locked")


@pytest.fixture
def drive(user: User) -> Drive:
    drive = open_drive(user)
    assert drive.ask("MKCOL", "/Alps/").status_code == 201
    assert drive.ask("PUT", PHOTO, data=CONTENT).status_code == 201
    return drive


def lock(drive: Drive, path: str, scope: str = "exclusive", **headers: str) -> requests.Response:
    body = (
        f'<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:{scope}/></D:lockscope>'
        "<D:locktype><D:write/></D:locktype><D:owner><D:href>mailto:a@b.test</D:href></D:owner></D:lockinfo>"
    )
    return drive.ask("LOCK", path, data=body, headers=headers)


def token_of(answer: requests.Response) -> str:
    assert answer.status_code in (200, 201), answer.text
    return str(answer.headers["lock-token"])


def unlock(drive: Drive, path: str, token: str) -> int:
    return drive.ask("UNLOCK", path, headers={"Lock-Token": token}).status_code


def test_others_wait_until_it_is_given_back(user: User, drive: Drive) -> None:
    other = open_drive(user)
    token = token_of(lock(drive, PHOTO))
    away = {"Destination": other.at("/Alps/other.jpg")}
    requests_: list[tuple[str, str, dict[str, Any]]] = [
        ("PUT", PHOTO, {"data": jpeg(20_000, "else")}),
        ("DELETE", PHOTO, {}),
        ("MOVE", PHOTO, {"headers": away}),
        ("PROPPATCH", PHOTO, {"data": PATCH}),
        ("DELETE", "/Alps/", {}),
        ("MOVE", "/Alps/", {"headers": {"Destination": other.at("/Dolomites/")}}),
    ]
    for method, path, keywords in requests_:
        answer = other.ask(method, path, **keywords)
        assert (method, answer.status_code) == (method, 423)
        assert "lock-token-submitted" in answer.text
        assert drive.at(PHOTO) in answer.text
    assert lock(other, PHOTO).status_code == 423
    assert lock(other, PHOTO, "shared").status_code == 423
    assert lock(other, "/Alps/").status_code == 423
    assert other.ask("GET", PHOTO).content == CONTENT
    assert other.ask("COPY", PHOTO, headers=away).status_code == 201
    assert drive.ask("PUT", PHOTO, data=jpeg(20_000, "mine")).status_code == 423
    held = {"If": f"({token})"}
    assert drive.ask("PUT", PHOTO, data=jpeg(20_000, "mine"), headers=held).status_code == 204
    assert unlock(other, PHOTO, token) == 403
    assert unlock(drive, PHOTO, token) == 204
    assert unlock(drive, PHOTO, token) == 409
    assert other.ask("DELETE", PHOTO).status_code == 204


PATCH = (
    '<?xml version="1.0"?><D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><a xmlns="urn:x">1</a></D:prop></D:set>'
    "</D:propertyupdate>"
)


def test_a_deep_lock_holds_for_all_below(user: User, drive: Drive) -> None:
    token = token_of(lock(drive, "/Alps/", Depth="infinity"))
    assert drive.ask("PUT", "/Alps/new.jpg", data=jpeg(20_000, "new")).status_code == 423
    assert drive.ask("MKCOL", "/Alps/Inside/").status_code == 423
    assert drive.ask("DELETE", PHOTO).status_code == 423
    assert lock(drive, PHOTO).status_code == 423
    held = {"If": f"<{drive.server.url}{drive.at('/Alps/')}> ({token})"}
    assert drive.ask("PUT", "/Alps/new.jpg", data=jpeg(20_000, "new"), headers=held).status_code == 201
    assert drive.ask("DELETE", "/Alps/", headers=held).status_code == 204
    # With what was locked the lock is gone.
    assert drive.ask("MKCOL", "/Alps/").status_code == 201


def test_a_flat_lock_holds_for_what_a_folder_lists(drive: Drive) -> None:
    token_of(lock(drive, "/Alps/", Depth="0"))
    assert drive.ask("PUT", "/Alps/new.jpg", data=jpeg(20_000, "new")).status_code == 423
    assert drive.ask("DELETE", PHOTO).status_code == 423
    assert drive.ask("PUT", PHOTO, data=jpeg(20_000, "over")).status_code == 204


def test_shared_locks_stand_beside_each_other(user: User, drive: Drive) -> None:
    other = open_drive(user)
    first, second = token_of(lock(drive, PHOTO, "shared")), token_of(lock(other, PHOTO, "shared"))
    assert lock(drive, PHOTO).status_code == 423
    content = jpeg(20_000, "shared")
    assert drive.ask("PUT", PHOTO, data=content).status_code == 423
    assert drive.ask("PUT", PHOTO, data=content, headers={"If": f"({first})"}).status_code == 204
    assert unlock(drive, PHOTO, first) == 204
    assert unlock(other, PHOTO, second) == 204


def test_a_locked_name_is_there_until_its_file_comes(user: User, drive: Drive) -> None:
    answer = lock(drive, "/Alps/soon.jpg")
    assert answer.status_code == 201
    assert drive.list("/Alps/")["/Alps/soon.jpg"].text("getcontentlength") == "0"
    assert len(user.pictures()) == 1
    held = {"If": f"({token_of(answer)})"}
    content = jpeg(20_000, "soon")
    assert drive.ask("PUT", "/Alps/soon.jpg", data=content).status_code == 423
    assert drive.ask("PUT", "/Alps/soon.jpg", data=content, headers=held).status_code in (201, 204)
    assert drive.ask("GET", "/Alps/soon.jpg").content == content
    assert lock(drive, "/none/soon.jpg").status_code == 409


@pytest.mark.parametrize(
    ("wish", "least", "most"),
    [
        ("Infinite", 3500, 3600),
        ("Second-100000000000", 3500, 3600),
        ("Second-60", 50, 60),
        ("Infinite, Second-5", 3500, 3600),
    ],
)
def test_an_hour_is_the_longest(drive: Drive, wish: str, least: int, most: int) -> None:
    answer = lock(drive, PHOTO, Timeout=wish)
    match = re.search(r"Second-(\d+)", answer.text)
    assert match
    assert least <= int(match[1]) <= most


def test_a_lock_is_refreshed_by_its_holder_alone(user: User, drive: Drive) -> None:
    token = token_of(lock(drive, PHOTO, Timeout="Second-60"))
    answer = drive.ask("LOCK", PHOTO, headers={"If": f"({token})", "Timeout": "Second-3000"})
    assert answer.status_code == 200
    match = re.search(r"Second-(\d+)", answer.text)
    assert match
    assert 2900 <= int(match[1]) <= 3000
    assert drive.ask("LOCK", PHOTO).status_code == 400
    assert drive.ask("LOCK", PHOTO, headers={"If": "(<opaquelocktoken:nothing>)"}).status_code == 412
    assert open_drive(user).ask("LOCK", PHOTO, headers={"If": f"({token})"}).status_code == 412


def test_the_owner_sees_locks_and_breaks_them(user: User, drive: Drive) -> None:
    token = token_of(lock(drive, PHOTO))
    assert token.strip("<>") in (drive.prop(PHOTO, "lockdiscovery").text("lockdiscovery") or "")
    (hierarchy,) = user.get("/hierarchies").json()["items"]
    (held,) = user.get(f"/hierarchies/{hierarchy['id']}/locks").json()["items"]
    assert user.delete(f"/hierarchies/{hierarchy['id']}/locks/{held['id']}").status_code in (200, 204)
    assert drive.ask("DELETE", PHOTO).status_code == 204


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("<a/>", 400),
        ("no xml", 400),
        ('<D:lockinfo xmlns:D="DAV:"/>', 400),
        ('<!DOCTYPE a [<!ENTITY b "c">]><D:lockinfo xmlns:D="DAV:"/>', 400),
        (
            '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:read/></D:locktype>'
            "</D:lockinfo>",
            422,
        ),
    ],
)
def test_bodies_that_ask_for_no_lock(drive: Drive, body: str, status: int) -> None:
    assert drive.ask("LOCK", PHOTO, data=body).status_code == status
    assert not drive.prop(PHOTO, "lockdiscovery").text("lockdiscovery")
