"""Argon2id in threads."""

from __future__ import annotations

import asyncio

import pytest

from archypix.accounts.passwords import Passwords
from archypix.core.errors import Unavailable


async def test_a_hash_says_argon2id_with_parameters_that_owasp_asks_for() -> None:
    passwords = Passwords()
    hashed = await passwords.hash("correct horse")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert hashed != await passwords.hash("correct horse")
    assert (await passwords.verify(hashed, "correct horse")).right
    assert not (await passwords.verify(hashed, "correct hors")).right
    passwords.close()


async def test_hashes_made_with_other_parameters_are_recognised() -> None:
    old, new = Passwords(memory_kib=8, passes=1), Passwords(memory_kib=16, passes=1)
    hashed = await old.hash("correct horse")
    verdict = await new.verify(hashed, "correct horse")
    assert verdict.right
    assert verdict.outdated
    assert not (await old.verify(hashed, "correct horse")).outdated
    assert not (await new.verify(hashed, "wrong")).right


@pytest.mark.parametrize("encoded", [None, "", "plain", "$argon2id$v=19$m=8,t=1,p=1$bad"])
async def test_what_is_no_hash_fits_no_password(encoded: str | None) -> None:
    passwords = Passwords(memory_kib=8, passes=1)
    assert not (await passwords.verify(encoded, "")).right
    assert not (await passwords.verify(encoded, None)).right


async def test_the_event_loop_turns_while_passwords_are_hashed() -> None:
    passwords = Passwords(passes=20)
    most = 0
    # Where hashes stand in its way, it turns once for each, however many there are.
    for _ in range(10):
        work = asyncio.create_task(passwords.hash("correct horse"))
        turns = 0
        while not work.done():
            await asyncio.sleep(0.001)
            turns += 1
        most = max(most, turns)
        if most > 5:
            break
    assert most > 5


async def test_too_many_at_once_are_turned_away_and_room_comes_back() -> None:
    passwords = Passwords(passes=6, at_once=2, most_waiting=3)
    results = await asyncio.gather(*(passwords.hash("correct horse") for _ in range(12)), return_exceptions=True)
    assert sum(isinstance(result, str) for result in results) == 5
    assert sum(isinstance(result, Unavailable) for result in results) == 7
    await asyncio.sleep(0.05)
    assert await passwords.hash("correct horse")


async def test_who_gives_up_waiting_gives_the_room_back() -> None:
    passwords = Passwords(memory_kib=8192, passes=4, at_once=1, most_waiting=3)
    for _ in range(5):
        tasks = [asyncio.create_task(passwords.hash("correct horse")) for _ in range(4)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with asyncio.timeout(90):
            while True:
                try:
                    assert await passwords.hash("correct horse")
                    break
                except Unavailable:
                    await asyncio.sleep(0.01)
