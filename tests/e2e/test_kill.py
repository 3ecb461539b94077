"""Any process may die at any moment of an import: nothing is lost, doubled or miscounted."""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from tests.e2e.conftest import make_photos
from tests.e2e.test_import import table
from tests.rig import commands
from tests.rig.server import Server, User, archypix, environment

ROUNDS = 26
PICTURES_A_ROUND = 10
VICTIMS = ("server", "worker", "decoder", "database", "backend", "cache", "import")


def victim(server: Server, kind: str, importer: commands.Process) -> int | None:
    """The process id to kill, or None when there is none of that kind at this moment."""
    if kind == "server":
        return server.pid
    if kind == "import":
        return importer.pid
    if kind == "worker":
        found = [process for process in server.processes() if "worker" in process.cmdline()]
    elif kind == "decoder":
        found = [child for worker in server.find("worker") for child in worker.children(recursive=True)]
    elif kind == "database":
        found = [process for process in server.processes() if process.name() == "postgres"][:1]
    elif kind == "backend":
        found = [process for process in server.processes() if process.name().startswith("postgres")][1:]
    else:
        found = [process for process in server.processes() if "valkey" in process.name()]
    return random.choice(found).pid if found else None


def start_import(folder: Path, user: User, data: Path) -> commands.Process:
    words = ["import", str(folder), "--user", user.name, "--tag", "/Kill", "--data", str(data)]
    return commands.start(words, env=environment(), log=(folder.parent / "import.log").open("ab"))


def folders(inside: Path) -> Iterator[Path]:
    """Folders of `PICTURES_A_ROUND` pictures that nobody has seen, without end; the pictures of many made at once."""
    for number in itertools.count():
        count = PICTURES_A_ROUND * ROUNDS
        made = sorted(make_photos(inside / f"made{number}", count=count, seed=1000 + number, size="240x180").iterdir())
        for first in range(0, count, PICTURES_A_ROUND):
            folder = inside / f"in{number}-{first}"
            folder.mkdir()
            for path in made[first : first + PICTURES_A_ROUND]:
                path.rename(folder / f"{number}-{path.name}")
            yield folder


def wait_for_answer(server: Server) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            if requests.get(f"{server.url}/readyz", timeout=10).status_code == 200:
                return
        except requests.RequestException:
            pass
        assert time.monotonic() < deadline, "the server does not recover:\n" + "\n".join(server.log[-40:])
        time.sleep(0.1)


def one_round(server: Server, alice: User, folder: Path, kind: str, after: float) -> bool:
    """Import, kill one process after so many seconds, repair, import again; whether anything was killed."""
    importer = start_import(folder, alice, server.data)
    time.sleep(after)
    try:
        identifier = victim(server, kind, importer)
    except psutil.NoSuchProcess:
        identifier = None
    if identifier is not None:
        try:
            os.kill(identifier, signal.SIGKILL)
        except ProcessLookupError:
            identifier = None
    if kind == "server" and server.process is not None:
        server.process.wait(60)
        server.start()
    importer.wait(300)
    wait_for_answer(server)
    again = archypix("import", str(folder), "--user", alice.name, "--tag", "/Kill", data=server.data)
    assert again.returncode == 0, f"after killing {kind}:\n{again.stdout}{again.stderr}" + "\n".join(server.log[-40:])
    counts = table(again.stdout)
    assert counts["new"] + counts["known"] == PICTURES_A_ROUND
    return identifier is not None


@pytest.mark.long
def test_an_import_survives_the_death_of_any_process(tmp_path: Path) -> None:
    seed = random.randrange(1 << 30)
    print(f"seed {seed}")
    random.seed(seed)
    server = Server(tmp_path / "data", arguments=("--workers", "2")).start()
    try:
        kills, number, sent = kill_and_repeat(server, tmp_path)
        server.stop()
    finally:
        server.kill()
    checked = archypix("doctor", "--deep", "--json", data=server.data)
    report = json.loads(checked.stdout)
    assert checked.returncode == 0, report
    print(f"{kills} kills in {number} rounds, {sent} pictures, doctor finds nothing")


def kill_and_repeat(server: Server, tmp_path: Path) -> tuple[int, int, int]:
    """Kills, rounds and pictures, after every picture was found to be there once and whole."""
    alice = server.create_user("alice")
    sent: dict[str, bytes] = {}
    kills = 0
    number = 0
    fresh = folders(tmp_path)
    while kills < ROUNDS:
        number += 1
        assert number < 3 * ROUNDS, "hardly anything could be killed"
        folder = next(fresh)
        sent |= {path.name: path.read_bytes() for path in folder.iterdir()}
        kills += one_round(server, alice, folder, VICTIMS[number % len(VICTIMS)], random.uniform(0.05, 1.0))
        # What the dead had in hand is taken up again; the import itself waits only for what it brought.
        alice.wait_ready()
        listed = alice.pictures()
        assert len(listed) == number * PICTURES_A_ROUND
        assert {item["state"] for item in listed} == {"ready"}
    for item in alice.pictures():
        content = alice.get(f"/pictures/{item['id']}/file", params={"variant": "original"}).content
        assert content == sent[item["filename"]]
    (tag,) = alice.get("/tags").json()["items"]
    assert (tag["count"], tag["total"]) == (len(sent), len(sent))
    usage = alice.get("/account/usage").json()
    assert usage["originals"] == sum(map(len, sent.values()))
    return kills, number, len(sent)
