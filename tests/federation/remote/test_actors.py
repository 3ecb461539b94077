"""The cache of actors: fetched once, refreshed, gone, moved, swept."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from archypix.core.database import Database
from federation.outbound.client import Budget, Outbound, Signer
from federation.outbound.errors import Denied, FetchError, Gone, Misbehaved, OverBudget, Refused, Unreachable
from federation.remote.service import RemoteActors
from tests.federation.outbound.wild import Seen, Wild, answer, document, redirect
from tests.federation.remote.people import Bob

LATER = timedelta(days=2)


async def _age(database: Database, uri: str, by: timedelta = LATER) -> None:
    """Let an actor have been fetched longer ago."""
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE remote_actors SET fetched_at = fetched_at - $2::interval WHERE uri = $1", uri, by
        )


async def _count(database: Database) -> int:
    async with database.connection() as connection:
        return int(await connection.fetchval("SELECT count(*) FROM remote_actors"))


async def test_an_actor_is_fetched_once_and_signed(actors: RemoteActors, database: Database, bob: Bob) -> None:
    assert await actors.known(bob.uri) is None
    actor = await actors.get(bob.uri)
    assert (actor.uri, actor.name, actor.handle, actor.handle_verified) == (bob.uri, "Bob", "bob@wild.test", False)
    assert (actor.inbox, actor.shared_inbox) == (f"{bob.uri}/inbox", "https://wild.test/inbox")
    assert actor.key(bob.key_id) is not None
    assert await actors.get(bob.uri) == actor
    assert await actors.known(bob.uri) == actor
    assert bob.fetched == 1
    assert bob.wild.seen[0].kind == "cavage"


async def test_another_server_on_the_database_knows_too(
    actors: RemoteActors, database: Database, outbound: Outbound, bob: Bob
) -> None:
    actor = await actors.get(bob.uri)
    assert await RemoteActors(database, outbound).get(bob.uri) == actor
    assert bob.fetched == 1


async def test_whoever_asks_at_once_waits_for_one_fetch(actors: RemoteActors, bob: Bob) -> None:
    found = await asyncio.gather(*(actors.get(bob.uri) for _ in range(20)), actors.key(bob.key_id))
    assert len({actor.id for actor in found[:20]}) == 1  # type: ignore[attr-defined]
    assert bob.fetched == 1


async def test_who_leaves_does_not_take_the_answer_along(actors: RemoteActors, bob: Bob) -> None:
    started, release = asyncio.Event(), asyncio.Event()
    shown = bob.wild.paths[bob.path]
    assert isinstance(shown, bytes)

    async def hold(seen: Seen, writer: asyncio.StreamWriter) -> None:
        started.set()
        await release.wait()
        writer.write(shown)

    bob.wild.paths[bob.path] = hold
    first = asyncio.create_task(actors.get(bob.uri))
    await started.wait()
    second = asyncio.create_task(actors.get(bob.uri))
    await asyncio.sleep(0)
    first.cancel()
    release.set()
    assert (await second).uri == bob.uri
    assert bob.fetched == 1


async def test_a_day_later_it_is_read_again(
    actors: RemoteActors, database: Database, outbound: Outbound, bob: Bob
) -> None:
    await actors.get(bob.uri)
    bob.show(name="Robert")
    await _age(database, bob.uri)
    later = RemoteActors(database, outbound)
    assert (await later.get(bob.uri)).name == "Robert"
    assert bob.fetched == 2


async def test_what_must_be_fresh_is_read_again(actors: RemoteActors, database: Database, bob: Bob) -> None:
    await actors.get(bob.uri)
    bob.show(name="Robert", publicKey=None)
    await _age(database, bob.uri, timedelta(seconds=2))
    actors._actors.drop(bob.uri)
    fresh = await actors.get(bob.uri, fresh=True)
    assert (fresh.name, fresh.keys) == ("Robert", ())
    assert (await actors.get(bob.uri)).name == "Robert"


@pytest.mark.parametrize("trouble", ["status", "nonsense"])
async def test_where_a_server_is_away_what_is_known_counts(
    actors: RemoteActors, database: Database, outbound: Outbound, bob: Bob, trouble: str
) -> None:
    await actors.get(bob.uri)
    bob.wild.paths[bob.path] = answer(503) if trouble == "status" else b"nonsense"
    await _age(database, bob.uri)
    later = RemoteActors(database, outbound)
    assert (await later.get(bob.uri)).name == "Bob"
    assert await later.key(bob.key_id)
    with pytest.raises(Unreachable):
        await later.get(bob.uri, fresh=True)
    await _age(database, bob.uri, timedelta(days=40))
    with pytest.raises(Unreachable):
        await RemoteActors(database, outbound).get(bob.uri)


async def test_what_failed_is_not_asked_again_at_once(actors: RemoteActors, database: Database, bob: Bob) -> None:
    bob.fail(500)
    for _ in range(5):
        with pytest.raises(Unreachable):
            await actors.get(bob.uri)
        with pytest.raises(Unreachable):
            await actors.key(bob.key_id)
    assert bob.fetched == 1
    assert await _count(database) == 0


@pytest.mark.parametrize("how", ["410", "404", "tombstone"])
async def test_who_is_gone_stays_as_a_tombstone(
    actors: RemoteActors, database: Database, outbound: Outbound, bob: Bob, how: str
) -> None:
    row = (await actors.get(bob.uri)).id
    if how == "tombstone":
        bob.show(type="Tombstone")
    else:
        bob.fail(int(how))
    await _age(database, bob.uri)
    later = RemoteActors(database, outbound)
    for ask in (later.get(bob.uri), later.get(bob.uri), later.key(bob.key_id), later.key(f"{bob.uri}#new")):
        with pytest.raises((Gone, Denied)):
            await ask
    known = await RemoteActors(database, outbound).known(bob.uri)
    assert known is not None
    assert (known.gone, known.id, known.name) == (True, row, "")
    assert bob.fetched == 2
    # Who comes back is asked a day later.
    bob.show(type="Person")
    await _age(database, bob.uri)
    again = await RemoteActors(database, outbound).get(bob.uri)
    assert (again.gone, again.id, again.name) == (False, row, "Bob")


async def test_of_strangers_who_are_gone_nothing_is_kept(actors: RemoteActors, database: Database, bob: Bob) -> None:
    bob.fail(410)
    with pytest.raises(Gone):
        await actors.get(bob.uri)
    assert await _count(database) == 0


async def test_a_delete_makes_a_tombstone(actors: RemoteActors, database: Database, bob: Bob) -> None:
    await actors.get(bob.uri)
    async with database.transaction() as connection:
        assert await actors.mark_gone(connection, bob.uri)
        assert not await actors.mark_gone(connection, "https://wild.test/users/nobody")
    with pytest.raises(Gone):
        await actors.get(bob.uri)
    with pytest.raises(Gone):
        await actors.key(bob.key_id)
    assert bob.fetched == 1


async def test_a_move_is_written_down(actors: RemoteActors, database: Database, bob: Bob) -> None:
    await actors.get(bob.uri)
    async with database.transaction() as connection:
        assert await actors.mark_moved(connection, bob.uri, "https://other.test/bob")
    assert (await actors.get(bob.uri)).moved_to == "https://other.test/bob"


async def test_what_an_actor_says_of_itself_is_taken(actors: RemoteActors, bob: Bob) -> None:
    before = await actors.get(bob.uri)
    await actors.key(bob.key_id)
    told = bob.document | {"name": "Robert", "publicKey": bob.document["publicKey"] | {"id": f"{bob.uri}#new"}}
    after = await actors.take(bob.uri, told)
    assert (after.id, after.name) == (before.id, "Robert")
    assert await actors.get(bob.uri) == after
    assert await actors.key(f"{bob.uri}#new")
    with pytest.raises(Misbehaved):
        await actors.take("https://wild.test/users/eve", told)
    assert bob.fetched == 1


@pytest.mark.parametrize(
    "uri",
    ["", "x", "acct:bob@wild.test", "http://wild.test/users/bob", "https://own.test/users/alice",
    "https://10.0.0.1/", "\0",
     "https://wild.test/\0", "https://wild.test/" + "é" * 1500, "https://wild.test/\ud800",
     "https://wild.test/" + "a" * 3000],
)  # fmt: skip
async def test_ids_that_are_none(actors: RemoteActors, database: Database, uri: str) -> None:
    for ask in (actors.get(uri), actors.key(uri), actors.refresh_key(uri)):
        with pytest.raises(Refused):
            await ask
    assert await actors.known(uri) is None
    with pytest.raises(FetchError):
        await actors.object(uri)
    assert await _count(database) == 0


async def test_an_actor_under_another_address_is_not_this_actor(
    actors: RemoteActors, database: Database, bob: Bob
) -> None:
    bob.wild.paths["/@bob"] = bob.wild.paths[bob.path]
    bob.wild.paths["/moved"] = redirect(bob.uri)
    for path in ("/@bob", "/moved"):
        with pytest.raises(Misbehaved):
            await actors.get(f"https://wild.test{path}")
    bob.wild.paths["/note"] = document({"id": "https://wild.test/note", "type": "Note"})
    with pytest.raises(Misbehaved):
        await actors.get("https://wild.test/note")
    assert await _count(database) == 0


async def test_a_budget_bounds_what_is_fetched(actors: RemoteActors, wild: Wild) -> None:
    people = [Bob(wild, name=f"bob{number}") for number in range(4)]
    budget = Budget(fetches=2)
    for one in people[:2]:
        await actors.get(one.uri, budget=budget)
    with pytest.raises(OverBudget):
        await actors.get(people[2].uri, budget=budget)
    assert [one.fetched for one in people] == [1, 1, 0, 0]


async def test_objects(actors: RemoteActors, wild: Wild, signer: Signer) -> None:
    url = "https://wild.test/note"
    wild.paths["/note"] = document({"id": url, "type": "Note"})
    assert (await actors.object(url))["type"] == "Note"
    assert wild.seen[-1].kind == "cavage"
    wild.paths["/alias"] = wild.paths["/note"]
    with pytest.raises(Misbehaved):
        await actors.object("https://wild.test/alias")
    wild.paths["/note"] = document({"id": url, "type": "Tombstone"})
    with pytest.raises(Gone):
        await actors.object(url)


# --- Rows


async def test_rows_of_our_own_people(actors: RemoteActors, database: Database) -> None:
    uri = "https://own.test/users/alice"
    async with database.transaction() as connection:
        row = await actors.row_of_local(
            connection, uri=uri, handle="@alice@own.test", inbox=f"{uri}/inbox", name="Alice"
        )
        assert row == await actors.row_of_local(connection, uri=uri, handle="alice@own.test", inbox=f"{uri}/inbox")
        assert not await actors.mark_gone(connection, uri)
    alice = await actors.get(uri)
    assert (alice.id, alice.local, alice.handle, alice.handle_verified) == (row, True, "alice@own.test", True)
    assert await actors.confirm(alice) == alice


async def test_a_row_that_was_swept_comes_back(actors: RemoteActors, database: Database, bob: Bob) -> None:
    actor = await actors.get(bob.uri)
    async with database.transaction() as connection:
        assert await actors.row(connection, actor) == actor.id
        await actors.forget(connection, bob.uri)
        row = await actors.row(connection, actor)
        assert (await actors.by_ids(connection, [row, 10**12]))[row].keys == actor.keys


async def test_the_sweep_leaves_whoever_is_referred_to(actors: RemoteActors, database: Database, wild: Wild) -> None:
    people = [Bob(wild, name=f"bob{number}") for number in range(5)]
    rows = [(await actors.get(one.uri)).id for one in people]
    async with database.transaction() as connection:
        await actors.row_of_local(connection, uri="https://own.test/a", handle="a@own.test", inbox="https://own.test/i")
        await actors.mark_gone(connection, people[3].uri)
        await connection.execute("CREATE TABLE friends (who bigint REFERENCES remote_actors ON DELETE CASCADE)")
        await connection.execute("INSERT INTO friends VALUES ($1)", rows[1])
        await connection.execute(
            "UPDATE remote_actors SET fetched_at = now() - interval '40 days', gone_at = gone_at - interval '40 days'"
            " WHERE id <> $1",
            rows[2],
        )
    assert await actors.sweep() == 2
    async with database.connection() as connection:
        left = await connection.fetch("SELECT uri FROM remote_actors ORDER BY id")
        assert await connection.fetchval("SELECT count(*) FROM friends") == 1
        await connection.execute("UPDATE remote_actors SET gone_at = now() - interval '1 year'")
    assert [row["uri"].rsplit("/", 1)[1] for row in left] == ["bob1", "bob2", "bob3", "a"]
    assert await actors.sweep() == 1


async def test_the_sweep_goes_through_all(
    actors: RemoteActors, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("federation.remote.service.SWEPT_AT_ONCE", 3)
    async with database.connection() as connection:
        await connection.execute(
            "INSERT INTO remote_actors (uri, host, handle, claimed, type, username, url, inbox, fetched_at)"
            " SELECT 'https://wild.test/' || n, 'wild.test', 'x@wild.test', 'x@wild.test', 'Person', 'x', '', '',"
            " now() - interval '1 year' FROM generate_series(1, 10) AS n"
        )
        await connection.execute("CREATE TABLE friends (who bigint REFERENCES remote_actors)")
        await connection.execute("INSERT INTO friends SELECT id FROM remote_actors WHERE id % 2 = 0 OR id < 6")
        kept = await connection.fetchval("SELECT count(*) FROM friends")
    assert await actors.sweep() == 10 - kept
    assert await _count(database) == kept


async def test_who_is_referred_to_is_not_forgotten(actors: RemoteActors, database: Database, bob: Bob) -> None:
    row = (await actors.get(bob.uri)).id
    async with database.connection() as connection:
        await connection.execute("CREATE TABLE friends (who bigint REFERENCES remote_actors)")
        await connection.execute("INSERT INTO friends VALUES ($1)", row)
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await actors.forget(connection, bob.uri)
