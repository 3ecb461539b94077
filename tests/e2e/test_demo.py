"""`archypix demo`: three servers and a tour, of which every line works as it is printed."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import requests

from tests.rig.server import environment

ENDS = "Ctrl-C ends it."
USABLE_WITHIN = 180.0


class Demo:
    """A running demonstration."""

    def __init__(self, data: Path) -> None:
        words = [sys.executable, "-m", "archypix.cli", "demo", "--port", "0", "--data", str(data)]
        self.process = subprocess.Popen(
            words, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.lines: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if ENDS in line:
                break
        self.below = [child.pid for child in psutil.Process(self.process.pid).children(recursive=True)]

    def line(self, *words: str) -> str:
        """The only line to paste that has all of these in it."""
        (found,) = [line for line in self.lines if all(word in line for word in words)]
        return found

    def tokens(self) -> dict[str, str]:
        """The variables of the tour."""
        return dict(line.split("=", 1) for line in self.lines if re.match(r"(ALICE|BOB|CAROL)=", line))

    def paste(self, line: str) -> str:
        """What a shell says to a line."""
        done = subprocess.run(
            ["bash", "-c", line],
            env=environment(self.tokens()),
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return done.stdout

    def stop(self) -> None:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(90) == 0
        end = time.monotonic() + 60
        while left := [pid for pid in self.below if psutil.pid_exists(pid)]:
            assert time.monotonic() < end, f"still there: {left}"
            time.sleep(0.1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where it all lies."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(data: Path) -> Iterator[Demo]:
    """One for all."""
    made = Demo(data)
    assert made.lines[-1] == ENDS, "\n".join(made.lines)
    yield made
    made.stop()


def eventually(look: Callable[[], bool], *, within: float = 90.0) -> None:
    """Until it holds."""
    end = time.monotonic() + within
    while not look():
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.mark.program("curl")
@pytest.mark.program("bash")
def test_the_tour(demo: Demo, data: Path, tmp_path: Path) -> None:
    assert set(demo.tokens()) == {"ALICE", "BOB", "CAROL"}
    at_bob = json.loads(demo.paste(demo.line("$BOB", "?tag=/SharedToMe'")))["items"]
    assert {item["owner"] for item in at_bob} == {"@alice:a.localhost"}
    at_carol = json.loads(demo.paste(demo.line("$CAROL", "?tag=/SharedToMe'")))["items"]
    assert {item["owner"] for item in at_carol} == {"@alice:a.localhost", "@bob:b.localhost"}
    status, place = demo.paste(first(demo, "$CAROL", "%{redirect_url}")).split()
    assert status == "302"
    assert place.startswith("http://a.localhost:")
    demo.paste(f"cd {tmp_path} && " + demo.line("alps.jpg"))
    assert (tmp_path / "alps.jpg").read_bytes()[:3] == b"\xff\xd8\xff"
    holders = json.loads(demo.paste(demo.line("/holders")))["items"]
    assert {item["actor"] for item in holders} == {"@bob@b.localhost", "@carol@c.localhost"}
    one = demo.line("YOUR.jpg'" if "YOUR.jpg'" in demo.line("-F file=@YOUR.jpg") else "-F file=@YOUR.jpg")
    own = tmp_path / "alps.jpg"
    own.write_bytes(own.read_bytes() + b"\0" * 7)
    assert json.loads(demo.paste(one.replace("YOUR.jpg", str(own))))["state"]
    listing = demo.line("$BOB", "?tag=/SharedToMe'")
    eventually(lambda: len(json.loads(demo.paste(listing))["items"]) == len(at_bob) + 1)
    assert json.loads(demo.paste(demo.line("share_back_of")))["state"] in ("pending", "active")
    page = demo.line("/l/").strip()
    assert requests.get(re.sub(r"//a\.localhost", "//127.0.0.1", page), timeout=60).status_code == 200
    demo.paste(demo.line("/revoke"))
    eventually(lambda: demo.paste(first(demo, "$CAROL", "%{redirect_url}")).split()[0] != "302")


def first(demo: Demo, *words: str) -> str:
    """The first of the lines that have all of these in them."""
    return next(line for line in demo.lines if all(word in line for word in words))


def own_pictures(demo: Demo) -> int:
    """How many alice has."""
    line = demo.line("$BOB", "?tag=/SharedToMe'").replace("$BOB", "$ALICE").replace("?tag=/SharedToMe", "?q=is:owned")
    return len(json.loads(demo.paste(line.replace(port_of(demo, "b"), port_of(demo, "a"))))["items"])


def port_of(demo: Demo, letter: str) -> str:
    """`:8001`."""
    return re.search(rf"http://{letter}\.localhost(:\d+)", "\n".join(demo.lines))[1]  # type: ignore[index]


def test_it_can_be_stopped_and_shown_again(demo: Demo, data: Path) -> None:
    before = own_pictures(demo)
    demo.stop()
    again = Demo(data)
    try:
        assert again.lines[-1] == ENDS, "\n".join(again.lines)
        assert own_pictures(again) == before
    finally:
        demo.process, demo.below = again.process, again.below


def test_a_server_is_not_made_a_demonstration_of(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    words = [sys.executable, "-m", "archypix.cli", "demo", "--data", str(tmp_path)]
    done = subprocess.run(words, env=environment(), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "data directory of a server" in done.stderr
