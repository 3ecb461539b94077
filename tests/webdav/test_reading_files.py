"""GET and HEAD: whole files, parts of them, and what clients have already."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest

from tests.rig.photos import photo
from tests.rig.server import User
from tests.webdav.client import Drive, etag, open_drive, put


@pytest.fixture
def drive(user: User) -> Drive:
    return open_drive(user)


def test_a_file_comes_whole_with_what_clients_need(user: User, drive: Drive) -> None:
    content = photo(size=(1600, 1200))
    put(user, content, "Sunrise ü.jpg", "/Lake/Morning")
    answer = drive.ask("GET", "/Lake/Morning/Sunrise ü.jpg")
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["ETag"] == etag(content)
    assert answer.headers["Content-Length"] == str(len(content))
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Accept-Ranges"] == "bytes"
    head = drive.ask("HEAD", "/Lake/Morning/Sunrise ü.jpg")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("ETag", "Content-Length", "Content-Type", "Accept-Ranges", "Last-Modified"):
        assert head.headers[name] == answer.headers[name]


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("bytes=0-0", 0, 1), ("bytes=100-199", 100, 200), ("bytes=5000-", 5000, None), ("bytes=-7", -7, None)],
)
def test_a_part_of_a_file(user: User, drive: Drive, asked: str, start: int, stop: int | None) -> None:
    content = photo()
    put(user, content, "a.jpg")
    answer = drive.ask("GET", "/a.jpg", headers={"Range": asked})
    assert (answer.status_code, answer.content) == (206, content[start:stop])
    begin = start if start >= 0 else len(content) + start
    assert answer.headers["Content-Range"] == f"bytes {begin}-{begin + len(answer.content) - 1}/{len(content)}"


def test_a_part_behind_the_end_is_refused_and_nonsense_is_passed_over(user: User, drive: Drive) -> None:
    content = photo()
    put(user, content, "a.jpg")
    behind = drive.ask("GET", "/a.jpg", headers={"Range": f"bytes={len(content)}-"})
    assert behind.status_code == 416
    assert behind.headers["Content-Range"] == f"bytes */{len(content)}"
    for nonsense in ("bytes=9-3", "lines=1-2", "bytes=a-b", "bytes=0-1,5-9"):
        answer = drive.ask("GET", "/a.jpg", headers={"Range": nonsense})
        assert (answer.status_code, answer.content) == (200, content), nonsense


def test_a_part_is_given_only_of_the_file_that_was_begun(user: User, drive: Drive) -> None:
    content = photo()
    put(user, content, "a.jpg")
    known = drive.ask("HEAD", "/a.jpg").headers
    for validator, status in (
        (known["ETag"], 206), (known["Last-Modified"], 206), ('"other"', 200), ("W/" + known["ETag"], 200),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 200), ("nonsense", 200),
    ):  # fmt: skip
        answer = drive.ask("GET", "/a.jpg", headers={"Range": "bytes=0-9", "If-Range": validator})
        assert answer.status_code == status, validator
        assert answer.content == (content[:10] if status == 206 else content)


def test_who_has_the_file_is_not_sent_it_again(user: User, drive: Drive) -> None:
    put(user, photo(), "a.jpg")
    known = drive.ask("HEAD", "/a.jpg").headers
    for method in ("GET", "HEAD"):
        for headers in (
            {"If-None-Match": known["ETag"]}, {"If-None-Match": "*"}, {"If-None-Match": f'"x", W/{known["ETag"]}'},
            {"If-Modified-Since": known["Last-Modified"]},
        ):  # fmt: skip
            answer = drive.ask(method, "/a.jpg", headers=headers)
            assert (answer.status_code, answer.content) == (304, b""), headers
            assert answer.headers["ETag"] == known["ETag"]
    # An entity tag says more than a date.
    both = {"If-None-Match": '"other"', "If-Modified-Since": known["Last-Modified"]}
    assert drive.ask("GET", "/a.jpg", headers=both).status_code == 200


def test_conditions_that_do_not_hold_are_refused(user: User, drive: Drive) -> None:
    put(user, photo(), "a.jpg")
    known = drive.ask("HEAD", "/a.jpg").headers
    before = format_datetime(parsedate_to_datetime(known["Last-Modified"]) - timedelta(seconds=1), usegmt=True)
    for headers, status in (
        ({"If-Match": '"other"'}, 412), ({"If-Match": known["ETag"]}, 200), ({"If-Match": "*"}, 200),
        ({"If-Unmodified-Since": before}, 412), ({"If-Unmodified-Since": known["Last-Modified"]}, 200),
        ({"If-Modified-Since": before}, 200), ({"If-Modified-Since": "nonsense"}, 200),
    ):  # fmt: skip
        assert drive.ask("GET", "/a.jpg", headers=headers).status_code == status, headers


def test_a_folder_answers_with_and_without_its_slash(user: User, drive: Drive) -> None:
    put(user, photo(), "a.jpg", "/Lake")
    for path in ("", "/", "/Lake", "/Lake/"):
        for method in ("GET", "HEAD", "OPTIONS"):
            assert drive.ask(method, path).status_code == 200, (method, path)
        assert drive.list(path)


def test_nothing_is_404_with_a_word(user: User, drive: Drive) -> None:
    for method in ("GET", "HEAD", "PROPFIND"):
        for path in ("/none.jpg", "/None/none.jpg", "/None/"):
            answer = drive.ask(method, path)
            assert answer.status_code == 404, (method, path)
            assert bool(answer.text) == (method != "HEAD")


def test_a_token_may_send_clients_to_the_storage(user: User) -> None:
    content = photo()
    put(user, content, "a.jpg")
    device = open_drive(user, redirect=True)
    answer = device.ask("GET", "/a.jpg")
    assert answer.status_code == 302
    followed = device.ask("GET", "/a.jpg", allow_redirects=True)
    assert (followed.status_code, followed.content) == (200, content)
    head = device.ask("HEAD", "/a.jpg")
    assert (head.status_code, head.headers["ETag"]) == (200, etag(content))
    # What a client has already is not fetched by a detour.
    assert device.ask("GET", "/a.jpg", headers={"If-None-Match": head.headers["ETag"]}).status_code == 304


def test_neither_tag_nor_date_moves_with_what_people_say_of_a_picture(user: User, drive: Drive) -> None:
    content = photo()
    picture = put(user, content, "a.jpg", "/Lake")
    before = drive.ask("HEAD", "/Lake/a.jpg").headers
    assert user.patch(f"/pictures/{picture}", json={"rating": 5}).status_code == 200
    retagged = user.post("/pictures/batch/tags", json={"selection": {"include": [picture]}, "add": ["/Sea"]})
    assert retagged.status_code == 200, retagged.text
    for path in ("/Lake/a.jpg", "/Sea/a.jpg"):
        after = drive.ask("HEAD", path).headers
        assert (after["ETag"], after["Last-Modified"]) == (before["ETag"], before["Last-Modified"])


def test_others_see_nothing_of_it(new_user: Callable[[], User], user: User) -> None:
    put(user, photo(), "a.jpg")
    stranger = open_drive(new_user())
    assert stranger.ask("GET", "/a.jpg").status_code == 404
    assert set(stranger.list("/", depth="infinity")) == {"/"}
