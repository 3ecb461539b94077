"""Keys: how they are made, what is one, and how an upload is cut into parts."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archypix.core.errors import Invalid, TooLarge
from archypix.core.ids import new_id
from archypix.storage import keys
from archypix.storage.errors import UploadIncomplete
from archypix.storage.parts import LARGEST_UPLOAD, MOST_PARTS, PART_SIZE, part_sizes, require_complete

BLOB = UUID("01932c07-1234-7abc-8def-0123456789ab")


def test_keys_as_they_are_written_down() -> None:
    digest = bytes(range(32))
    assert keys.blob_key(digest, BLOB) == f"blobs/00/01/{digest.hex()}-456789ab"
    assert keys.thumbnail_key(BLOB, "small") == "thumbs/89/ab/01932c0712347abc8def0123456789ab/small.webp"
    assert keys.part_key(BLOB, 7) == "incoming/01932c0712347abc8def0123456789ab/7"
    assert keys.content_hash(keys.blob_key(digest, BLOB)) == digest.hex()
    assert keys.content_hash(keys.thumbnail_key(BLOB, "small")) is None
    assert keys.part_number(keys.part_key(BLOB, 7)) == 7
    for key in (keys.blob_key(digest, BLOB), *keys.thumbnail_keys(BLOB), keys.part_key(BLOB, 10_000)):
        assert keys.check_key(key) == key


def test_the_same_bytes_stored_again_get_another_key() -> None:
    digest = bytes(32)
    assert len({keys.blob_key(digest, new_id()) for _ in range(1000)}) == 1000


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("ab0./-_\\A é\n\0%"), max_size=30))
def test_no_key_leads_out(text: str) -> None:
    if not keys.is_key(text):
        with pytest.raises(Invalid):
            keys.check_key(text)
        return
    segments = text.split("/")
    assert 2 <= len(segments) <= 8
    for segment in segments:
        assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*", segment)
        assert ".." not in segment
        assert not segment.endswith(".")


@pytest.mark.parametrize("prefix", ["a", "a/b", "/", "../", "a//", "a/../", ".a/", "A/"])
def test_prefixes_are_whole_segments(prefix: str) -> None:
    with pytest.raises(Invalid):
        keys.check_prefix(prefix)


def test_wrong_arguments() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        keys.blob_key(b"short", BLOB)
    for number in (0, -1, 10_001):
        with pytest.raises(ValueError, match="part number"):
            keys.part_key(BLOB, number)


@settings(deadline=None)
@given(st.integers(0, LARGEST_UPLOAD))
def test_parts_make_up_the_file(size: int) -> None:
    sizes = part_sizes(size)
    assert sum(sizes) == size
    assert 1 <= len(sizes) <= MOST_PARTS
    assert len(set(sizes[:-1])) <= 1
    # What S3 takes as a part of a larger object.
    assert all(5 << 20 <= part <= 5 << 30 for part in sizes[:-1])
    assert len(sizes) == 1 or 0 < sizes[-1] <= sizes[0]


def test_part_sizes_by_example() -> None:
    assert part_sizes(0) == [0]
    assert part_sizes(PART_SIZE) == [PART_SIZE]
    assert part_sizes(PART_SIZE + 1) == [PART_SIZE, 1]
    with pytest.raises(TooLarge):
        part_sizes(LARGEST_UPLOAD + 1)
    with pytest.raises(TooLarge):
        part_sizes(-1)


def test_a_part_of_the_wrong_size_is_missing() -> None:
    assert require_complete(PART_SIZE + 1, {1: PART_SIZE, 2: 1, 3: 7}) == [PART_SIZE, 1]
    with pytest.raises(UploadIncomplete) as caught:
        require_complete(PART_SIZE + 1, {1: PART_SIZE - 1, 2: 1})
    assert caught.value.missing == [1]
    with pytest.raises(UploadIncomplete) as caught:
        require_complete(100 * PART_SIZE, {})
    assert len(caught.value.missing) == 100
    assert len(caught.value.detail) < 200
