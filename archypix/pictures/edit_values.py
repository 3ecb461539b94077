"""The fields of a picture that people may set: which values they take, and which values go into the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from archypix.core.errors import Fault, Invalid
from archypix.media.texts import LONG, SHORT, TITLE, clean
from archypix.pictures.dates import INFINITE
from archypix.pictures.names import MAX_NAME, clean_filename

RANGES: Mapping[str, tuple[float, float]] = {
    "utc_offset": (-14 * 60, 14 * 60),
    "latitude": (-90, 90),
    "longitude": (-180, 180),
    "altitude": (-12_000, 1_000_000),
    "rating": (0, 5),
    "iso": (1, 10_000_000),
    "aperture": (0.1, 1_000),
    "focal_length": (0.1, 100_000),
    "exposure": (1e-9, 1e7),
    "orientation": (1, 8),
}
TEXTS: Mapping[str, int] = {
    "title": TITLE,
    "description": LONG,
    "creator": SHORT,
    "camera_make": SHORT,
    "camera_model": SHORT,
    "lens": SHORT,
}


def checked(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The values, cleaned; `Invalid` names those that cannot be."""
    faults: list[Fault] = []
    values = {name: value_of(name, value, faults) for name, value in changes.items()}
    refuse(faults)
    return values


def refuse(faults: Sequence[Fault]) -> None:
    """Raise `Invalid` where there are any."""
    if faults:
        raise Invalid("These changes cannot be made.", faults=tuple(faults[:50]))


def value_of(name: str, value: Any, faults: list[Fault]) -> Any:
    """The value as the database has it; what is wrong with it joins `faults`."""
    if name in RANGES:
        least, most = RANGES[name]
        if value is not None and not least <= value <= most:
            faults.append(Fault(name, f"From {least:g} to {most:g}."))
    elif name in TEXTS:
        if value is not None and len(value) > TEXTS[name]:
            faults.append(Fault(name, f"At most {TEXTS[name]} characters."))
        return clean(value, TEXTS[name], lines=name == "description")
    elif name == "filename":
        return _filename(value, faults)
    elif name == "captured_at":
        if value is not None:
            _check_wall_clock(value, faults)
    else:
        faults.append(Fault(name, "There is no such field."))
    return value


def _filename(value: str | None, faults: list[Fault]) -> str:
    text = (value or "").strip()
    if not text.strip(".") or "/" in text or "\\" in text or len(text) > MAX_NAME:
        faults.append(Fault("filename", f"1 to {MAX_NAME} characters, without slashes."))
    return clean_filename(text)


def _check_wall_clock(value: datetime, faults: list[Fault]) -> None:
    if value in INFINITE:
        faults.append(Fault("captured_at", "There was no camera then."))
    if value.tzinfo is not None:
        faults.append(Fault("captured_at", "A wall clock such as 2018-03-02T10:00:00; its offset is `utc_offset`."))
