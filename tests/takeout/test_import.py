"""A Google Takeout into a library: from parts as they are downloaded, and from a folder that somebody unpacked."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rig.photos import photo
from tests.rig.server import Server, User, archypix, running
from tests.rig.trio import STARTS_WITHIN

HOME = "Takeout/Google Photos"


def sidecar(title: str, **said: Any) -> bytes:
    document = {
        "title": title,
        "description": "",
        "photoTakenTime": {"timestamp": "1600596727"},
        "geoData": {"latitude": 0.0, "longitude": 0.0, "altitude": 0.0},
        **said,
    }
    return json.dumps(document).encode()


def bare(number: int) -> bytes:
    """A picture without metadata of its own: a GIF that no other number gives."""
    return (
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00"
        + bytes([number % 256, number // 256, 3, 4, 5, 6])
        + (b"!\xf9\x04\x00\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")
    )


def export(start: int) -> dict[str, bytes]:
    """The files of an export, by their paths; other numbers make other pictures."""
    year, album = f"{HOME}/Photos from 2020", f"{HOME}/Alps 2020"
    word = "supplemental-metadata"
    place = {"latitude": 45.92, "longitude": 6.87, "altitude": 1035.0}
    return {
        f"{year}/a.gif": bare(start),
        f"{year}/a.gif.{word}.json": sidecar("a.gif", description="On the pier", geoData=place, favorited=True),
        f"{year}/a-edited.gif": bare(start + 1),
        f"{year}/b.gif": bare(start + 2),
        f"{year}/b(1).gif": bare(start + 3),
        f"{year}/b.gif.{word}.json": sidecar("b.gif", description="first"),
        f"{year}/b.gif.{word}(1).json": sidecar("b.gif", description="second", archived=True),
        f"{year}/gone.gif": bare(start + 4),
        f"{year}/gone.gif.{word}.json": sidecar("gone.gif", trashed=True),
        f"{album}/metadata.json": json.dumps({"title": "Alps / 2020", "access": "protected"}).encode(),
        f"{album}/a.gif": bare(start),
        f"{HOME}/Trash/old.gif": bare(start + 5),
        f"{HOME}/archive_browser.html": b"<html></html>",
        "Takeout/Drive/other.gif": bare(start + 6),
    }


def zipped(files: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tarred(files: dict[str, bytes], path: Path) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def unpacked(files: dict[str, bytes], folder: Path) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(
        tmp_path_factory.mktemp("takeout") / "data", arguments=("--workers", "0"), within=STARTS_WITHIN
    ) as server:
        yield server


def take(user: User, path: Path, *words: str) -> tuple[int, dict[str, int], str]:
    """Import; status, table, and all that was said."""
    done = archypix("import", str(path), "--user", user.name, "--no-wait", *words, data=user.server.data)
    rows = [line.rsplit(maxsplit=1) for line in done.stdout.splitlines() if ":" not in line]
    return done.returncode, {name: int(count) for name, count in rows}, done.stdout + done.stderr


def library(user: User) -> dict[str, dict[str, Any]]:
    """Every picture whole, by what is said of it and its name."""
    whole = [user.get(f"/pictures/{item['id']}").json() for item in user.pictures()]
    return {f"{item['filename']} {item['description'] or ''}".strip(): item for item in whole}


def check(user: User) -> None:
    pictures = library(user)
    assert sorted(pictures) == ["a-edited.gif On the pier", "a.gif On the pier", "b.gif first", "b.gif second"]
    first = pictures["a.gif On the pier"]
    assert first["tags"] == ["/Google/Alps - 2020", "/Google/Favourites"]
    assert (first["latitude"], first["longitude"], first["altitude"]) == (45.92, 6.87, 1035.0)
    assert first["sorted_at"].startswith("2020-09-20T10:12:07")
    assert pictures["a-edited.gif On the pier"]["latitude"] == 45.92
    assert pictures["b.gif first"]["tags"] == ["/Google"]
    assert pictures["b.gif second"]["tags"] == ["/Google/Archive"]


def test_parts_belong_together_and_a_second_time_changes_nothing(server: Server, tmp_path: Path) -> None:
    user = server.create_user("parts")
    files = export(0)
    words = {name: content for name, content in files.items() if name.endswith(".json")}
    zipped(words, tmp_path / "takeout-20260101T000000Z-001.zip")
    pictures = {name: content for name, content in files.items() if name not in words}
    zipped(dict(list(pictures.items())[::2]), tmp_path / "takeout-20260101T000000Z-002.zip")
    tarred(dict(list(pictures.items())[1::2]), tmp_path / "takeout-20260101T000000Z-003.tgz")
    status, table, said = take(user, tmp_path, "--tag", "/Google")
    assert status == 0, said
    assert (table["new"], table["known"], table["left out"], table["failed"]) == (4, 1, 2, 0)
    check(user)
    first = library(user)["a.gif On the pier"]
    assert user.patch(f"/pictures/{first['id']}", json={"description": None}).status_code == 200
    status, table, said = take(user, tmp_path, "--tag", "/Google")
    assert (status, table["new"], table["known"]) == (0, 0, 5), said
    assert library(user)["a.gif"]["id"] == first["id"], "what somebody took away does not come back"
    assert not list((server.data / "run").glob("import.*"))


@pytest.mark.parametrize("top", ["", "Takeout", HOME])
def test_a_folder_that_was_unpacked(server: Server, tmp_path: Path, top: str) -> None:
    user = server.create_user(f"folder_{len(top)}")
    folder = unpacked(export(100 + len(top)), tmp_path / "x")
    status, table, said = take(user, folder / top, "--tag", "/Google")
    assert status == 0, said
    assert table["new"] >= 4
    check(user)


def test_what_the_file_says_of_its_time_counts_more(server: Server, tmp_path: Path) -> None:
    user = server.create_user("dates")
    files = {f"{HOME}/Photos from 2024/c.jpg": photo(9001), f"{HOME}/Photos from 2024/c.jpg.json": sidecar("c.jpg")}
    assert take(user, zipped(files, tmp_path / "takeout-1.zip"))[0] == 0
    # Until a worker has looked, the export's word counts; it never counts as set by a person.
    (picture,) = library(user).values()
    assert picture["sorted_at"].startswith("2020-09-20T10:12:07")
    assert picture["edited_fields"] == []


def test_an_archive_that_means_harm(server: Server, tmp_path: Path) -> None:
    user = server.create_user("hostile")
    files = {f"{HOME}/Photos from 2020/a.gif": bare(900), f"{HOME}/Photos from 2020/a.gif.json": sidecar("a.gif")}
    path = zipped(files, tmp_path / "takeout-1.zip")
    with zipfile.ZipFile(path, "a", compression=zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../outside.gif", bare(901))
        link = zipfile.ZipInfo(f"{HOME}/Photos from 2020/link.gif")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr(f"{HOME}/Photos from 2020/bomb.gif", bytes(80 << 20))
    status, table, said = take(user, path)
    assert status == 1
    assert (table["new"], table["failed"]) == (1, 3), said
    assert "leads out" in said
    assert "packed tighter" in said
    assert not list(tmp_path.parent.rglob("outside.gif"))


def test_a_tar_whose_header_wants_all_memory(server: Server, tmp_path: Path) -> None:
    user = server.create_user("header")
    path = tarred({f"{HOME}/Photos from 2020/a.gif": bare(910)}, tmp_path / "takeout-1.tgz")
    with tarfile.open(path, "w:gz") as archive:
        entry = tarfile.TarInfo(f"{HOME}/Photos from 2020/a.gif")
        entry.size = len(bare(910))
        archive.addfile(entry, io.BytesIO(bare(910)))
        long = tarfile.TarInfo("x")
        long.type, long.size = tarfile.GNUTYPE_LONGNAME, 4 << 20
        archive.addfile(long, io.BytesIO(bytes(4 << 20)))
    status, table, said = take(user, path)
    assert (status, table["new"]) == (1, 1), said
    assert "damaged" in said


def test_a_part_that_broke_off(server: Server, tmp_path: Path) -> None:
    user = server.create_user("broken")
    files = {f"{HOME}/Photos from 2020/{n}.jpg": photo(9100 + n) for n in range(4)}
    whole = tarred(files, tmp_path / "takeout-1.tgz").read_bytes()
    (tmp_path / "takeout-1.tgz").write_bytes(whole[: len(whole) * 2 // 3])
    status, table, said = take(user, tmp_path)
    assert status == 1, said
    assert table["new"] >= 1
    (tmp_path / "takeout-1.tgz").write_bytes(whole)
    status, again, said = take(user, tmp_path)
    assert (status, again["new"] + again["known"]) == (0, 4), said
