"""What is kept of addresses, and how questions and answers are written; as laws."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archypix.pictures.faraway import Shown
from federation.access.kept import MARGIN, Kept
from federation.access.models import Granted, Item, Refusal, Result
from federation.access.sources import _paced
from federation.access.wire import is_address, read_answer, read_question, write_answer, write_question
from federation.outbound.errors import Unreachable

NOW = datetime(2026, 5, 1, tzinfo=UTC)
ITEMS = st.lists(
    st.builds(
        Item,
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40),
        st.sampled_from(["original", "small", "medium", "large", "thumbnails"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=20,
    unique=True,
)


def _result(item: Item, data: st.DataObject) -> Result:
    if data.draw(st.booleans()):
        return Refusal(data.draw(st.sampled_from([403, 404, 409, 410])), "no")
    names = ("small", "medium", "large") if item.variant == "thumbnails" else (item.variant,)
    seconds = float(data.draw(st.integers(1, 100)))
    urls = {name: f"https://a.test/{name}?s=1" for name in names}
    if item.variant == "original":
        return Granted(urls, seconds, b"\1" * 32, 5, "image/jpeg", "a.jpg")
    return Granted(urls, seconds)


@settings(max_examples=100, deadline=None)
@given(ITEMS, st.data())
def test_what_is_written_is_read(items: list[Item], data: st.DataObject) -> None:
    assert read_question(write_question(items)) == items
    results = [_result(item, data) for item in items]
    assert read_answer(items, write_answer(items, results, NOW)) == results


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["id", "variant", "url", "urls", "error", "status", "detail", "expires", "now", "pictures"]),
        inner, max_size=6,
    ),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["pictures", "now"]), JSON | st.lists(JSON)))
def test_any_answer_is_read(document: dict[str, Any]) -> None:
    items = [Item("x", "original"), Item("y", "thumbnails")]
    assert len(read_answer(items, document)) == 2


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_an_address_holds_nothing_that_ends_an_attribute(text: str) -> None:
    if is_address(f"https://a.test/{text}"):
        assert not set(text) & set("\"'<> \n\r\t\\") - {"'"}
        assert text.isascii()
    assert not is_address(f"http://a.test/{text}")


class Clock:
    """A clock that stands."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def test_addresses_are_kept_until_shortly_before_they_end() -> None:
    clock = Clock()
    kept = Kept(clock=clock)
    shown = Shown({"small": "s"})
    kept.put_shown(1, "u", shown, Granted({"small": "s"}, 450.0))
    kept.put_file(1, "u", "original", Granted({"original": "o"}, 60.0))
    for time, thumbs, file in ((0.0, True, True), (44.0, True, True), (46.0, True, False), (389.0, True, False)):
        clock.time = time
        assert (kept.shown(1, "u", time) is shown) is thumbs
        assert (kept.file(1, "u", "original") is not None) is file
    assert kept.shown(1, "u", 450.0 - MARGIN["thumbnails"]) is None
    assert kept.shown(2, "u", 0.0) is None


def test_addresses_that_are_about_to_end_are_not_kept() -> None:
    kept = Kept(clock=Clock())
    kept.put_shown(1, "u", Shown({}), Granted({}, 30.0))
    kept.put_file(1, "u", "original", Granted({}, -5.0))
    assert len(kept) == 0


def test_a_refusal_drops_what_was_kept() -> None:
    for status in (403, 410):
        kept = Kept(clock=Clock())
        kept.put_shown(1, "u", Shown({"small": "s"}), Granted({}, 450.0))
        kept.put_shown(1, "v", Shown({"small": "s"}), Granted({}, 450.0))
        kept.put_file(1, "u", "original", Refusal(status, ""))
        assert kept.shown(1, "u", 0.0) is None
        assert kept.shown(1, "v", 0.0) is not None
        kept.put_file(1, "v", "attachment", Granted({}, 60.0))
        kept.put_shown(1, "v", Shown({}), Refusal(status, ""))
        assert kept.file(1, "v", "attachment") is None


def test_the_oldest_goes_first() -> None:
    kept = Kept(most=3, clock=Clock())
    for number in range(5):
        kept.put_shown(1, str(number), Shown({}), Granted({}, 450.0))
        kept.put_file(1, str(number), "original", Granted({}, 60.0))
    assert len(kept) == 6
    assert kept.shown(1, "1", 0.0) is None
    assert kept.shown(1, "4", 0.0) is not None


async def test_a_file_that_comes_drop_by_drop_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("federation.access.sources.time.monotonic", clock)

    async def drops(size: int) -> AsyncIterator[bytes]:
        for _ in range(100):
            clock.time += 2.0
            yield b"x" * size

    assert len([chunk async for chunk in _paced(drops(100_000))]) == 100
    with pytest.raises(Unreachable):
        _ = [chunk async for chunk in _paced(drops(10_000))]
