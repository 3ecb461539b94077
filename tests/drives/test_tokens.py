"""Tokens of devices: what opens a drive, and what never does."""

from __future__ import annotations

import pytest

from archypix.core.database import Database
from archypix.core.errors import Conflict, Forbidden, Invalid, NotFound
from archypix.drives import tokens as rules
from archypix.drives.following import DrivesOfAccounts
from archypix.drives.tokens import DriveTokens
from tests.drives.den import ADDRESS, Den, caller


async def test_a_token_opens_its_hierarchy_for_its_owner(den: Den) -> None:
    hierarchy_id = await den.hierarchy()
    token, secret, url = await den.drives.tokens.create(
        caller(den.shelf.alice), hierarchy_id, "  Phone ", read_only=True, redirect=True
    )
    assert url == "https://a.test/webdav/library/"
    for name in ("alice", "ALICE", " alice"):
        drive = await den.drives.tokens.enter(name, secret, "library", ADDRESS)
        assert drive is not None
        assert (drive.account_id, drive.username, drive.hierarchy_id) == (den.shelf.alice.id, "alice", hierarchy_id)
        assert (drive.token_id, drive.token_name, drive.read_only, drive.redirect) == (token.id, "Phone", True, True)
    (listed,) = await den.drives.tokens.list(den.shelf.alice.id, hierarchy_id)
    assert listed.last_used_at is not None
    assert listed.last_address == ADDRESS
    assert secret not in repr(listed)
    assert await den.shelf.sql("SELECT count(*) FROM drive_tokens t WHERE t::text LIKE '%' || $1 || '%'", secret) == 0


@pytest.mark.parametrize(
    ("name", "password", "slug"),
    [
        ("bob", None, "library"),
        ("nobody", None, "library"),
        ("", None, "library"),
        ("alice\0", None, "library"),
        ("alice", None, "other"),
        ("alice", None, "nowhere"),
        ("alice", None, "lib\0rary"),
        ("alice", "", "library"),
        ("alice", "apxd_" + "A" * 43, "library"),
        ("alice", "\ud800" * 50, "library"),
        ("alice", "x" * 1_000_000, "library"),
        ("\ud800", "\0", "\ud800"[:0]),
    ],
)
async def test_nothing_else_opens_it(den: Den, name: str, password: str | None, slug: str) -> None:
    await den.hierarchy(slug="other")
    await den.hierarchy(den.shelf.bob)
    _, secret = await den.device_with_secret()
    assert await den.drives.tokens.enter(name, secret if password is None else password, slug, ADDRESS) is None


async def test_a_revoked_token_is_refused_at_once_by_every_server(den: Den, database_url: str) -> None:
    drive, secret = await den.device_with_secret()
    database = await Database.open(database_url, size=2)
    try:
        other = DriveTokens(database, origin="")
        assert await other.enter("alice", secret, "library", ADDRESS) is not None
        async with den.shelf.database.transaction() as connection:
            await den.drives.locks.acquire(connection, drive, ["a.jpg"], deep=False, shared=False)
        await den.drives.tokens.revoke(caller(den.shelf.alice), drive.hierarchy_id, drive.token_id)
        assert await other.enter("alice", secret, "library", ADDRESS) is None
    finally:
        await database.close()
    assert await den.drives.held.list(den.shelf.alice.id, drive.hierarchy_id) == []
    assert await den.drives.tokens.list(den.shelf.alice.id, drive.hierarchy_id) == []
    with pytest.raises(NotFound):
        await den.drives.tokens.revoke(caller(den.shelf.alice), drive.hierarchy_id, drive.token_id)


async def test_tokens_are_nobody_elses(den: Den) -> None:
    drive = await den.device()
    bob = caller(den.shelf.bob)
    with pytest.raises(NotFound):
        await den.drives.tokens.list(bob.account_id, drive.hierarchy_id)
    with pytest.raises(NotFound):
        await den.drives.tokens.create(bob, drive.hierarchy_id, "phone")
    with pytest.raises(NotFound):
        await den.drives.tokens.revoke(bob, drive.hierarchy_id, drive.token_id)
    with pytest.raises(NotFound):
        await den.drives.brake.allow(bob.account_id, drive.hierarchy_id, drive.token_id)
    other = await den.hierarchy(slug="other")
    with pytest.raises(NotFound):
        await den.drives.tokens.revoke(caller(den.shelf.alice), other, drive.token_id)


