"""The server may die at any moment while messages come in: what was accepted has its effect, and has it once."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Sequence, Set
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from federation.signatures.models import Kind
from tests.e2e.test_kill import wait_for_answer
from tests.federation.inbox.letters import AS, Letter, Persona, send
from tests.federation.outbound.wild import document, wild_server
from tests.rig.server import Server, User

ROUNDS = 8
MESSAGES_A_ROUND = 40
ACTORS = 32
ALICE = "https://a.test/users/alice"
# A lease of a process that died, and the time that is needed after it.
SETTLED_WITHIN = 180.0


def report(sender: Persona, number: int) -> Letter:
    """A report about alice. Each makes a row of its own, so that one that is processed twice is seen."""
    flag = {
        "@context": AS,
        "id": f"{sender.uri}/flags/{number}",
        "type": "Flag",
        "actor": sender.uri,
        "object": [ALICE],
        "content": f"message {number}",
    }
    return Letter(sender, random.choice(list(Kind)), flag, path="/inbox")


async def try_to_send(server: Server, letter: Letter) -> bool:
    """Whether the inbox says that it has it."""
    letter.created = None
    try:
        return (await send(server.url, letter.seal())).status == 202
    except (OSError, EOFError, TimeoutError, ValueError):
        return False


def kill_something(server: Server, kind: str) -> None:
    """Kill the server, its database, or one of the database's connections."""
    found = [server.pid]
    if kind != "server":
        every = [process for process in server.processes() if process.name().startswith("postgres")]
        found = [process.pid for process in (every[:1] if kind == "database" else every[1:])]
    if found:
        try:
            os.kill(random.choice(found), signal.SIGKILL)
        except (ProcessLookupError, psutil.NoSuchProcess):
            pass
    if kind == "server" and server.process is not None:
        server.process.wait(60)
        server.start()
    wait_for_answer(server)


async def one_round(server: Server, letters: Sequence[Letter], kind: str) -> set[str]:
    """Send while something dies; what was accepted."""
    sending = [asyncio.create_task(try_to_send(server, letter)) for letter in letters]
    await asyncio.sleep(random.uniform(0.0, 0.6))
    await asyncio.to_thread(kill_something, server, kind)
    answers = await asyncio.gather(*sending)
    return {letter.activity["content"] for letter, taken in zip(letters, answers, strict=True) if taken}


def comments(admin: User) -> Counter[str]:
    """How often each message has had its effect."""
    found: Counter[str] = Counter()
    cursor: dict[str, Any] = {}
    while True:
        answer = admin.get("/admin/reports", params={"limit": 200, **cursor})
        if answer.status_code == 503:
            # The last one who died may have been the database's.
            time.sleep(0.2)
            continue
        page = answer.json()
        found.update(item["comment"] for item in page["items"])
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


async def until_settled(admin: User, wanted: Set[str]) -> Counter[str]:
    """The effects, once all of these are there or have had their time, and a moment later still."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLED_WITHIN):
            while not wanted <= (await asyncio.to_thread(comments, admin)).keys():
                await asyncio.sleep(0.5)
    await asyncio.sleep(3)
    return await asyncio.to_thread(comments, admin)


async def test_a_message_that_was_accepted_has_its_effect_once(tmp_path: Path) -> None:
    seed = random.randrange(1 << 30)
    print(f"seed {seed}")
    random.seed(seed)
    people = [Persona.make(f"https://b.test/users/u{number}", number % 3) for number in range(ACTORS)]
    async with wild_server() as wild:
        for person in people:
            wild.paths[person.path] = document(person.document())
        env = {
            "ARCHYPIX_DOMAIN": "a.test",
            "ARCHYPIX_FEDERATION_HOST_MAP": f"b.test={wild.url}",
            "ARCHYPIX_FEDERATION_ALLOW_LOOPBACK": "1",
            # Leases of those who died end after six seconds instead of thirty.
            "ARCHYPIX_FEDERATION_TIME_SCALE": "0.2",
        }
        server = Server(tmp_path / "data", env=env, arguments=("--no-workers",))
        await asyncio.to_thread(server.start)
        try:
            await play(server, people)
            await asyncio.to_thread(server.stop)
        finally:
            server.kill()


async def play(server: Server, people: Sequence[Persona]) -> None:
    """Rounds of killing; afterwards what was not accepted is sent again, as its sender would, and all is counted."""
    await asyncio.to_thread(server.create_user, "alice")
    admin = await asyncio.to_thread(server.create_user, "admin", "--admin")
    total = ROUNDS * MESSAGES_A_ROUND
    letters = [report(people[number % len(people)], number) for number in range(total)]
    accepted: set[str] = set()
    for number in range(ROUNDS):
        batch = letters[number * MESSAGES_A_ROUND : (number + 1) * MESSAGES_A_ROUND]
        accepted |= await one_round(server, batch, ("server", "database", "server", "backend")[number % 4])
    print(f"{len(accepted)} of {total} accepted while something was killed")
    messages = [letter.activity["content"] for letter in letters]
    early = await until_settled(admin, accepted)
    for said in messages:
        assert early[said] <= 1, f"{said} had its effect {early[said]} times"
        assert early[said] == 1 or said not in accepted, f"{said} was accepted and is lost"
    for letter in letters:
        assert await try_to_send(server, letter), server.log[-20:]
    assert await until_settled(admin, set(messages)) == Counter(messages)
