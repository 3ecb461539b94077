"""Random predicates and pictures, of few values each, so that the ones meet the others often."""

from __future__ import annotations

import random
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from archypix.predicates import values
from archypix.predicates.models import (
    Always,
    And,
    DatePart,
    DateRange,
    Flag,
    GpsBox,
    GpsRadius,
    HasTag,
    Never,
    Not,
    Number,
    Or,
    Predicate,
    Present,
    Text,
    TimeRange,
    Untagged,
    Words,
)
from archypix.predicates.patterns import BadPattern, translate_regex

ALPHABET = "abAé_1.- "
PATHS = ("/A", "/A/Lake", "/A/Lake/É b", "/B", "/B a/lake")
TEXT_FIELDS = ("camera_make", "camera_model", "camera", "lens", "filename", "media_type", "title", "description",
               "creator", "kind", "state", "batch", "owner", "sender", "country", "exif.Name",
               "xmp.dc.x y")  # fmt: skip
NUMBER_FIELDS = ("latitude", "altitude", "iso", "aperture", "focal_length", "exposure", "orientation", "width",
                 "megapixels", "aspect", "size", "rating", "duration", "exif.Name")  # fmt: skip
DATE_FIELDS = ("captured_at", "sorted_at", "ingested_at", "edited_at")
TEXTS = ("", "a", "Ab", "É-1", "ab ba.1", "a_b", "Lake", "lake b", "ABba-é")
WORDS = ("a", "ab", "É", "lake", "b", "ba.1", "é-1", "canon", "-", "A_b")
NUMBERS = (0.0, 0.5, 1.0, 2.0, 2.8, 4.0, 12.0, 100.0, -3.5)
EARLIEST = datetime(2018, 12, 28)

texts = st.text(ALPHABET, min_size=1, max_size=4).map(values.text)
numbers = st.sampled_from(NUMBERS)
moments = st.integers(0, 24 * 400).map(lambda hours: EARLIEST + timedelta(hours=hours))
times = st.integers(0, 23).map(time)

