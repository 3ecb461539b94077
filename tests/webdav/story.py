"""A device that does anything to its drive at random, and what should have come of it by the model of folders."""

from __future__ import annotations

import copy
import random
from collections import Counter
from typing import Any, TypeAlias

import requests

from tests.hierarchies.writing.shadow import Shadow
from tests.rig.server import User
from tests.webdav.client import Drive, sha256
from tests.webdav.mkpics import jpeg
from tests.webdav.trouble import shown, tagged, transfer

Step: TypeAlias = tuple[Any, ...]
LABELS = ["A", "B", "C"]
NAMES = ["x.jpg", "y.jpg", "C"]
VERBS = ["put", "move", "copy", "delete", "make_folder", "move_folder", "copy_folder", "delete_folder"]
# What happens to files is drawn more often than what happens to folders, and folders are rather made than taken away.
WEIGHTED = VERBS + 3 * VERBS[:4] + 2 * ["put", "make_folder"]


class Story:
    """One person's drive. A step that got no answer is `doubted`: it may have happened or not.

    `fates` counts what became of such steps, by verb and whether they had happened.
    """

    def __init__(self, user: User, drive: Drive, seed: str, *, contents: int = 8) -> None:
        self.user = user
        self.drive = drive
        self.shadow = Shadow()
        self.doubted: Step | None = None
        self.done = 0
        self.fates: Counter[tuple[str, bool]] = Counter()
        self._dice = random.Random(seed)
        self._contents = [jpeg(3000, f"{seed} {number}") for number in range(contents)]

    def step(self) -> None:
        """Do something that can be done; it must be granted, unless its answer is that it cannot be known."""
        step, after = self._draw()
        try:
            status = self._carry_out(step)
        except requests.RequestException:
            status = 0
        if status in (0, 503):
            self.doubted = step
            return
        assert status in (201, 204), (step, status)
        self.shadow = after
        self.done += 1

    def settle(self) -> None:
        """Find out what became of a step in doubt: all of it, or nothing."""
        self.drive.close()  # its connections are of a server that died
        self.user.close()
        if self.doubted is None:
            return
        after = copy.deepcopy(self.shadow)
        getattr(after, self.doubted[0])(*self.doubted[1:])
        before = tagged(self.shadow.tree())
        found = (shown(self.drive), self._trash())
        choices = [(tagged(each.tree()), _hashes(each.trash())) for each in (self.shadow, after)]
        assert found in choices, (self.doubted, before, found)
        if found != choices[0]:
            self.shadow = after
        self.fates[self.doubted[0], found != choices[0]] += 1
        self.doubted = None

    def require_agreement(self) -> None:
        """The model, the drive and the rest of the API show the same; nothing that ever came is gone."""
        assert self.doubted is None
        assert shown(self.drive) == tagged(self.shadow.tree())
        pictures = self.user.pictures()
        assert {item["sha256"]: _closure(item["tags"]) for item in pictures} == self._places()
        assert self._trash() == _hashes(self.shadow.trash())
        tags = {tag["path"] for tag in self.user.get("/tags", params={"limit": 500}).json()["items"]}
        assert tags == {folder.rstrip("/") for folder in self.shadow.folders - {"/"}}

    def require_all(self) -> None:
        """Every content that was ever taken is a picture's, in the trash or not, or a version's."""
        kept: set[str] = set()
        for item in [*self.user.pictures(), *self.user.pictures(trash=True)]:
            versions = self.user.get(f"/pictures/{item['id']}/versions").json()["items"]
            kept |= {item["sha256"], *(version["sha256"] for version in versions)}
        assert kept >= _hashes(self.shadow.ever)

    def require_bytes(self) -> None:
        """Every file has the bytes that it should have."""
        for path, data in self.shadow.tree().items():
            if data is not None:
                assert self.drive.ask("GET", path).content == data

    def _places(self) -> dict[str, set[str]]:
        """By content, the tags that follow from where it lies."""
        places: dict[str, set[str]] = {}
        for path, node in self.shadow.files.items():
            places.setdefault(sha256(node.data), set()).update(_closure([path.rpartition("/")[0]]))
        return places

    def _trash(self) -> set[str]:
        return {item["sha256"] for item in self.user.pictures(trash=True)}

    def _draw(self) -> tuple[Step, Shadow]:
        while True:
            step = self._proposal()
            after = copy.deepcopy(self.shadow)
            # Onto itself nothing is copied; the model does not mind.
            if step[1] not in step[2:] and getattr(after, step[0])(*step[1:]):
                return step, after

    def _proposal(self) -> Step:
        choose, shadow = self._dice.choice, self.shadow
        verb = choose(WEIGHTED)
        folders = sorted(each.removesuffix("/") for each in shadow.folders - {"/"}) or ["/None"]
        files = sorted(shadow.files) or ["/none.jpg"]
        parents = sorted(each for each in shadow.folders if each.count("/") < 5)
        match verb:
            case "put":
                return verb, choose(parents) + choose(NAMES), choose(self._contents)
            case "move" | "copy":
                return verb, choose(files), choose(parents) + choose(NAMES)
            case "delete":
                return verb, choose(files)
            case "make_folder":
                return verb, choose(parents) + choose(LABELS)
            case "move_folder" | "copy_folder":
                return verb, choose(folders), choose(parents) + choose(LABELS)
            case _:
                return verb, choose(folders)

    def _carry_out(self, step: Step) -> int:
        verb, path, *rest = step
        match verb:
            case "put":
                return self.drive.ask("PUT", path, data=rest[0]).status_code
            case "move" | "copy":
                return transfer(self.drive, verb.upper(), path, rest[0])
            case "delete":
                return self.drive.ask("DELETE", path).status_code
            case "make_folder":
                return self.drive.ask("MKCOL", path + "/").status_code
            case "move_folder" | "copy_folder":
                return transfer(self.drive, verb[:4].upper(), path + "/", rest[0] + "/")
            case _:
                return self.drive.ask("DELETE", path + "/").status_code


def _hashes(contents: set[bytes]) -> set[str]:
    return {sha256(content) for content in contents}


def _closure(paths: list[str]) -> set[str]:
    """Tags and all above them."""
    found: set[str] = set()
    for path in paths:
        while path:
            found.add(path)
            path = path.rpartition("/")[0]
    return found
