"""`Retry-After`, and what is forgotten when."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.outbound.cache import Cache
from federation.outbound.waiting import retry_after

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0), ("5", 5), (" 120 ", 120), ("999999999999", 86_400), ("Sun, 01 Mar 2026 12:01:00 GMT", 60),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0), ("Sunday, 01-Mar-26 12:00:30 GMT", 30), ("Sun Mar  1 12:00:05 2026", 5),
        ("Sun, 01 Mar 2099 12:00:00 GMT", 86_400), ("Sun, 01 Mar 2026 14:01:00 +0200", 60),
        (None, None), ("", None), ("-5", None), ("1.5", None), ("soon", None), ("٣", None), ("1e3", None),
        ("Sun, 99 Mar 2026 12:00:00 GMT", None), ("9" * 100, None), ("Sun, 01 Mar 99999 12:00:00 GMT", None),
    ],
)  # fmt: skip
def test_when_to_ask_again(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@given(st.text(max_size=70))
def test_whatever_it_says_the_wait_is_bounded(value: str) -> None:
    seconds = retry_after(value, NOW)
    assert seconds is None or 0 <= seconds <= 86_400


def test_a_cache_forgets_what_is_old_and_what_was_not_used() -> None:
    cache: Cache[str, int] = Cache(2, 60)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert (cache.get("a"), cache.get("b"), cache.get("c"), len(cache)) == (1, None, 3, 2)
    cache.drop("a")
    cache.drop("nobody")
    assert cache.get("a") is None
    instant: Cache[str, int] = Cache(2, 0)
    instant.put("a", 1)
    assert instant.get("a") is None
