"""Words as the database takes them out of texts and finds them again, and the same in Python."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archypix.predicates.folding import found_in, split

LATIN = "aBzé ÀøŁßÆœıİ-_.1½ﬁΣς\u0301\u00a0'\\:*&|!()<"
storable = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=40)
relaxed = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


@pytest_asyncio.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def finds(
    connection: asyncpg.Connection, texts: list[str | None], sought: str, *, prefix: bool, owner: int
) -> Any:
    return await connection.fetchval(
        "SELECT coalesce(search_document(1, $1) @@ search_query($2, $3, $4), false)", texts, owner, sought, prefix
    )


@relaxed
@given(text=storable)
async def test_whatever_stands_in_a_text_is_found_in_it(connection: asyncpg.Connection, text: str) -> None:
    words = await connection.fetchval("SELECT search_tokens($1)", text)
    for word in words:
        assert await finds(connection, [None, text], word, prefix=False, owner=1), word
        assert await finds(connection, [text], word[:1], prefix=True, owner=1), word
    assert await finds(connection, [text], text, prefix=True, owner=1) == bool(words)
    assert not await finds(connection, [text], text, prefix=True, owner=12)


@relaxed
@given(text=st.text(LATIN, max_size=12), sought=st.text(LATIN, max_size=5), prefix=st.booleans())
async def test_python_folds_and_finds_as_the_database_does(
    connection: asyncpg.Connection, text: str, sought: str, prefix: bool
) -> None:
    assert await connection.fetchval("SELECT search_tokens($1)", text) == split(text)
    expected = found_in(split(text), split(sought), prefix=prefix)
    assert await finds(connection, [text], sought, prefix=prefix, owner=1) == expected


async def test_a_phrase_does_not_reach_from_one_text_into_the_next(connection: asyncpg.Connection) -> None:
    assert await finds(connection, ["monte rosa"], "monte rosa", prefix=False, owner=1)
    assert not await finds(connection, ["monte", "rosa"], "monte rosa", prefix=False, owner=1)


async def test_long_texts_are_found_by_their_beginning(connection: asyncpg.Connection) -> None:
    text = " ".join(f"word{number}" for number in range(20_000)) + "x" * 100_000
    assert await finds(connection, [text] * 6, "word7", prefix=False, owner=1)
    assert await finds(connection, ["y" * 5_000], "y" * 5_000, prefix=False, owner=1)
    assert await connection.fetchval("SELECT length(search_document(1, $1))", [text] * 6) < 2_000