_literals = st.sampled_from([*"abA1é", "_", r"\.", r"\-", ".", r"\d", r"\w", r"\s", r"\W", r"\D", r"\S"])
_classes = st.sampled_from(["[ab]", "[^a]", "[a-b1]", r"[\d_]", r"[\w.]", r"[^\s]", "[é-]", "[]a]", r"[\]a]"])
# Not `\B`, which Python before 3.14 does not find in an empty text.
_places = st.sampled_from(["^", "$", r"\b"])
_signs = st.sampled_from(["", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,1}", "{1,}", "*?", "+?"])


def _sequences(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    item = st.one_of(st.tuples(inner, _signs).map("".join), _places)
    return st.lists(item, min_size=1, max_size=4).map("".join)


def _groups(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(_sequences(inner), min_size=1, max_size=3).map("|".join)
    return st.one_of(several.map("({})".format), several.map("(?:{})".format))


atoms = st.recursive(st.one_of(_literals, _classes), _groups, max_leaves=6)


def _safe(pattern: str) -> bool:
    try:
        translate_regex(pattern)
    except BadPattern:
        return False
    return True


regexes = st.lists(_sequences(atoms), min_size=1, max_size=2).map("|".join).filter(_safe)
globs = st.text("aAb1é*?.-", min_size=1, max_size=5).map(values.text)


def _text(field: str) -> st.SearchStrategy[Predicate]:
    plain = st.builds(Text, st.just(field), st.sampled_from(["equals", "contains", "starts_with", "ends_with"]),
                      st.one_of(texts, st.sampled_from(TEXTS[1:])), st.booleans())  # fmt: skip
    glob = st.builds(Text, st.just(field), st.just("glob"), globs, st.booleans())
    regex = st.builds(Text, st.just(field), st.just("regex"), regexes, st.booleans())
    return st.one_of(plain, glob, regex)


def _number(field: str) -> st.SearchStrategy[Predicate]:
    return st.tuples(st.one_of(st.none(), numbers), st.one_of(st.none(), numbers)).filter(
        lambda ends: ends != (None, None) and (None in ends or ends[0] <= ends[1])  # type: ignore[operator]
    ).map(lambda ends: Number(field, *ends))  # fmt: skip


def _date(field: str) -> st.SearchStrategy[Predicate]:
    parts = st.sampled_from(list(values.BOUNDS)).flatmap(
        lambda part: st.sets(
            st.integers(2018, 2020) if part == "year" else st.integers(*values.BOUNDS[part]), min_size=1, max_size=3
        ).map(lambda found: DatePart(field, part, tuple(sorted(found))))
    )
    ranges = st.tuples(st.one_of(st.none(), moments), st.one_of(st.none(), moments)).filter(
        lambda ends: ends != (None, None) and (None in ends or ends[0] < ends[1])  # type: ignore[operator]
    ).map(lambda ends: DateRange(field, *ends))  # fmt: skip
    clock = st.tuples(times, times).filter(lambda ends: ends[0] != ends[1]).map(lambda ends: TimeRange(field, *ends))
    return st.one_of(parts, ranges, clock)


_degrees = st.sampled_from([-60.0, -10.0, 0.25, 10.0, 45.0, 46.5])
leaves: st.SearchStrategy[Predicate] = st.one_of(
    st.sampled_from(TEXT_FIELDS).flatmap(_text),
    st.sampled_from(NUMBER_FIELDS).flatmap(_number),
    st.sampled_from(DATE_FIELDS).flatmap(_date),
    st.builds(Flag, st.sampled_from(["owned", "edited", "trash"]), st.booleans()),
    st.builds(Present, st.sampled_from([*TEXT_FIELDS, *NUMBER_FIELDS, *DATE_FIELDS, "gps", "owned"]), st.booleans()),
    st.builds(HasTag, st.sampled_from([*PATHS, "/a/LAKE", "/None"]), st.none(), st.booleans()),
    st.builds(Words, st.sampled_from(WORDS), st.booleans()),
    st.builds(GpsRadius, _degrees, _degrees, st.sampled_from([1.0, 700.5, 5_000.5])),
    st.tuples(_degrees, _degrees, _degrees, _degrees).map(
        lambda edges: GpsBox(min(edges[0], edges[2]), edges[1], max(edges[0], edges[2]), edges[3])
    ),
    st.sampled_from([Untagged(), Always(), Never()]),
)


def _nodes(inner: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(several.map(And), several.map(Or), inner.map(Not))


predicates: st.SearchStrategy[Predicate] = st.recursive(leaves, _nodes, max_leaves=6)


def picture(chance: random.Random) -> dict[str, Any]:
    """A picture as columns, with `tags` and `metadata` besides."""

    def perhaps(*found: Any) -> Any:
        return chance.choice([None, *found])

    def moment() -> datetime:
        return EARLIEST + timedelta(hours=chance.randrange(24 * 400), minutes=chance.randrange(60))

    captured = perhaps(moment(), moment())
    return {
        "filename": chance.choice(["a.jpg", "B a_1.JPG", "é-ab.png", "Lake 1.heic"]),
        "media_type": chance.choice(["image/jpeg", "video/mp4", "image/x-canon-cr2"]),
        "kind": chance.choice(["image", "raw", "video"]),
        "state": chance.choice(["ready", "failed"]),
        "captured_at": captured,
        "sorted_at": captured or moment(),
        "ingested_at": moment().replace(tzinfo=UTC),
        "edited_at": moment().replace(tzinfo=UTC),
        "latitude": perhaps(*(lat := (-60.0, 0.25, 45.0, 46.5))),
        "longitude": perhaps(*lat, 170.0),
        "altitude": perhaps(*NUMBERS),
        "camera_make": perhaps("Canon", "a", "é"),
        "camera_model": perhaps("Ab 1", "lake"),
        "lens": perhaps(*TEXTS),
        "title": perhaps(*TEXTS),
        "description": perhaps(*TEXTS),
        "creator": perhaps("a", "Éa lake"),
        "iso": perhaps(1, 2, 100),
        "orientation": perhaps(1, 2, 4),
        "aperture": perhaps(2.8, 4.0),
        "focal_length": perhaps(*NUMBERS),
        "exposure": perhaps(0.5, 1.0),
        "duration": perhaps(0.5, 12.0),
        "width": perhaps(1, 2000),
        "height": perhaps(1, 4, 2000),
        "size": chance.choice([1, 2, 100]),
        "rating": perhaps(0, 1, 4),
        "edited_fields": chance.choice([[], ["title"]]),
        "batch_id": perhaps(UUID(int=0xAB1)),
        "tags": tuple(chance.sample(PATHS, chance.choice([0, 0, 1, 2]))),
        "metadata": {"exif": {"Name": chance.choice(["a", "1/2", "2", "1/0", "-3.5"])}, "xmp": {"dc.x y": "Ab"}},
        "deleted_at": perhaps(datetime(2024, 1, 1, tzinfo=UTC)),
    }
