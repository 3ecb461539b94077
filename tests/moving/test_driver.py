"""The Resolver's part: each step as often as it takes, the directory in the middle, and all taken back before."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from archypix.core.database import Database, migrate
from archypix.core.errors import ArchypixError, Conflict, NotFound, Unavailable
from resolver.backends.service import Backends
from resolver.moving.driver import Driver
from resolver.moving.models import Move
from resolver.moving.service import Moves
from resolver.names.service import Names
from tests.federation.sharing.houses import House
from tests.moving.houses import Backend, Source, Street
from tests.moving.life import somebody

STEPS = ("announce", "begin", "status", "hold", "take", "activate", "depart")


class Killed(BaseException):
    """The Resolver dies."""


@dataclass
class Post:
    """Carries the Resolver's questions to two backends of this process, and loses what a test wants lost."""

    street: Street
    killed_before: str = ""
    killed_after: str = ""
    asked: list[str] = field(default_factory=list)

    def backend(self, origin: str) -> Backend:
        return next(each for each in (self.street.old, self.street.new) if each.origin == origin)

    async def ask(
        self, origin: str, method: str, path: str, payload: dict[str, Any], *, seconds: float
    ) -> tuple[int, dict[str, Any]]:
        """`Asker.ask`."""
        assert (method, seconds > 0) == ("POST", True)
        word = self._word(path)
        self.asked.append(word)
        if word == self.killed_before:
            self.killed_before = ""
            raise Killed
        try:
            said = await self._carry(self.backend(origin), path.split("/")[4:], payload)
        except ArchypixError as error:
            status = {NotFound: 404, Conflict: 409, Unavailable: 503}.get(type(error), 422)
            return status, {"detail": error.detail}
        if word == self.killed_after:
            self.killed_after = ""
            raise Killed
        return 200, said.as_json()

    @staticmethod
    def _word(path: str) -> str:
        *_, room, last = path.split("/")
        return {"departures": "announce", "moves": "begin"}.get(last, last) if room == "domain" else last

    @staticmethod
    async def _carry(backend: Backend, words: list[str], payload: dict[str, Any]) -> Any:
        match words:
            case ["departures"]:
                move = UUID(payload["move"])
                return await backend.departures.announce(move, payload["name"], payload["to"], payload["key"])
            case ["moves"]:
                return await backend.arrivals.begin(UUID(payload["move"]), payload["name"], payload["from"])
            case ["departures", move, step]:
                return await getattr(backend.departures, step)(UUID(move))
            case _:
                return await getattr(backend.arrivals, words[2])(UUID(words[1]))


@dataclass
class Office:
    """A Resolver's database, and what works on it."""

    database: Database
    street: Street
    moves: Moves
    names: Names

    async def person(self, name: str) -> None:
        """Somebody whom the directory knows at the old backend."""
        async with self.database.transaction() as connection:
            await connection.execute("INSERT INTO names (name, backend_id) SELECT $1, min(id) FROM backends", name)

    async def lives_at(self, name: str) -> str:
        async with self.database.connection() as connection:
            found: str = await connection.fetchval(
                "SELECT origin FROM names n JOIN backends b ON b.id = n.backend_id WHERE name = $1", name
            )
        return found

    async def go_on(self, move: Move, post: Post, *, until: str = "") -> Move:
        """Take steps, beside those of the new backend, until the move is over or in this state."""
        driver = Driver(self.database, self.names, post.ask, scale=0.0)
        loop = self.street.new.loop(Source(self.street.old))
        for _ in range(60):
            await self._hasten(move)
            await driver.step()
            await loop.step()
            move = await self.moves.get(move.id)
            if move.state in ("done", "cancelled", "failed", until):
                return move
        raise AssertionError(move)

    async def _hasten(self, move: Move) -> None:
        async with self.database.connection() as connection:
            await connection.execute("UPDATE moves SET next_attempt_at = now() WHERE id = $1", move.id)
        await self.street.new.site.sql("UPDATE arrivals SET next_attempt_at = now() WHERE move = $1", move.id)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(_admin: asyncpg.Connection, postgres_url: str, street: Street) -> AsyncIterator[Office]:
    """A Resolver that knows both backends."""
    name = f"office_{os.getpid()}_{uuid4().hex[:8]}"
    await _admin.execute(f"CREATE DATABASE {name} OWNER archypix STRATEGY file_copy")
    url = urlunsplit(urlsplit(postgres_url)._replace(netloc="archypix@", path=f"/{name}"))
    await migrate(url, "resolver")
    database = await Database.open(url, size=4)
    async with database.transaction() as connection:
        for origin in (street.old.origin, street.new.origin):
            await connection.execute(
                "INSERT INTO backends (origin, state, pinned, presented, fingerprint, admitted_at, heard_at)"
                " VALUES ($1, 'admitted', 'key', 'key', 'print', now(), now())",
                origin,
            )
    backends, names = Backends(database, heartbeat_seconds=600), Names(database)
    await backends.load()
    yield Office(database, street, Moves(database, backends, names), names)
    await database.close()
    await _admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def test_a_whole_move(street: Street, office: Office) -> None:
    alice = await House(street.old.site).person("whole")
    picture = await alice.add("/Alps")
    await office.person("whole")
    move = await office.moves.start("whole", street.new.origin)
    assert (move.state, move.source, move.target) == ("announced", street.old.origin, street.new.origin)
    with pytest.raises(Conflict):
        await office.moves.start("whole", street.new.origin)
    done = await office.go_on(move, Post(street))
    assert (done.state, done.progress.blobs_done, done.error) == ("done", 1, None)
    assert await office.lives_at("whole") == street.new.origin
    assert (await somebody(street.new, alice).get("/pictures"))["items"][0]["id"] == picture
    assert move.id in [one.id for one in await office.moves.page(None, 5)]
    with pytest.raises(Conflict):
        await office.moves.cancel(move.id)
    with pytest.raises(Conflict):
        await office.moves.start("whole", street.new.origin)


