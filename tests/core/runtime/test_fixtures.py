"""The fixtures that all tests rest on: databases of their own, an empty cache, programs that must be there in CI."""

from __future__ import annotations

import asyncpg
import pytest
import redis

from tests.programs import needs_program


@pytest.mark.parametrize("time", range(3))
async def test_each_test_has_a_migrated_database_of_its_own(database_url: str, time: int) -> None:
    connection = await asyncpg.connect(database_url)
    assert await connection.fetchval("SELECT count(*) FROM migrations") > 0
    assert await connection.fetchval("SELECT count(*) FROM pg_class WHERE relname = 'mine'") == 0
    await connection.execute("CREATE TABLE mine ()")
    assert await connection.fetchval("SELECT current_user") == "archypix"
    await connection.close()


def test_the_database_is_there_for_tests_without_a_loop(database_url: str) -> None:
    assert database_url.startswith("postgresql://archypix@/test_")


@pytest.mark.parametrize("time", range(2))
def test_each_test_has_an_empty_cache(redis_url: str, time: int) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("mine", "1")


def test_a_program_that_is_there_is_given_by_its_path() -> None:
    assert needs_program("sh").endswith("/sh")


def test_a_missing_program_skips_here_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-program"):
        needs_program("no-such-program")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no-such-program"):
        needs_program("no-such-program")
