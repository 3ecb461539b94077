"""Terms of the query language, read: `tag:/Alps`, `before:2020-05`, `iso:100..800`, `near:45.9,6.9,5km`."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

from archypix.predicates import leaves, values, vocabulary
from archypix.predicates.fields import metadata_name
from archypix.predicates.lexer import Misread, Token
from archypix.predicates.models import DateRange, Flag, HasTag, Part, Predicate, Text, TextOp
from archypix.predicates.numbers import looks_numeric, read_number, read_numbers
from archypix.predicates.values import Wrong

NEAR_KM = 10.0
COMPARISONS = (">=", ">", "<=", "<")


def read_term(token: Token) -> Predicate:
    """The condition of one term; `Misread` at the place of what is wrong with it."""
    try:
        if not token.name:
            return leaves.words(token.value, phrase=token.quoted)
        return _reader(token)(token)
    except Wrong as error:
        raise Misread(token.value_position, _sentence(error)) from None


def _sentence(error: Wrong) -> str:
    detail = str(error)
    return detail[:1].lower() + detail[1:]


def _reader(token: Token) -> Callable[[Token], Predicate]:
    name = token.name
    if name in vocabulary.TEXTS:
        return _text
    if name in vocabulary.NUMBERS:
        return read_number
    if name in vocabulary.DATES:
        return _date
    if name in vocabulary.PARTS:
        return _part
    if name in _READERS:
        return _READERS[name]
    if metadata_name(name):
        return _metadata
    near = get_close_matches(name, vocabulary.NAMES, 1)
    hint = f"did you mean `{near[0]}:`?" if near else "to look for it as text, put it in quotes."
    raise Misread(token.position, f"there is no condition `{name[:50]}:`; {hint}")


def _plain(token: Token, *operators: str) -> str:
    """The value of a term that takes no operator, or only these."""
    if token.operator not in ("", *operators):
        raise Misread(
            token.value_position - len(token.operator), f"`{token.operator}` means nothing after `{token.name}:`."
        )
    return token.value


def _text(token: Token) -> Predicate:
    return _like(vocabulary.TEXTS[token.name], token)


def _like(field: str, token: Token) -> Predicate:
    value = _plain(token, "=", "~")
    pattern = not token.quoted and not token.operator and ("*" in value or "?" in value)
    op: TextOp = "equals" if token.operator == "=" else "regex" if token.operator else "glob" if pattern else "contains"
    return leaves.text(field, op, value, ignore_case=True)


def _metadata(token: Token) -> Predicate:
    if token.operator in COMPARISONS or (not token.quoted and not token.operator and looks_numeric(token.value)):
        return read_numbers(token.name, token)
    return _like(token.name, token)


def _tag(token: Token) -> Predicate:
    path = _plain(token, "=")
    path = path if path.startswith("/") else f"/{path}"
    return HasTag(values.tag_path(path), None, token.operator == "=")


def _before(token: Token) -> Predicate:
    return DateRange("captured_at", None, values.moment(_plain(token)))


def _after(token: Token) -> Predicate:
    return DateRange("captured_at", values.moment(_plain(token)), None)


def _date(token: Token) -> Predicate:
    return _dates(vocabulary.DATES[token.name], token)


def _dates(field: str, token: Token) -> Predicate:
    value = token.value
    if token.operator in COMPARISONS:
        begin, end = values.moments(value)
        if token.operator in (">=", ">"):
            return leaves.date_range(field, begin if token.operator == ">=" else end, None)
        return leaves.date_range(field, None, begin if token.operator == "<" else end)
    _plain(token, "=")
    first, dots, last = value.partition("..")
    if dots and not (first or last):
        raise Wrong("A range has a begin or an end, such as `2018..2020`.")
    if not dots:
        return leaves.date_range(field, *values.moments(value))
    return leaves.date_range(
        field, values.moments(first)[0] if first else None, values.moments(last)[1] if last else None
    )


def _year(token: Token) -> Predicate:
    years = token.value.replace("..", ",").split(",")
    if not all(year == "" or (len(year) == 4 and year.isascii() and year.isdigit()) for year in years):
        raise Wrong("Years of four digits are expected, such as `2018`, `2018,2020` or `2018..2020`.")
    if token.operator in COMPARISONS or ".." in token.value:
        return _dates("captured_at", token)
    _plain(token, "=")
    if not all(years):
        raise Wrong("A year is expected on both sides of a comma.")
    return leaves.date_part("captured_at", "year", [values.part_value("year", int(year)) for year in years])


def _part(token: Token) -> Predicate:
    part = vocabulary.PARTS[token.name]
    found: list[int] = []
    for item in _plain(token, "=").split(","):
        first, dots, last = item.partition("..")
        low = _one_part(part, first)
        found += _around(part, low, _one_part(part, last)) if dots else [low]
    return leaves.date_part("captured_at", part, found)


def _one_part(part: Part, text: str) -> int:
    return values.part_value(part, int(text) if text.isascii() and text.isdigit() and len(text) < 5 else text)


def _around(part: Part, low: int, high: int) -> list[int]:
    """From one value to another, over the end of the year or week if need be."""
    least, most = values.BOUNDS[part]
    return list(range(low, high + 1)) if low <= high else [*range(low, most + 1), *range(least, high + 1)]


def _time(token: Token) -> Predicate:
    first, dots, last = _plain(token).partition("..")
    if not dots:
        raise Wrong("Two times of day are expected, such as `22:00..04:30`.")
    return leaves.time_range("captured_at", first, last)


def _type(token: Token) -> Predicate:
    value = _plain(token).lower()
    if value in vocabulary.KINDS:
        return vocabulary.IS[value]
    value = vocabulary.TYPE_NAMES.get(value, value)
    return leaves.text("media_type", "equals" if "/" in value else "contains", value, ignore_case=True)


def _near(token: Token) -> Predicate:
    try:
        lat, lon, *more = _degrees(token.value.lower().removesuffix("km").strip())
        (km,) = more or [NEAR_KM]
    except ValueError:
        example = "`near:45.92,6.87` or `near:45.92,6.87,5km`"
        raise Wrong(f"Latitude and longitude are expected, and kilometres if need be: {example}.") from None
    _plain(token)
    return leaves.gps_radius(lat, lon, km)


def _box(token: Token) -> Predicate:
    try:
        south, west, north, east = _degrees(_plain(token))
    except ValueError:
        raise Wrong("South, west, north and east in degrees are expected: `box:45.8,6.7,46,7`.") from None
    return leaves.gps_box(south, west, north, east)


def _degrees(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]


def _owner(token: Token) -> Predicate:
    value = _plain(token).lower().removeprefix("acct:").removeprefix("@")
    if value == "me":
        return Flag("owned", True)
    return Text("owner", "equals", values.text(value))


def _of(choices: dict[str, Predicate]) -> Callable[[Token], Predicate]:
    def read(token: Token) -> Predicate:
        found = choices.get(_plain(token).lower())
        if found is None:
            raise Wrong(f"One of {', '.join(choices)} is expected.")
        return found

    return read


_READERS: dict[str, Callable[[Token], Predicate]] = {
    "tag": _tag,
    "before": _before,
    "after": _after,
    "year": _year,
    "time": _time,
    "type": _type,
    "near": _near,
    "box": _box,
    "owner": _owner,
    "is": _of(vocabulary.IS),
    "has": _of(vocabulary.HAS),
}
