"""The header of FEP-8fcf: what is written can be read, and what is odd says nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from federation.documents.synchronization import Synchronization, read, written

DIGEST = "ab" * 32
SHARE = "https://b.test/users/bob/shares/1"


def value(collection: str = SHARE, url: str = SHARE, digest: str = DIGEST) -> str:
    return f'collectionId="{collection}", url="{url}", digest="{digest}"'


@given(some.binary(min_size=32, max_size=32), some.from_regex(r"[a-z0-9~/._%-]{0,60}", fullmatch=True))
def test_what_is_written_is_read(digest: bytes, path: str) -> None:
    said = Synchronization(f"https://b.test/{path}", f"https://b.test/{path}?page=1", digest)
    assert read([written(said)]) == said


def test_as_others_write_it() -> None:
    """Mastodon has another order; some write no blanks, or large hex digits."""
    text = f'collectionId="{SHARE}",digest="{DIGEST.upper()}",url="https://b.test/sync",more="x"'
    assert read([text]) == Synchronization(SHARE, "https://b.test/sync", bytes.fromhex(DIGEST))


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [""],
        [value(), value()],
        [f"{value()}, {value()}"],
        [f"{value()},"],
        [value(url="https://evil.test/users/bob/shares/1")],
        [value(collection="b.test", url="b.test")],
        [value(collection="")],
        [value(digest="ab" * 31)],
        [value(digest="xy" * 32)],
        [value(collection=f"https://b.test/{'x' * 2048}")],
        [value() + "," + ",".join(f'x{chr(97 + number)}="{"y" * 400}"' for number in range(20))],
        [value().replace('"', "'")],
        [value() + "\x00"],
        [value(collection="https://b.test/a b")],
    ],
)
def test_what_is_odd_says_nothing(lines: list[str]) -> None:
    assert read(lines) is None


@given(some.lists(some.text(max_size=200), max_size=3))
def test_nothing_makes_it_fail(lines: list[str]) -> None:
    read(lines)
