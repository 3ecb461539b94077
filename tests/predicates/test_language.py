"""The query language: what it says, what it prints, and where it finds fault."""

from __future__ import annotations

from datetime import datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archypix.core.errors import Fault, Invalid
from archypix.predicates import vocabulary
from archypix.predicates.language import parse_query, print_query
from archypix.predicates.models import (
    Always,
    And,
    DatePart,
    DateRange,
    Flag,
    GpsBox,
    GpsRadius,
    HasTag,
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
from archypix.predicates.tree import parse_tree, to_tree
from tests.predicates.strategies import predicates


def taken(start: datetime | None, stop: datetime | None) -> Predicate:
    return DateRange("captured_at", start, stop)


YEAR = datetime(2020, 1, 1)

MEANINGS: dict[str, Predicate] = {
    "": Always(),
    "  ": Always(),
    "rosa": Words("rosa"),
    "monte rosa": And((Words("monte"), Words("rosa"))),
    "monte and rosa": And((Words("monte"), Words("rosa"))),
    '"monte rosa"': Words("monte rosa", True),
    "a or b c": Or((Words("a"), And((Words("b"), Words("c"))))),
    "(a OR b) c": And((Or((Words("a"), Words("b"))), Words("c"))),
    "not a b": And((Not(Words("a")), Words("b"))),
    "-a": Not(Words("a")),
    "- a": And((Words("-"), Words("a"))),
    "a-b": Words("a-b"),
    "10:30": Words("10:30"),
    "-(a or b)": Not(Or((Words("a"), Words("b")))),
    "tag:/A/B": HasTag("/A/B"),
    "tag:A/B": HasTag("/A/B"),
    "TAG:/A": HasTag("/A"),
    'tag:="/A b"': HasTag("/A b", None, True),
    "-tag:/A": Not(HasTag("/A")),
    "before:2020": taken(None, YEAR),
    "after:2020": taken(YEAR, None),
    "date:2020-02": taken(datetime(2020, 2, 1), datetime(2020, 3, 1)),
    "date:2020-02-28..2020-03": taken(datetime(2020, 2, 28), datetime(2020, 4, 1)),
    "date:>2020": taken(datetime(2021, 1, 1), None),
    "timeline:>2020-05-03T10:00:00.250000": DateRange("sorted_at", datetime(2020, 5, 3, 10, 0, 0, 250001), None),
    "added:<=2020": DateRange("ingested_at", None, datetime(2021, 1, 1)),
    "year:2020": DatePart("captured_at", "year", (2020,)),
    "year:2020,2018": DatePart("captured_at", "year", (2018, 2020)),
    "year:2018..2020": taken(datetime(2018, 1, 1), datetime(2021, 1, 1)),
    "year:>=2020": taken(YEAR, None),
    "month:nov..feb": DatePart("captured_at", "month", (1, 2, 11, 12)),
    "month:8": DatePart("captured_at", "month", (8,)),
    "season:winter": DatePart("captured_at", "season", (0,)),
    "weekday:sat,sunday": DatePart("captured_at", "weekday", (6, 7)),
    "time:22:00..4:30": TimeRange("captured_at", time(22), time(4, 30)),
    "camera:canon": Text("camera", "contains", "canon"),
    'camera:="Canon EOS R"': Text("camera", "equals", "Canon EOS R"),
    "lens:~^EF": Text("lens", "regex", "^EF"),
    "filename:IMG_*.jpg": Text("filename", "glob", "IMG_*.jpg"),
    'filename:"what?"': Text("filename", "contains", "what?"),
    "iso:800": Number("iso", 800.0, 800.0),
    "iso:>800": Number("iso", 801.0),
    "iso:<800": Number("iso", None, 799.0),
    "iso:>=800": Number("iso", 800.0),
    "iso:100..800": Number("iso", 100.0, 800.0),
    "rating:4..": Number("rating", 4.0),
    "f:f/2.8": Number("aperture", 2.8, 2.8),
    "mm:24..70mm": Number("focal_length", 24.0, 70.0),
    "size:>=5mb": Number("size", 5e6),
    "size:5mb": Number("size", 4_500_000.0, 5_499_999.0),
    "size:1kib..2KiB": Number("size", 1024.0, 2048.0),
    "exposure:1/200": Number("exposure", 0.005, 0.005),
    "mp:>=12": Number("megapixels", 12.0),
    "altitude:-5..10": Number("altitude", -5.0, 10.0),
    "type:video": Text("kind", "equals", "video"),
    "type:jpg": Text("media_type", "contains", "jpeg"),
    "type:image/heic": Text("media_type", "equals", "image/heic"),
    "near:45.92,6.87": GpsRadius(45.92, 6.87, 10.0),
    'near:"45.92, 6.87, 5 km"': GpsRadius(45.92, 6.87, 5.0),
    "box:1,2,3,4": GpsBox(1.0, 2.0, 3.0, 4.0),
    "country:France": Text("country", "contains", "France"),
    "owner:me": Flag("owned", True),
    "owner:@bob:b.test": Text("owner", "equals", "bob:b.test"),
    "has:gps": Present("gps", True),
    "has:tags": Not(Untagged()),
    "is:trash": Flag("trash", True),
    "is:untagged": Untagged(),
    "exif.LensModel:EF": Text("exif.LensModel", "contains", "EF"),
    "exif.FNumber:>=2": Number("exif.FNumber", 2.0),
    "exif.FNumber:2..4": Number("exif.FNumber", 2.0, 4.0),
}


@pytest.mark.parametrize("query", MEANINGS)
def test_what_queries_mean(query: str) -> None:
    predicate = parse_query(query)
    assert predicate == MEANINGS[query]
    assert parse_query(print_query(predicate)) == predicate


@pytest.mark.parametrize("name", vocabulary.NAMES)
def test_every_name_is_known(name: str) -> None:
    try:
        parse_query(f"{name}:x")
    except Invalid as error:
        refused = error.faults[0].detail
    else:
        refused = ""
    assert "there is no condition" not in refused


@pytest.mark.parametrize(
    ("query", "position", "expected"),
    [
        ("a (b", 5, "`)` is expected for the bracket at character 3"),
        ("a b)", 4, "a term is expected"),
        ("()", 2, "a term is expected"),
        ("a or", 5, "a term is expected"),
        ("or a", 1, "a term is expected"),
        ("a not", 6, "a term is expected"),
        ('a "b', 3, "quotes are not closed"),
        ("x camra:canon", 3, "did you mean `camera:`?"),
        ("iso:abc", 5, "a number is expected"),
        ("iso:", 5, "a value is expected after `iso:`"),
        ("iso:>= 5", 7, "a value is expected"),
        ("iso:5..1", 5, "the lower end is above"),
        ("iso:1e999", 5, "out of range"),
        ("camera:>5", 8, "`>` means nothing"),
        ("year:18", 6, "four digits"),
        ("before:2020-13", 8, "no such date"),
        ("date:2021..2020", 6, "ends before it begins"),
        ("month:foo", 7, "a month from 1 to 12"),
        ("time:22:00", 6, "two times of day"),
        ("near:Paris", 6, "latitude and longitude"),
        ("near:91,0", 6, "a number from -90 to 90"),
        ("near:nan,0", 6, "out of range"),
        ("is:nice", 4, "one of trash"),
        ('lens:~"(a"', 7, "of the pattern"),
        ("tag:/A//B", 5, "no path of a tag"),
        ("a\tb\x01", 4, "control character"),
        ('"a\ud800"', 3, "control character"),
        ("x" * 2001, 2001, "2000 characters"),
        ("x " * 101, 201, "100 terms"),
        ("lens:~a " * 11, 81, "10 regular expressions"),
        ("(" * 30 + "a" + ")" * 30, 10, "nested too deep"),
    ],
)
def test_a_fault_has_its_place(query: str, position: int, expected: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_query(query, "selection.query")
    (fault,) = caught.value.faults
    assert fault.path == "selection.query"
    assert fault.detail.startswith(f"At character {position}: "), fault.detail
    assert expected in fault.detail


def sayable(predicate: Predicate) -> bool:
    try:
        print_query(predicate)
    except ValueError:
        return False
    return True


@settings(max_examples=400, deadline=None)
@given(predicate=predicates)
def test_what_is_printed_reads_the_same(predicate: Predicate) -> None:
    if sayable(predicate):
        assert parse_query(print_query(predicate)) == predicate


def test_most_can_be_said() -> None:
    for predicate in MEANINGS.values():
        assert sayable(Not(Or((predicate, And((predicate, Not(Not(predicate)))))))), predicate


PIECES = ["(", ")", '"', "-", "not ", "and ", "or ", " ", ":", "..", ">=", "~", "=", "\\", "é", "\0", "rosa", "2020",
          "/A", ",", "*", *(f"{name}:" for name in vocabulary.NAMES), "exif.A:", "-tag:", "me", "1/0", "24:00",
          "\ud800", "5mb"]  # fmt: skip


@settings(max_examples=1000, deadline=None)
@given(query=st.one_of(st.lists(st.sampled_from(PIECES), max_size=15).map("".join), st.text(max_size=30)))
def test_no_text_does_worse_than_be_refused(query: str) -> None:
    refused: tuple[Fault, ...] = ()
    try:
        predicate = parse_query(query)
    except Invalid as error:
        refused = error.faults
    if refused:
        assert [fault.detail.startswith("At character ") for fault in refused] == [True]
    else:
        assert parse_query(print_query(predicate)) == predicate
        assert parse_tree(to_tree(predicate)) == predicate
