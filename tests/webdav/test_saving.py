"""How programs save: beside, then over; the old one out of the way first; a new name before the old one goes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.rig.server import User
from tests.webdav.client import Drive, open_drive, sha256
from tests.webdav.mkpics import jpeg

OLD, NEW = jpeg(20_000, "before"), jpeg(22_000, "after")
PHOTO = "/Alps/photo.jpg"


@pytest.fixture
def drive(user: User) -> Drive:
    """A drive with one picture in a folder, which people have given another tag as well."""
    drive = open_drive(user)
    assert drive.ask("MKCOL", "/Alps/").status_code == 201
    assert drive.ask("PUT", PHOTO, data=OLD).status_code == 201
    (picture,) = user.pictures()
    change = {"selection": {"include": [picture["id"]]}, "add": ["/Best"]}
    assert user.post("/pictures/batch/tags", json=change).status_code == 200
    return drive


def do(drive: Drive, method: str, path: str, to: str | None = None, *, data: bytes | None = None) -> None:
    headers = {} if to is None else {"Destination": drive.at(to)}
    answer = drive.ask(method, path, data=data, headers=headers)
    assert answer.status_code in (200, 201, 204), (method, path, answer.status_code, answer.text)


def paths_of(user: User, picture_id: str) -> set[str]:
    return {tag["path"] if isinstance(tag, dict) else tag for tag in user.get(f"/pictures/{picture_id}").json()["tags"]}


def versions(user: User, picture_id: str) -> list[str]:
    return [version["sha256"] for version in user.get(f"/pictures/{picture_id}/versions").json()["items"]]


SAVES: dict[str, list[Sequence[str]]] = {
    # PUT writes the new content, unless it says otherwise.
    "over": [("PUT", PHOTO)],
    "empty first": [("PUT empty", PHOTO), ("PUT", PHOTO)],
    "beside, then over (GNOME)": [
        ("PUT", "/Alps/.goutputstream-X1Y2Z3"),
        ("MOVE", "/Alps/.goutputstream-X1Y2Z3", PHOTO),
    ],
    "beside, then over (temporary)": [("PUT", "/Alps/photo.jpg.tmp"), ("MOVE", "/Alps/photo.jpg.tmp", PHOTO)],
    "beside, then over (part)": [("PUT", "/Alps/photo.jpg.part"), ("MOVE", "/Alps/photo.jpg.part", PHOTO)],
    "the old one away, then beside, then over": [
        ("PUT", "/Alps/~photo.tmp"),
        ("MOVE", PHOTO, "/Alps/photo.jpg~"),
        ("MOVE", "/Alps/~photo.tmp", PHOTO),
        ("DELETE", "/Alps/photo.jpg~"),
    ],
    "the old one away, then new (vim)": [
        ("MOVE", PHOTO, "/Alps/photo.jpg~"),
        ("PUT", PHOTO),
        ("DELETE", "/Alps/photo.jpg~"),
    ],
    "a copy, then over, then the copy away": [
        ("COPY", PHOTO, "/Alps/photo.jpg~"),
        ("PUT", PHOTO),
        ("DELETE", "/Alps/photo.jpg~"),
    ],
    "in a folder of its own (macOS)": [
        ("MKCOL", "/Alps/photo.jpg.sb-1a2b3c4d-AbCdEf"),
        ("PUT", "/Alps/photo.jpg.sb-1a2b3c4d-AbCdEf/photo.jpg"),
        ("MOVE", PHOTO, "/Alps/photo.jpg.sb-1a2b3c4d-AbCdEf/old.jpg"),
        ("MOVE", "/Alps/photo.jpg.sb-1a2b3c4d-AbCdEf/photo.jpg", PHOTO),
        ("DELETE", "/Alps/photo.jpg.sb-1a2b3c4d-AbCdEf"),
    ],
}


@pytest.mark.parametrize("steps", SAVES.values(), ids=SAVES)
def test_a_saved_file_is_a_new_version_of_its_picture(user: User, drive: Drive, steps: list[Sequence[str]]) -> None:
    (before,) = user.pictures()
    for method, path, *to in steps:
        if method == "PUT empty":
            do(drive, "PUT", path, data=b"")
            continue
        do(drive, method, path, to[0] if to else None, data=NEW if method == "PUT" else None)
    assert drive.ask("GET", PHOTO).content == NEW
    assert set(drive.list("/Alps/")) == {"/Alps/", PHOTO}
    (after,) = user.pictures()
    assert after["id"] == before["id"]
    assert paths_of(user, after["id"]) == {"/Alps", "/Best"}
    assert sha256(OLD) in versions(user, after["id"])


def test_what_programs_write_is_no_picture_and_theirs_alone(user: User, drive: Drive) -> None:
    other = open_drive(user)
    litter = {"/Alps/.DS_Store", "/Alps/._photo.jpg", "/Alps/Thumbs.db", "/Alps/desktop.ini", "/Alps/.~lock.photo.jpg#"}
    for path in litter:
        do(drive, "PUT", path, data=path.encode())
    assert set(drive.list("/Alps/")) == {"/Alps/", PHOTO} | litter
    for path in litter:
        assert drive.ask("GET", path).content == path.encode()
    assert set(other.list("/Alps/")) == {"/Alps/", PHOTO}
    assert other.ask("GET", "/Alps/.DS_Store").status_code == 404
    assert len(user.pictures()) == 1
    for path in litter:
        do(drive, "DELETE", path)
    assert set(drive.list("/Alps/")) == {"/Alps/", PHOTO}


def test_a_new_name_before_the_old_one_goes_keeps_the_tags(user: User, drive: Drive) -> None:
    (before,) = user.pictures()
    do(drive, "PUT", "/Alps/holiday.jpg", data=OLD)
    do(drive, "DELETE", PHOTO)
    assert set(drive.list("/Alps/")) == {"/Alps/", "/Alps/holiday.jpg"}
    assert drive.ask("GET", "/Alps/holiday.jpg").content == OLD
    (after,) = user.pictures()
    assert after["id"] == before["id"]
    assert paths_of(user, after["id"]) == {"/Alps", "/Best"}


def test_a_file_that_is_deleted_and_put_again_was_never_gone(user: User, drive: Drive) -> None:
    (before,) = user.pictures()
    do(drive, "DELETE", PHOTO)
    assert drive.ask("GET", PHOTO).status_code == 404
    do(drive, "PUT", PHOTO, data=OLD)
    assert drive.ask("GET", PHOTO).content == OLD
    (after,) = user.pictures()
    assert after["id"] == before["id"]
    assert paths_of(user, after["id"]) == {"/Alps", "/Best"}


def test_an_old_one_that_comes_back_was_never_gone(user: User, drive: Drive) -> None:
    (before,) = user.pictures()
    do(drive, "MOVE", PHOTO, "/Alps/photo.jpg~")
    assert drive.ask("GET", "/Alps/photo.jpg~").content == OLD
    assert drive.ask("GET", PHOTO).status_code == 404
    do(drive, "MOVE", "/Alps/photo.jpg~", PHOTO)
    assert drive.ask("GET", PHOTO).content == OLD
    (after,) = user.pictures()
    assert after["id"] == before["id"]
    assert paths_of(user, after["id"]) == {"/Alps", "/Best"}


def test_an_empty_file_takes_no_place(drive: Drive) -> None:
    do(drive, "PUT", "/Alps/empty.tmp", data=b"")
    headers = {"Destination": drive.at(PHOTO)}
    assert drive.ask("MOVE", "/Alps/empty.tmp", headers=headers).status_code == 403
    assert drive.ask("GET", PHOTO).content == OLD
