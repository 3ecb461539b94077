"""The accidents that happen to people with drives: every picture is still there, or back with one undo."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.rig.photos import photo
from tests.rig.server import User
from tests.webdav.client import Drive, open_drive, put
from tests.webdav.test_rclone import program

PICTURES = 60
FOLDERS = ("Alps", "Sea", "Town")


@dataclass
class Home:
    """Somebody with a library of sixty pictures in three folders, and a computer with a copy of it."""

    user: User
    drive: Drive
    copy: Path
    contents: dict[str, bytes]
    before: dict[str, Any]

    def library(self) -> dict[str, Any]:
        """Of every picture that is not in the trash what must not be lost: by name, its bytes and its tags."""
        return {item["filename"]: (item["sha256"], tuple(sorted(item["tags"]))) for item in self.user.pictures()}

    def rclone(self, *words: str) -> int:
        """What rclone ends with; `d:` is the drive."""
        told = subprocess.run([program(), "obscure", self.drive.token], capture_output=True, text=True, check=True)
        settings = {
            "RCLONE_CONFIG": "/dev/null", "RCLONE_CONFIG_D_TYPE": "webdav", "RCLONE_CONFIG_D_VENDOR": "owncloud",
            "RCLONE_CONFIG_D_URL": f"{self.user.server.url}{self.drive.root}/",
            "RCLONE_CONFIG_D_USER": self.drive.username, "RCLONE_CONFIG_D_PASS": told.stdout.strip(),
            "RCLONE_RETRIES": "1", "RCLONE_LOW_LEVEL_RETRIES": "1",
        }  # fmt: skip
        done = subprocess.run(
            [program(), *words], env=os.environ | settings, capture_output=True, timeout=300, check=False
        )
        return done.returncode

    def hierarchy(self) -> str:
        """The tokens of the drive's hierarchy."""
        (found,) = self.user.get("/hierarchies").json()["items"]
        return f"/hierarchies/{found['id']}/tokens"

    def undo(self) -> None:
        """Everything that the computer did, in one step."""
        (token,) = self.user.get(self.hierarchy()).json()["items"]
        undone = self.user.post(f"{self.hierarchy()}/{token['id']}/undo", json={"minutes": 60})
        assert undone.status_code == 200, undone.text
        assert undone.json()["refused"] == []

    def allow(self) -> None:
        """The owner lets the computer go on, not knowing better."""
        (token,) = self.user.get(self.hierarchy()).json()["items"]
        assert token["brake"]["pulled_at"] is not None
        allowed = self.user.post(f"{self.hierarchy()}/{token['id']}/allow", json={})
        assert allowed.status_code == 200, allowed.text


@pytest.fixture
def home(user: User, tmp_path: Path) -> Home:
    """What it was like before the accident."""
    contents = {}
    for number in range(PICTURES):
        name = f"{FOLDERS[number % 3]}/{number:02}.jpg"
        contents[name] = photo()
        put(user, contents[name], f"{number:02}.jpg", f"/{FOLDERS[number % 3]}")
        at = tmp_path / "copy" / name
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_bytes(contents[name])
    home = Home(user, open_drive(user), tmp_path / "copy", contents, {})
    home.before = home.library()
    assert len(home.before) == PICTURES
    return home


def test_a_sync_from_an_empty_folder(home: Home, tmp_path: Path) -> None:
    """The disk with the pictures was not mounted, and the computer believes that all were deleted."""
    (tmp_path / "empty").mkdir()
    assert home.rclone("sync", str(tmp_path / "empty"), "d:") != 0
    left = home.library()
    assert len(left) >= PICTURES - 20
    assert left.items() <= home.before.items()
    home.allow()
    home.rclone("sync", str(tmp_path / "empty"), "d:")
    assert home.library() == {}
    home.undo()
    assert home.library() == home.before
    assert home.rclone("check", str(home.copy), "d:", "--download") == 0


def test_a_full_disk_on_the_computer(home: Home) -> None:
    """A program that downloads what it edits got nothing, or half, and uploads that."""
    for name in home.contents:
        # Nothing at all is a placeholder at the most: over a picture it takes no place.
        home.drive.ask("PUT", f"/{name}", data=b"")
    assert home.library() == home.before
    halves = {name: content[: len(content) // 2] for name, content in home.contents.items()}
    states = [home.drive.ask("PUT", f"/{name}", data=half).status_code for name, half in halves.items()]
    assert 403 in states
    assert set(states) <= {201, 204, 403}
    assert len([state for state in states if state != 403]) <= 20
    home.undo()
    assert home.library() == home.before


def test_a_moved_tree(home: Home) -> None:
    """Somebody moves all folders into a new one, with a program that knows only of copying and deleting."""
    kept = {filename: sha for filename, (sha, _) in home.before.items()}
    for folder in FOLDERS:
        assert home.rclone("copy", str(home.copy / folder), f"d:Old/{folder}") == 0
    home.rclone("purge", "d:Alps")
    now = home.library()
    # What lies in its new place is not lost by leaving its old one, and what was held stays in both.
    assert {filename: sha for filename, (sha, _) in now.items()} == kept
    assert all(any(tag.startswith("/Old/") for tag in tags) for _, tags in now.values())
    home.undo()
    assert home.library() == home.before


def test_everything_is_encrypted(home: Home) -> None:
    """What extortioners do: each file is overwritten, and renamed."""
    states = []
    for name, content in home.contents.items():
        states.append(home.drive.ask("PUT", f"/{name}", data=bytes(255 - byte for byte in content)).status_code)
        if states[-1] < 300:
            target = f"{home.user.server.url}{home.drive.at(f'/{name}.locked')}"
            states.append(home.drive.ask("MOVE", f"/{name}", headers={"Destination": target}).status_code)
    assert states.count(403) >= PICTURES - 20
    untouched = home.library().items() & home.before.items()
    assert len(untouched) >= PICTURES - 20
    home.undo()
    assert home.library() == home.before
    for name, content in list(home.contents.items())[:10]:
        assert home.drive.ask("GET", f"/{name}").content == content


def test_deleting_everything_twice(home: Home) -> None:
    for _ in range(2):
        for path in [*(f"/{name}" for name in home.contents), *(f"/{folder}/" for folder in FOLDERS)]:
            assert home.drive.ask("DELETE", path).status_code in (204, 403, 404)
    assert len(home.library()) >= PICTURES - 20
    home.undo()
    assert home.library() == home.before
