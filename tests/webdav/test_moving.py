"""MKCOL, COPY, MOVE and DELETE: tags follow, names are what was asked for, and a refusal is of the whole."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.rig.server import User, running
from tests.webdav.client import Drive, open_drive
from tests.webdav.mkpics import jpeg
from tests.webdav.people import people_of

ONE, TWO, THREE = (jpeg(20_000, name) for name in ("one", "two", "three"))


@pytest.fixture
def drive(user: User) -> Drive:
    """A drive with `/Alps/one.jpg`, `/Alps/Hut/two.jpg` and `/Sea/three.jpg`."""
    drive = open_drive(user)
    fill(drive)
    return drive


def fill(drive: Drive) -> None:
    for folder in ("/Alps/", "/Alps/Hut/", "/Sea/"):
        assert drive.ask("MKCOL", folder).status_code == 201
    for path, content in (("/Alps/one.jpg", ONE), ("/Alps/Hut/two.jpg", TWO), ("/Sea/three.jpg", THREE)):
        assert drive.ask("PUT", path, data=content).status_code == 201


def transfer(drive: Drive, method: str, path: str, to: str, **headers: str) -> int:
    return drive.ask(method, path, headers={"Destination": drive.at(to), **headers}).status_code


def tree(drive: Drive) -> set[str]:
    """Everything that the drive lists."""
    return set(drive.list("/", depth="infinity")) - {"/"}


def tags_of(user: User, name: str) -> set[str]:
    (picture,) = [item for item in user.pictures() if item["filename"] == name]
    found = user.get(f"/pictures/{picture['id']}").json()["tags"]
    return {tag["path"] if isinstance(tag, dict) else tag for tag in found}


WHOLE = {"/Alps/", "/Alps/one.jpg", "/Alps/Hut/", "/Alps/Hut/two.jpg", "/Sea/", "/Sea/three.jpg"}


def test_a_folder_is_a_tag(user: User, drive: Drive) -> None:
    assert tree(drive) == WHOLE
    assert {tag["path"] for tag in user.get("/tags").json()["items"]} >= {"/Alps", "/Alps/Hut", "/Sea"}
    assert drive.ask("MKCOL", "/Alps/").status_code == 405
    assert drive.ask("MKCOL", "/Alps/one.jpg").status_code == 405
    assert drive.ask("MKCOL", "/").status_code == 405
    assert drive.ask("MKCOL", "/none/below/").status_code == 409
    assert drive.ask("MKCOL", "/New/", data="<a/>").status_code == 415
    assert tree(drive) == WHOLE


def test_a_moved_file_changes_its_tag_and_keeps_its_bytes(user: User, drive: Drive) -> None:
    assert transfer(drive, "MOVE", "/Alps/one.jpg", "/Sea/first.jpg") == 201
    assert tree(drive) == WHOLE - {"/Alps/one.jpg"} | {"/Sea/first.jpg"}
    assert drive.ask("GET", "/Sea/first.jpg").content == ONE
    assert tags_of(user, "first.jpg") == {"/Sea"}


def test_a_copied_file_has_both_tags(user: User, drive: Drive) -> None:
    assert transfer(drive, "COPY", "/Alps/one.jpg", "/Sea/one.jpg") == 201
    assert tree(drive) == WHOLE | {"/Sea/one.jpg"}
    assert tags_of(user, "one.jpg") == {"/Alps", "/Sea"}
    assert len(user.pictures()) == 3


def test_a_renamed_file_is_found_by_its_new_name_only(drive: Drive) -> None:
    etag = drive.ask("HEAD", "/Alps/one.jpg").headers["etag"]
    assert transfer(drive, "MOVE", "/Alps/one.jpg", "/Alps/100% #1; é+&.jpg") == 201
    assert tree(drive) == WHOLE - {"/Alps/one.jpg"} | {"/Alps/100% #1; é+&.jpg"}
    assert drive.ask("HEAD", "/Alps/100% #1; é+&.jpg").headers["etag"] == etag
    assert transfer(drive, "MOVE", "/Alps/100% #1; é+&.jpg", "/Alps/100% #1; É+&.JPG") in (201, 204)
    assert tree(drive) == WHOLE - {"/Alps/one.jpg"} | {"/Alps/100% #1; É+&.JPG"}


def test_what_is_there_is_replaced_only_if_it_may_be(user: User, drive: Drive) -> None:
    for method in ("COPY", "MOVE"):
        assert transfer(drive, method, "/Alps/one.jpg", "/Sea/three.jpg", Overwrite="F") == 412
        assert transfer(drive, method, "/Alps/", "/Sea/", Overwrite="F") == 412
    assert tree(drive) == WHOLE
    assert transfer(drive, "MOVE", "/Alps/one.jpg", "/Sea/three.jpg") == 204
    assert drive.ask("GET", "/Sea/three.jpg").content == ONE
    assert tree(drive) == WHOLE - {"/Alps/one.jpg"}
    # Nothing is lost: what was there is an earlier version, or in the trash.
    everything = [*user.pictures(), *user.pictures(trash=True)]
    versions = [user.get(f"/pictures/{item['id']}/versions").json()["items"] for item in everything]
    assert len(everything) + sum(map(len, versions)) >= 3


def test_a_folder_is_renamed_and_moved_with_all_in_it(user: User, drive: Drive) -> None:
    assert transfer(drive, "MOVE", "/Alps/", "/Mountains/") == 201
    assert transfer(drive, "MOVE", "/Mountains/Hut", "/Sea/Hut") == 201
    assert tree(drive) == {
        "/Mountains/",
        "/Mountains/one.jpg",
        "/Sea/",
        "/Sea/three.jpg",
        "/Sea/Hut/",
        "/Sea/Hut/two.jpg",
    }
    assert tags_of(user, "one.jpg") == {"/Mountains"}
    assert tags_of(user, "two.jpg") == {"/Sea/Hut"}


def test_a_copied_folder_is_another_tag(user: User, drive: Drive) -> None:
    assert transfer(drive, "COPY", "/Alps/", "/Flat/", Depth="0") == 201
    assert tree(drive) == WHOLE | {"/Flat/"}
    assert transfer(drive, "COPY", "/Alps/", "/Best/") == 201
    assert tree(drive) == WHOLE | {"/Flat/", "/Best/", "/Best/one.jpg", "/Best/Hut/", "/Best/Hut/two.jpg"}
    assert tags_of(user, "two.jpg") == {"/Alps/Hut", "/Best/Hut"}
    assert len(user.pictures()) == 3


@pytest.mark.parametrize("method", ["COPY", "MOVE"])
def test_places_that_nothing_goes_to(drive: Drive, method: str) -> None:
    assert transfer(drive, method, "/Alps/one.jpg", "/Alps/one.jpg") == 403
    assert transfer(drive, method, "/Alps/", "/Alps/Hut/Inside/") in (403, 409)
    assert transfer(drive, method, "/Alps/Hut/", "/Alps/") in (403, 409)
    assert transfer(drive, method, "/Alps/one.jpg", "/none/one.jpg") == 409
    assert transfer(drive, method, "/none.jpg", "/other.jpg") == 404
    assert transfer(drive, method, "/Alps/one.jpg/", "/other.jpg") == 404
    assert transfer(drive, method, "/", "/other/") == 403
    assert drive.ask(method, "/Alps/one.jpg").status_code == 400
    for elsewhere in ("http://other.example/webdav/library/a.jpg", "/webdav/another/a.jpg", "/a.jpg"):
        assert drive.ask(method, "/Alps/one.jpg", headers={"Destination": elsewhere}).status_code == 502
    assert transfer(drive, method, "/Alps/one.jpg", "/a.jpg", Overwrite="perhaps") == 400
    assert transfer(drive, method, "/Alps/", "/a/", Depth="1") == 400
    assert tree(drive) == WHOLE


def test_a_destination_is_known_by_any_name_of_the_server(drive: Drive) -> None:
    for number, origin in enumerate(("https://localhost", "http://LOCALHOST:1234", drive.server.url)):
        target = {"Destination": origin + drive.at(f"/Alps/{number}.jpg"), "Host": f"localhost:{drive.server.port}"}
        if origin == drive.server.url:
            del target["Host"]
        assert drive.ask("COPY", "/Alps/one.jpg", headers=target).status_code == 201
    target = {"Destination": "https://photos.example/webdav/library/Alps/p.jpg", "Host": "photos.example"}
    assert drive.ask("COPY", "/Alps/one.jpg", headers=target).status_code == 201


def test_a_deleted_file_leaves_this_folder_alone(user: User, drive: Drive) -> None:
    assert transfer(drive, "COPY", "/Alps/one.jpg", "/Sea/one.jpg") == 201
    assert drive.ask("DELETE", "/Alps/one.jpg").status_code == 204
    assert tree(drive) == WHOLE - {"/Alps/one.jpg"} | {"/Sea/one.jpg"}
    assert not user.pictures(trash=True)
    assert drive.ask("DELETE", "/Sea/one.jpg").status_code == 204
    assert len(user.pictures(trash=True)) == 1
    assert drive.ask("DELETE", "/Sea/one.jpg").status_code == 404
    assert drive.ask("DELETE", "/Sea/three.jpg/").status_code == 404


def test_a_second_name_goes_without_the_picture(user: User, drive: Drive) -> None:
    assert transfer(drive, "COPY", "/Alps/one.jpg", "/Alps/again.jpg") == 201
    assert tree(drive) == WHOLE | {"/Alps/again.jpg"}
    assert drive.ask("DELETE", "/Alps/one.jpg").status_code == 204
    assert tree(drive) == WHOLE - {"/Alps/one.jpg"} | {"/Alps/again.jpg"}
    assert drive.ask("GET", "/Alps/again.jpg").content == ONE
    assert not user.pictures(trash=True)


def test_a_deleted_folder_goes_whole(user: User, drive: Drive) -> None:
    assert drive.ask("DELETE", "/").status_code == 403
    assert drive.ask("DELETE", "/Alps/", headers={"Depth": "0"}).status_code == 400
    assert drive.ask("DELETE", "/Alps", headers={"Depth": "infinity"}).status_code == 204
    assert tree(drive) == {"/Sea/", "/Sea/three.jpg"}
    assert len(user.pictures(trash=True)) == 2


def test_a_rule_that_stands_against_it_refuses_the_whole(tmp_path: Path) -> None:
    with running(tmp_path / "data", arguments=("--workers", "1")) as server:
        user = people_of(server).make()
        drive = open_drive(user)
        fill(drive)
        rule = {
            "kind": "rule",
            "name": "All huts",
            "config": {"rules": [{"when": "filename:two*", "tag": "/Alps/Hut"}]},
        }
        made = user.post("/services", json=rule)
        assert made.status_code == 201, made.text
        (picture,) = [item for item in user.pictures() if item["filename"] == "two.jpg"]
        deadline = time.monotonic() + 90
        while "All huts" not in user.get(f"/pictures/{picture['id']}/tags").text:
            assert time.monotonic() < deadline, "the rule gives no tag"
            time.sleep(0.1)
        for path in ("/Alps/Hut/two.jpg", "/Alps/Hut/", "/Alps/"):
            answer = drive.ask("DELETE", path)
            assert (path, answer.status_code) == (path, 409)
            assert "All huts" in answer.text
        assert transfer(drive, "MOVE", "/Alps/Hut/two.jpg", "/Sea/two.jpg") == 409
        assert tree(drive) == WHOLE
        assert not user.pictures(trash=True)


def test_a_folder_may_change_nothing_but_the_case_of_its_name(user: User, drive: Drive) -> None:
    assert transfer(drive, "MOVE", "/Alps/", "/ALPS/") in (201, 204)
    assert tree(drive) == {path.replace("/Alps/", "/ALPS/") for path in WHOLE}
    assert tags_of(user, "two.jpg") == {"/ALPS/Hut"}