@pytest.mark.parametrize("after", [False, True])
async def test_killed_at_each_step(street: Street, office: Office, after: bool) -> None:
    """A Resolver that dies at every step in turn, before a backend heard of it or after, brings the move to its end."""
    name = f"mortal_{int(after)}"
    alice = await House(street.old.site).person(name)
    picture = await alice.add("/Alps")
    await office.person(name)
    move = await office.moves.start(name, street.new.origin)
    for step in STEPS:
        post = Post(street, killed_after=step) if after else Post(street, killed_before=step)
        with pytest.raises(Killed):
            await office.go_on(move, post)
    assert (await office.go_on(move, Post(street))).state == "done"
    assert (await somebody(street.new, alice).get("/pictures"))["items"][0]["id"] == picture
    assert await street.new.site.findings() == []
    assert await street.old.site.findings() == []


@pytest.mark.parametrize("state", ["announced", "copying", "holding", "taking", "switching"])
async def test_taken_back_at_each_step(street: Street, office: Office, state: str) -> None:
    name = f"back_{state}"
    alice = await House(street.old.site).person(name)
    picture = await alice.add("/Alps")
    await office.person(name)
    move = await office.moves.start(name, street.new.origin)
    if state != "announced":
        await office.go_on(move, Post(street), until=state)
    assert (await office.moves.cancel(move.id)).state == "cancelling"
    post = Post(street, killed_after="drop")
    if state != "announced":
        with pytest.raises(Killed):
            await office.go_on(move, post)
    assert (await office.go_on(move, Post(street))).state == "cancelled"
    assert await office.lives_at(name) == street.old.origin
    await alice.send("PATCH", f"/pictures/{picture}", {"title": "Here"})
    await street.new.loop(Source(street.old)).tidy()
    await street.new.site.settle()
    assert await street.new.site.findings() == []


async def test_what_cannot_be_is_taken_back(street: Street, office: Office) -> None:
    """A name that the new backend has already: the person stays, and may work."""
    alice = await House(street.old.site).person("double")
    await House(street.new.site).person("double")
    await office.person("double")
    move = await office.go_on(await office.moves.start("double", street.new.origin), Post(street))
    assert move.state == "failed"
    assert "double" in (move.error or "")
    await alice.add("/Alps")


async def test_whom_and_where(street: Street, office: Office) -> None:
    with pytest.raises(NotFound):
        await office.moves.start("nobody", street.new.origin)
    await office.person("somebody")
    with pytest.raises(NotFound):
        await office.moves.start("somebody", "https://elsewhere.test")
    with pytest.raises(Conflict):
        await office.moves.start("somebody", street.old.origin)
    with pytest.raises(NotFound):
        await office.moves.cancel(uuid4())
