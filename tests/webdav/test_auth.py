"""Who is let in to a drive, by which way, and what guessing leads to."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.rig.photos import photo
from tests.rig.server import User, running
from tests.webdav.client import Drive, open_drive, put


@pytest.fixture
def drive(user: User) -> Drive:
    return open_drive(user)


def basic(username: str, password: str, encoding: str = "utf-8") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{username}:{password}".encode(encoding)).decode()}


def test_without_credentials_clients_are_asked_for_them(drive: Drive) -> None:
    for method in ("GET", "HEAD", "PROPFIND", "PUT", "DELETE", "LOCK"):
        answer = requests.request(method, drive.server.url + drive.root + "/a.jpg", timeout=60)
        assert answer.status_code == 401, method
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="Archypix", charset="UTF-8"'


def test_what_drives_can_do_is_told_to_anybody(drive: Drive) -> None:
    for path in ("/webdav", "/webdav/", drive.root, f"{drive.root}/none/"):
        answer = requests.options(drive.server.url + path, timeout=60)
        assert answer.status_code == 200
        assert answer.headers["DAV"] == "1, 2, 3"
        assert answer.headers["MS-Author-Via"] == "DAV"
        assert {"PROPFIND", "LOCK", "PUT"} <= set(answer.headers["Allow"].split(", "))
    wrong = requests.options(drive.server.url + drive.root, headers=basic(drive.username, "wrong"), timeout=60)
    assert wrong.status_code == 401


def test_a_token_opens_its_own_drive_of_its_own_person_alone(
    drive: Drive, user: User, new_user: Callable[[], User]
) -> None:
    other = open_drive(new_user())
    url = f"{drive.server.url}/webdav/"
    for username, token, slug, status in (
        (drive.username, drive.token, "library", 207), (drive.username.upper(), drive.token, "library", 207),
        (drive.username, drive.token, "other", 401), (drive.username, other.token, "library", 401),
        (other.username, drive.token, "library", 401), ("nobody", drive.token, "library", 401),
        (drive.username, drive.token[:-1], "library", 401), (drive.username, drive.token + "x", "library", 401),
        (drive.username, "", "library", 401), ("", drive.token, "library", 401), ("a\0b", "c\0d", "library", 401),
        ("ü" * 300, "é" * 300, "library", 401),
    ):  # fmt: skip
        answer = requests.request("PROPFIND", url + slug, headers=basic(username, token), timeout=60)
        assert answer.status_code == status, (username, slug)
    # A token of the API is no token of a drive, nor the other way round.
    api = user.headers["Authorization"].removeprefix("Bearer ")
    assert requests.get(url + "library", headers=basic(user.name, str(api)), timeout=60).status_code == 401
    account = requests.get(
        f"{drive.server.url}/api/v1/pictures", headers={"Authorization": f"Bearer {drive.token}"}, timeout=30
    )
    assert account.status_code == 401


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic !!!", "Basic YQ==", "Bearer x", "Digest username=a", "Basic " + "QQ==" * 5000]
)
def test_credentials_that_are_none_are_asked_for_again(drive: Drive, header: str) -> None:
    answer = requests.get(drive.server.url + drive.root, headers={"Authorization": header}, timeout=60)
    assert answer.status_code == 401


def test_a_revoked_token_opens_nothing_from_then_on(user: User, drive: Drive) -> None:
    assert drive.list("/")
    hierarchy = next(one for one in user.get("/hierarchies").json()["items"] if one["slug"] == "library")
    (token,) = user.get(f"/hierarchies/{hierarchy['id']}/tokens").json()["items"]
    assert user.delete(f"/hierarchies/{hierarchy['id']}/tokens/{token['id']}").status_code == 204
    assert drive.ask("PROPFIND", "/").status_code == 401


def test_methods_that_no_drive_knows_are_named_as_such(drive: Drive) -> None:
    for method in ("POST", "PATCH", "REPORT", "SEARCH"):
        answer = drive.ask(method, "/")
        assert answer.status_code == 405, method
        assert "PROPFIND" in answer.headers["Allow"]


def test_guessing_ends_soon_and_holds_up_nobody_who_is_known(tmp_path: Path) -> None:
    """The proxy is trusted, so that the test can be at several addresses."""
    with running(
        tmp_path / "data", env={"ARCHYPIX_TRUSTED_PROXIES": "127.0.0.1/32"}, arguments=("--no-workers",)
    ) as server:
        drive = open_drive(server.create_user("alice"))
        url = server.url + drive.root

        def status(address: str, token: str, proto: str = "https") -> int:
            headers = {"X-Forwarded-For": address, "X-Forwarded-Proto": proto, **basic("alice", token)}
            return requests.request("PROPFIND", url, headers=headers, timeout=60).status_code

        assert status("198.51.100.7", drive.token) == 207
        statuses = [status("198.51.100.7", f"guess{number}") for number in range(60)]
        assert statuses[0] == 401
        assert statuses[-1] == 429
        # Who came in from there before is let in still; so is anybody from elsewhere. A new device there has to wait.
        assert status("198.51.100.7", drive.token) == 207
        assert status("198.51.100.8", drive.token) == 207
        # A program with an old token tries the same again and again, which is no guessing.
        again = [status("198.51.100.9", "old") for _ in range(60)]
        assert set(again) == {401}
        assert status("198.51.100.9", drive.token) == 207

        # By plain http the token could be read on the way.
        from_there = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "http"}
        plain = requests.get(url, headers=from_there | basic("alice", drive.token), timeout=60)
        assert plain.status_code == 403
        assert "https" in plain.text
        assert status("198.51.100.7", drive.token, "http") == 403
        assert requests.options(url, headers=from_there, timeout=60).status_code == 403


def test_plain_http_from_elsewhere_where_it_is_allowed(tmp_path: Path) -> None:
    env = {"ARCHYPIX_TRUSTED_PROXIES": "127.0.0.1/32", "ARCHYPIX_WEBDAV_ALLOW_HTTP": "true"}
    with running(tmp_path / "data", env=env, arguments=("--no-workers",)) as server:
        user = server.create_user("alice")
        content = photo()
        put(user, content, "a.jpg")
        drive = open_drive(user)
        headers = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "http"}
        assert drive.ask("GET", "/a.jpg", headers=headers).content == content