@pytest.mark.parametrize("disabled", ["disabled_at", "deleted_at"])
async def test_an_account_that_is_closed_opens_no_drive(den: Den, disabled: str) -> None:
    _, secret = await den.device_with_secret()
    await den.shelf.sql(f"UPDATE accounts SET {disabled} = now() WHERE name = 'alice'")
    assert await den.drives.tokens.enter("alice", secret, "library", ADDRESS) is None


async def test_a_token_makes_none_that_may_do_more(den: Den) -> None:
    hierarchy_id = await den.hierarchy()
    reader = caller(den.shelf.alice, frozenset({"account:write", "pictures:read", "tags:read"}))
    await den.drives.tokens.create(reader, hierarchy_id, "frame", read_only=True)
    with pytest.raises(Forbidden) as refused:
        await den.drives.tokens.create(reader, hierarchy_id, "phone")
    assert refused.value.code == "missing_scope"


async def test_names_and_numbers_are_bounded(den: Den, monkeypatch: pytest.MonkeyPatch) -> None:
    hierarchy_id = await den.hierarchy()
    for name in ("", " ", "x" * 101, "a\nb", "a\0b"):
        with pytest.raises(Invalid):
            await den.drives.tokens.create(caller(den.shelf.alice), hierarchy_id, name)
    monkeypatch.setattr(rules, "MOST_TOKENS", 2)
    await den.device("one")
    two = await den.device("two")
    with pytest.raises(Conflict):
        await den.device("three")
    await den.drives.tokens.revoke(caller(den.shelf.alice), hierarchy_id, two.token_id)
    await den.device("three")


async def test_every_token_goes_when_all_are_revoked(den: Den) -> None:
    _, secret = await den.device_with_secret()
    _, other = await den.device_with_secret(owner=den.shelf.bob)
    async with den.shelf.database.transaction() as connection:
        assert await DrivesOfAccounts().tokens_revoked(connection, den.shelf.alice.id) == 1
    assert await den.drives.tokens.enter("alice", secret, "library", ADDRESS) is None
    assert await den.drives.tokens.enter("bob", other, "library", ADDRESS) is not None


async def test_revoked_tokens_are_forgotten_when_nothing_of_them_can_be_undone(den: Den) -> None:
    drive = await den.device()
    await den.device("stays")
    await den.drives.tokens.revoke(caller(den.shelf.alice), drive.hierarchy_id, drive.token_id)
    await den.drives.tokens.sweep(30)
    assert await den.shelf.sql("SELECT count(*) FROM drive_tokens") == 2
    await den.shelf.sql("UPDATE drive_tokens SET revoked_at = revoked_at - interval '31 days'")
    await den.drives.tokens.sweep(30)
    assert await den.shelf.sql("SELECT count(*) FROM drive_tokens") == 1


async def test_the_same_is_asked_for_names_that_nobody_has(den: Den, database_url: str) -> None:
    """Whoever guesses learns nothing from time: each guess is one look for a hash, whatever the name."""
    _, secret = await den.device_with_secret()
    database = await Database.open(database_url, size=1)
    asked: list[str] = []
    async with database.connection() as connection:
        connection.add_query_logger(lambda query: asked.append(query.query))
    told: list[list[str]] = []
    try:
        tokens = DriveTokens(database, origin="")
        for name, password in (("alice", "x"), ("nobody", "x"), ("nobody", secret), ("al ice", "x"), ("alice", "")):
            asked.clear()
            assert await tokens.enter(name, password, "library", ADDRESS) is None
            told.append(list(asked))
    finally:
        await database.close()
    assert len(told[0]) == 1
    assert told == [told[0]] * len(told)
