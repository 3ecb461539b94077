"""Programs that people use: what each puts, moves and deletes is what the library has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rig.photos import photo
from tests.rig.server import User
from tests.webdav.client import open_drive
from tests.webdav.clients.commands import Cadaver, Curl
from tests.webdav.clients.libraries import Npm, Webdav4, Webdavclient3
from tests.webdav.clients.mounted import Davfs, Gio
from tests.webdav.clients.program import Program

PROGRAMS: dict[str, Any] = {
    "curl": Curl, "cadaver": Cadaver, "davfs2": Davfs, "gio": Gio,
    "webdav4": Webdav4, "webdavclient3": Webdavclient3, "npm": Npm,
}  # fmt: skip
NAMES = (
    "plain.jpg", "a b+c&d.jpg", "100% [x] ;=@ ,.jpg", "Été à Noël.jpg", "#1 'best' of.jpg", "emoji 🏔.jpg", "日本語.jpg",
    f"{'long ' * 35}.jpg",
)  # fmt: skip
# What a program cannot say, or read back, by itself: its own fault, with any server.
BEYOND: dict[str, set[str]] = {
    "webdav4": {name for name in NAMES if set("#%") & set(name)},
    "webdavclient3": {name for name in NAMES if "#" in name},
}


@pytest.fixture(params=PROGRAMS)
def program(request: pytest.FixtureRequest, user: User, tmp_path: Path) -> Iterator[Program]:
    """Each of the programs, connected to a drive of somebody new."""
    program = PROGRAMS[request.param](open_drive(user), tmp_path)
    yield program
    program.close()


def file(folder: Path, content: bytes) -> Path:
    """A file to upload."""
    path = folder / "upload.jpg"
    path.write_bytes(content)
    return path


def tags(user: User) -> dict[str, list[str]]:
    """Of all pictures the tags, by file name."""
    return {item["filename"]: sorted(item["tags"]) for item in user.pictures()}


def test_a_day_with_a_drive(program: Program, user: User, tmp_path: Path) -> None:
    first, second = photo(), photo()
    program.folder("/Alps")
    program.folder("/Alps/Huts")
    program.folder("/Sea")
    program.put(file(tmp_path, first), "/Alps/peak.jpg")
    program.put(file(tmp_path, second), "/Sea/waves.jpg")
    assert program.names("/") >= {"Alps", "Sea"}
    assert program.names("/Alps") == {"peak.jpg", "Huts"}
    assert program.get("/Alps/peak.jpg") == first
    assert tags(user) == {"peak.jpg": ["/Alps"], "waves.jpg": ["/Sea"]}

    program.move("/Alps/peak.jpg", "/Alps/summit.jpg")
    program.move("/Alps/summit.jpg", "/Alps/Huts/summit.jpg")
    assert program.names("/Alps") == {"Huts"}
    assert program.names("/Alps/Huts") == {"summit.jpg"}
    program.copy("/Alps/Huts/summit.jpg", "/Sea/summit.jpg")
    assert program.names("/Sea") == {"summit.jpg", "waves.jpg"}
    assert program.get("/Sea/summit.jpg") == first
    assert tags(user) == {"summit.jpg": ["/Alps/Huts", "/Sea"], "waves.jpg": ["/Sea"]}

    program.move("/Alps", "/Mountains")
    assert program.names("/Mountains/Huts") == {"summit.jpg"}
    assert tags(user)["summit.jpg"] == ["/Mountains/Huts", "/Sea"]
    program.delete("/Sea/waves.jpg")
    assert program.names("/Sea") == {"summit.jpg"}
    program.delete_folder("/Mountains")
    assert "Mountains" not in program.names("/")
    # The last folder of a picture is the trash; one that lies elsewhere too stays there.
    assert tags(user) == {"summit.jpg": ["/Sea"]}
    assert [item["filename"] for item in user.pictures(trash="true")] == ["waves.jpg"]


def test_overwriting_keeps_what_was_there(program: Program, user: User, tmp_path: Path) -> None:
    first, second = photo(), photo()
    program.folder("/Alps")
    program.put(file(tmp_path, first), "/Alps/peak.jpg")
    (before,) = user.pictures()
    program.put(file(tmp_path, second), "/Alps/peak.jpg")
    assert program.get("/Alps/peak.jpg") == second
    (after,) = user.pictures()
    assert after["id"] == before["id"]
    assert after["sha256"] != before["sha256"]
    versions = user.get(f"/pictures/{before['id']}/versions").json()["items"]
    assert before["sha256"] in {version["sha256"] for version in versions}


def test_names_of_every_kind(program: Program, user: User, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    names = set(NAMES) - BEYOND.get(request.node.callspec.params["program"], set())
    program.folder("/Été & co")
    contents = {name: photo() for name in sorted(names)}
    for name, content in contents.items():
        program.put(file(tmp_path, content), f"/Été & co/{name}")
    assert program.names("/Été & co") == names
    assert {item["filename"] for item in user.pictures()} == names
    for name, content in contents.items():
        assert program.get(f"/Été & co/{name}") == content, name
        program.move(f"/Été & co/{name}", f"/Été & co/moved {name}")
    assert program.names("/Été & co") == {f"moved {name}" for name in names}
    for name in names:
        program.delete(f"/Été & co/moved {name}")
    assert program.names("/Été & co") == set()
    assert user.pictures() == []
