"""Nodes on a field: `{"field": "iso", "min": 800}`. Several conditions in one node are all to be met."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, get_args

from archypix.predicates import leaves, values
from archypix.predicates.fields import GPS, Kind, kinds
from archypix.predicates.models import And, Never, Part, Predicate, TextOp
from archypix.predicates.values import Wrong

TEXT_OPS: tuple[TextOp, ...] = get_args(TextOp)
PARTS: tuple[Part, ...] = get_args(Part)

_KEYS: dict[Kind, frozenset[str]] = {
    "text": frozenset({*TEXT_OPS, "ignore_case"}),
    "number": frozenset({"equals", "min", "max"}),
    "flag": frozenset({"equals"}),
    "date": frozenset({*PARTS, "date_range", "time_range"}),
}


class At(Protocol):
    """Makes a condition; None where it cannot, which is then noted at the path."""

    def __call__(self, path: str, make: Callable[[], Predicate], /) -> Predicate | None: ...


def read(data: Mapping[str, Any], path: str, at: At) -> Predicate:
    """The conditions of the node; `Wrong` for what is wrong with the node as a whole."""
    field = data["field"]
    known = kinds(field) if isinstance(field, str) else frozenset()
    if not known and field != GPS:
        at(f"{path}.field", lambda: _no_field(field))
        return Never()
    allowed = frozenset({"field", "present"}).union(*(_KEYS[kind] for kind in known))
    if unknown := sorted(str(key)[:50] for key in data if key not in allowed):
        raise Wrong(f"`{unknown[0]}` is nothing to ask of `{field}`.")
    parts = [at(f"{path}.{key}" if key else path, make) for key, make in _conditions(field, known, data)]
    if not parts:
        expected = sorted(allowed - {"field", "ignore_case"})
        raise Wrong(f"`{field}` is to be compared: {', '.join(expected)}.")
    found = tuple(part for part in parts if part is not None)
    return found[0] if len(found) == 1 else And(found)


def _no_field(field: object) -> Predicate:
    raise Wrong(f"There is no field `{field[:50]}`." if isinstance(field, str) else "The name of a field is expected.")


def _conditions(
    field: str, known: frozenset[Kind], data: Mapping[str, Any]
) -> Iterator[tuple[str, Callable[[], Predicate]]]:
    """Each condition as the key it stands at, and how it is made."""
    if "present" in data:
        yield "present", lambda: leaves.present(field, data["present"])
    numeric = "number" in known and _asks_number(known, data)
    if "text" in known:
        for op in TEXT_OPS:
            if op in data and not (numeric and op == "equals"):
                yield op, lambda op=op: _text(field, op, data)  # type: ignore[misc]
    if numeric:
        yield from _number(field, data)
    if "flag" in known and "equals" in data:
        yield "equals", lambda: leaves.flag(field, data["equals"])
    if "date" in known:
        yield from _date(field, data)


def _asks_number(known: frozenset[Kind], data: Mapping[str, Any]) -> bool:
    """Whether a field that may be text or number is asked as a number."""
    return "text" not in known or "min" in data or "max" in data or not isinstance(data.get("equals", ""), str)


def _text(field: str, op: TextOp, data: Mapping[str, Any]) -> Predicate:
    ignore_case = data.get("ignore_case", False)
    if not isinstance(ignore_case, bool):
        raise Wrong("true or false is expected for `ignore_case`.")
    return leaves.text(field, op, data[op], ignore_case=ignore_case)


def _number(field: str, data: Mapping[str, Any]) -> Iterator[tuple[str, Callable[[], Predicate]]]:
    if "equals" in data:

        def equal() -> Predicate:
            value = values.number(data["equals"])
            return leaves.number(field, value, value)

        yield "equals", equal
    for key in ("min", "max"):
        if key in data:
            # The two ends are one condition, which stands where the first of them is; each is checked at its own place.
            yield key, lambda key=key: _ends(field, data, key)  # type: ignore[misc]
            if key == "min" and "max" in data and _is_number(data["max"]):
                return


def _is_number(value: object) -> bool:
    try:
        values.number(value)
    except Wrong:
        return False
    return True


def _ends(field: str, data: Mapping[str, Any], key: str) -> Predicate:
    values.number(data[key])
    low, high = (values.number(data[end]) if end in data and _is_number(data[end]) else None for end in ("min", "max"))
    return leaves.number(field, low, high)


def _date(field: str, data: Mapping[str, Any]) -> Iterator[tuple[str, Callable[[], Predicate]]]:
    for part in PARTS:
        if part in data:
            yield part, lambda part=part: _part(field, part, data[part])  # type: ignore[misc]
    if "date_range" in data:
        yield "date_range", lambda: _date_range(field, data["date_range"])
    if "time_range" in data:
        yield "time_range", lambda: _time_range(field, data["time_range"])


def _part(field: str, part: Part, value: object) -> Predicate:
    several = value if isinstance(value, list) else [value]
    if len(several) > 200:
        raise Wrong("200 values are the most.")
    return leaves.date_part(field, part, [values.part_value(part, one) for one in several])


def _date_range(field: str, value: object) -> Predicate:
    if not isinstance(value, Mapping) or not value or set(value) - {"from", "to"}:
        raise Wrong("An object of `from` and `to` is expected, one of which may be null.")
    start, stop = (None if (end := value.get(key)) is None else values.moment(end) for key in ("from", "to"))
    if start is None and stop is None:
        raise Wrong("`from` or `to` is expected.")
    return leaves.date_range(field, start, stop)


def _time_range(field: str, value: object) -> Predicate:
    if not isinstance(value, Mapping) or set(value) != {"from", "to"}:
        raise Wrong("An object of `from` and `to` is expected.")
    return leaves.time_range(field, value["from"], value["to"])
