"""Terms of a document as plain JSON: strings, one-element arrays, ids and embedded objects are interchangeable."""

from __future__ import annotations

from typing import Any

AS = "https://www.w3.org/ns/activitystreams"
PUBLIC = f"{AS}#Public"
_PUBLIC_NAMES = frozenset({PUBLIC, "as:Public", "Public"})
_RECIPIENT_TERMS = ("to", "cc", "bto", "bcc", "audience")


def many(value: Any) -> list[Any]:
    """`value` as a list: nothing for None, itself where it is a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def first(value: Any) -> Any:
    """The only value there is, or the first of several; None where there is none."""
    if isinstance(value, list):
        return value[0] if value else None
    return value


def id_of(value: Any) -> str | None:
    """The id that `value` is or carries; None where it is none, empty, or more than one."""
    if isinstance(value, list):
        if len(value) != 1:
            return None
        value = value[0]
    if isinstance(value, dict):
        value = value.get("id")
    return value if isinstance(value, str) and value else None


def ids_of(value: Any) -> list[str]:
    """Every id in `value`, in order; what is no id is passed over."""
    return [found for item in many(value) if not isinstance(item, list) and (found := id_of(item)) is not None]


def types_of(obj: Any) -> list[str]:
    """The types of `obj`, without the prefix or address of ActivityStreams."""
    if not isinstance(obj, dict):
        return []
    return [_short(name) for name in many(obj.get("type")) if isinstance(name, str)]


def has_type(obj: Any, *names: str) -> bool:
    """Whether one of the types of `obj` is one of `names`."""
    return any(name in names for name in types_of(obj))


def text_of(value: Any) -> str | None:
    """The text that `value` is; None where it is no text, or more than one."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, str) else None


def embedded(value: Any) -> dict[str, Any] | None:
    """The object that `value` is or holds as its only element; None for an id alone."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, dict) else None


def recipients(activity: dict[str, Any]) -> set[str]:
    """Everybody `activity` and the object in it are addressed to, blindly or not; the public always as `PUBLIC`."""
    found = _addressed(activity)
    inner = embedded(activity.get("object"))
    return found | _addressed(inner) if inner is not None else found


def is_public(activity: dict[str, Any]) -> bool:
    """Whether `activity`, or the object in it, is addressed to everybody."""
    return PUBLIC in recipients(activity)


def _addressed(obj: dict[str, Any]) -> set[str]:
    names = {name for term in _RECIPIENT_TERMS if term in obj for name in ids_of(obj[term])}
    return names if names.isdisjoint(_PUBLIC_NAMES) else (names - _PUBLIC_NAMES) | {PUBLIC}


def _short(name: str) -> str:
    return name.removeprefix("as:").removeprefix(f"{AS}#")
