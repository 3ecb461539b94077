"""Many devices at once on the same few names: every request is answered as if they came one after another."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.rig.server import User
from tests.webdav.client import Drive, etag, open_drive
from tests.webdav.mkpics import jpeg

FOLDERS = ("/A/", "/B/", "/A/C/", "/D/")
NAMES = ("one.jpg", "two.jpg", "three.tmp", ".DS_Store")
CONTENTS = [jpeg(3_000, f"parallel {number}") for number in range(6)]
WORKERS, STEPS = 5, 25


def step(drive: Drive, dice: random.Random) -> tuple[str, int]:
    """One request of some kind to some place; what it was and its status."""
    path = dice.choice(FOLDERS) + dice.choice(NAMES)
    other = dice.choice(FOLDERS) + dice.choice(NAMES)
    kind = dice.choice(
        ["PUT", "PUT", "PUT", "MOVE", "COPY", "DELETE", "MKCOL", "MOVE folder", "DELETE folder", "PROPFIND"]
    )
    match kind:
        case "PUT":
            answer = drive.ask("PUT", path, data=dice.choice([*CONTENTS, b""]))
        case "MOVE" | "COPY":
            answer = drive.ask(kind, path, headers={"Destination": drive.at(other)})
        case "DELETE":
            answer = drive.ask("DELETE", path)
        case "MKCOL":
            answer = drive.ask("MKCOL", dice.choice(FOLDERS))
        case "MOVE folder":
            answer = drive.ask("MOVE", "/A/", headers={"Destination": drive.at("/D/")})
        case "DELETE folder":
            answer = drive.ask("DELETE", dice.choice(FOLDERS))
        case _:
            answer = drive.ask("PROPFIND", dice.choice(FOLDERS), headers={"Depth": "1"})
    return kind, answer.status_code


def test_no_crowd_gets_a_server_error_or_loses_a_picture(user: User) -> None:
    drive = open_drive(user)
    for folder in FOLDERS[:3]:
        assert drive.ask("MKCOL", folder).status_code == 201

    def work(number: int) -> Counter[tuple[str, int]]:
        dice = random.Random(number)
        mine = Drive(drive.server, drive.username, drive.token)
        return Counter(step(mine, dice) for _ in range(STEPS))

    with ThreadPoolExecutor(WORKERS) as pool:
        answers = sum(pool.map(work, range(WORKERS)), Counter[tuple[str, int]]())
    assert not [answer for answer in answers if answer[1] >= 500], answers
    assert any(kind == "PUT" and status == 201 for kind, status in answers)

    for path, entry in drive.list("/", depth="infinity").items():
        if entry.is_folder:
            continue
        got = drive.ask("GET", path)
        assert got.status_code == 200
        assert (got.headers["etag"], str(len(got.content))) == (entry.text("getetag"), entry.text("getcontentlength"))
        assert got.headers["etag"] == etag(got.content)
