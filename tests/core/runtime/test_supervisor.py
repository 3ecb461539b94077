"""The supervisor: children run again when they die, speak through the log, and end within the time given."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from signal import SIGKILL, SIGTERM

import pytest
import pytest_asyncio

from archypix.core.errors import StartupError
from archypix.core.runtime.processes import Command, launch
from archypix.core.runtime.supervisor import Child, ChildState, Supervisor
from tests.core.runtime.conftest import ROOT, is_alive, wait_until

SLEEPER = Command(["sleep", "600"])
STUBBORN = Command(["sh", "-c", "trap '' TERM INT; echo up; while :; do sleep 1; done"])
POLITE = Command(["sh", "-c", "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.02; done"])


@pytest_asyncio.fixture
async def supervisor() -> AsyncIterator[Supervisor]:
    async with Supervisor() as supervisor:
        yield supervisor


async def eventually(holds: object, within: float = 60.0) -> float:
    """Seconds until the callable `holds` is true, with the event loop running meanwhile."""
    assert callable(holds)
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < within
        await asyncio.sleep(0.005)
    return time.monotonic() - began


async def test_a_child_that_dies_runs_again_soon(supervisor: Supervisor) -> None:
    await supervisor.start(Child("sleeper", SLEEPER))
    (state,) = supervisor.children()
    first = state.pid
    assert first is not None
    os.kill(first, SIGKILL)
    assert await eventually(lambda: state.pid not in (None, first)) < 30
    await eventually(lambda: state.ready)
    assert state.restarts == 1


async def test_one_that_keeps_dying_is_started_ever_more_rarely(
    supervisor: Supervisor, caplog: pytest.LogCaptureFixture
) -> None:
    await supervisor.start(Child("hasty", Command(["sh", "-c", "exit 3"])))
    said = "hasty ended with status 3; starting it again in "
    await eventually(lambda: f"{said}0.4 s" in caplog.text)
    waits = [message.removeprefix(said) for message in caplog.messages if message.startswith(said)]
    assert waits[:3] == ["0.1 s", "0.2 s", "0.4 s"]


async def test_lines_go_to_the_log_under_the_childs_name_and_are_bounded(
    supervisor: Supervisor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    script = (
        "echo one; echo two >&2; printf three; head -c 1000000 /dev/zero | tr '\\0' x; echo; echo \xff; exec sleep 60"
    )
    levels = {"one": logging.ERROR}
    child = Child("talker", Command(["sh", "-c", script]), level=lambda line: levels.get(line, logging.INFO))
    await supervisor.start(child)
    mine = [record for record in caplog.records if record.name == "archypix.child.talker"]
    await eventually(lambda: len([r for r in caplog.records if r.name == "archypix.child.talker"]) == 4)
    mine = [record for record in caplog.records if record.name == "archypix.child.talker"]
    assert [record.getMessage()[:5] for record in mine] == ["one", "two", "three", "\xff"]
    assert [record.levelname for record in mine] == ["ERROR", "INFO", "INFO", "INFO"]
    assert max(len(record.getMessage()) for record in mine) == 8192


async def test_a_start_that_fails_is_explained_and_ends_those_beside_it(supervisor: Supervisor) -> None:
    async def never() -> None:
        await asyncio.sleep(600)

    failing = Child("failing", Command(["sh", "-c", "echo no fuel; exit 1"]), ready=never, attempts=2)
    with pytest.raises(StartupError, match="failing did not start: no fuel"):
        await supervisor.start(Child("sleeper", SLEEPER), failing)
    assert supervisor.children() == []


async def test_a_program_that_is_missing_is_named(supervisor: Supervisor) -> None:
    with pytest.raises(StartupError, match="gone did not start: /no/such/program: No such file or directory"):
        await supervisor.start(Child("gone", Command(["/no/such/program"])))


async def test_one_that_is_never_ready_is_given_up(supervisor: Supervisor) -> None:
    async def never() -> None:
        await asyncio.sleep(600)

    with pytest.raises(StartupError, match=r"mute did not start: it was not ready after 0 seconds"):
        await supervisor.start(Child("mute", SLEEPER, ready=never, start_within=0.2))


@pytest.mark.parametrize("attempts", [1, 2])
async def test_a_probe_that_says_no_ends_the_child_and_is_quoted(supervisor: Supervisor, attempts: int) -> None:
    pids: list[int | None] = []

    async def refuse() -> None:
        pids.append(supervisor.children()[0].pid)
        raise StartupError("It is deaf.")

    with pytest.raises(StartupError, match=r"deaf one did not start: It is deaf\."):
        await supervisor.start(Child("deaf one", SLEEPER, ready=refuse, attempts=attempts))
    assert len(pids) == attempts
    assert not any(is_alive(pid or 0) for pid in pids)


async def test_a_failed_start_is_repaired_before_the_next_try(supervisor: Supervisor, tmp_path: Path) -> None:
    heard: list[str] = []
    marker = tmp_path / "ready"

    async def ready() -> None:
        while not marker.exists():
            await asyncio.sleep(0.01)

    async def repair(lines: Sequence[str]) -> None:
        heard.extend(lines)
        marker.touch()

    script = f'test -e "{marker}" && exec sleep 60; echo broken; exit 1'
    await supervisor.start(Child("patient", Command(["sh", "-c", script]), ready=ready, repair=repair, attempts=2))
    assert heard == ["broken"]


async def test_stop_ends_stubborn_children_in_time_and_leaves_some_of_it_to_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    given: dict[str, float] = {}

    class Noting(Supervisor):
        async def _end(self, state: ChildState, within: float) -> None:
            given[state.name] = within
            await super()._end(state, within)

    supervisor = Noting()
    await supervisor.start(Child("base", POLITE))
    await supervisor.start(Child("stubborn", STUBBORN), Child("polite", POLITE))
    await eventually(lambda: caplog.messages.count("up") == 3)
    pids = [state.pid for state in supervisor.children()]
    began = time.monotonic()
    await supervisor.stop(within=2.0)
    assert time.monotonic() - began < 30
    assert not any(is_alive(pid) for pid in pids if pid)
    assert list(given)[-1] == "base"
    assert given["stubborn"] == given["polite"] <= 1.0


async def test_stop_ends_later_groups_first_and_waits_for_the_polite(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    supervisor = Supervisor()
    await supervisor.start(Child("base", POLITE))
    await supervisor.start(Child("polite", POLITE))
    await eventually(lambda: caplog.messages.count("up") == 2)
    await supervisor.stop(within=120)
    ends = [record.name for record in caplog.records if record.getMessage() == "bye"]
    assert ends == ["archypix.child.polite", "archypix.child.base"]


async def test_stop_wins_over_a_child_that_keeps_dying() -> None:
    supervisor = Supervisor()
    await supervisor.start(Child("hasty", Command(["false"])))
    await asyncio.sleep(0.15)
    await supervisor.stop(within=1.0)
    await asyncio.sleep(0.5)
    assert supervisor.children() == []


async def test_what_a_child_started_ends_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    process = launch(Command(["sh", "-c", f'sleep 600 & echo $! > "{note}"; wait']), print)
    await eventually(lambda: note.exists() and note.read_text().strip() != "")
    grandchild = int(note.read_text())
    process.send(SIGKILL)
    assert await process.wait() == -SIGKILL
    await eventually(lambda: not is_alive(grandchild))


async def test_a_grandchild_that_holds_the_output_open_delays_nothing() -> None:
    lines: list[str] = []
    # The child dies by the hand of its grandchild, which by then has a session of its own.
    process = launch(Command(["sh", "-c", "setsid sh -c 'echo $$; kill -9 '$$'; exec sleep 600' & wait"]), lines.append)
    assert await process.wait() == -SIGKILL
    (grandchild,) = lines
    assert is_alive(int(grandchild))
    os.kill(int(grandchild), SIGKILL)


async def test_the_loop_goes_on_while_a_child_floods_its_output(supervisor: Supervisor) -> None:
    await supervisor.start(Child("flood", Command(["yes"]), level=lambda line: logging.DEBUG))
    longest, last = 0.0, time.thread_time()
    for _ in range(20):
        await asyncio.sleep(0.01)
        longest, last = max(longest, time.thread_time() - last), time.thread_time()
    # A loop that had to write all that the child says would be busy for as long as that.
    assert longest < 2


async def test_without_pidfds_an_end_is_noticed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "pidfd_open")
    process = launch(Command(["sh", "-c", "exit 7"]), print)
    assert await asyncio.wait_for(process.wait(), 60) == 7


@pytest.mark.parametrize("number", [SIGTERM, SIGKILL])
def test_children_die_with_the_server(tmp_path: Path, number: signal.Signals) -> None:
    script = (
        "import asyncio\n"
        "from archypix.core.runtime.supervisor import Child, Command, Supervisor\n"
        "async def main():\n"
        "    supervisor = Supervisor()\n"
        "    await supervisor.start(Child('a', Command(['sleep', '600'])), Child('b', Command(['sleep', '600'])))\n"
        "    print(*[state.pid for state in supervisor.children()], flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(main())"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert parent.stdout is not None
    pids = [int(word) for word in parent.stdout.readline().split()]
    assert all(is_alive(pid) for pid in pids)
    parent.send_signal(number)
    parent.wait()
    wait_until(lambda: not any(is_alive(pid) for pid in pids), within=30)


async def test_ctrl_c_reaches_only_the_server(supervisor: Supervisor) -> None:
    await supervisor.start(Child("sleeper", SLEEPER))
    (state,) = supervisor.children()
    assert state.pid is not None
    assert os.getsid(state.pid) != os.getsid(0)
    with contextlib.suppress(ProcessLookupError):
        assert os.getpgid(state.pid) == state.pid


async def test_a_program_that_ends_without_reading_what_it_is_told_is_no_error() -> None:
    for _ in range(20):
        process = launch(Command(["/bin/true"], stdin=b"y\n"), lambda line: None)
        assert await process.wait() == 0
