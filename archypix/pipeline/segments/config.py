"""A segmentation's settings as JSON: checked into a `Segmentation`, and written again."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_args

from archypix.core.errors import Fault, Invalid
from archypix.core.tag_paths import MAX_DEPTH, TagPath, format_path, parse_names, parse_path, refuse_reserved
from archypix.pipeline.segments.fields import Faults, Fields, moment
from archypix.pipeline.segments.models import (
    Band,
    Bound,
    Case,
    CatchAll,
    Hemisphere,
    Offset,
    Segmentation,
    Style,
    Template,
)
from archypix.pipeline.segments.parts import PARTS
from archypix.pipeline.segments.templates import MAX_TEMPLATE, parse_template, too_long

MAX_BANDS = 200
MAX_TEXT = 20_000
MAX_DIGITS = 9
MOST = {"months": 1200, "days": 3660, "hours": 1000, "minutes": 10_000}


def parse(config: object, path: str = "config") -> Segmentation:
    """The segmentation that `config`, decoded JSON, describes.

    Raises `Invalid` with a fault at `path.bands.3.template` and the like for the first fifty things that are wrong.
    """
    faults = Faults()
    fields = Fields(config, path, faults, ("root", "hemisphere", "catch_all", "bands"))
    segmentation = Segmentation(
        root=_root(fields),
        hemisphere=fields.choice("hemisphere", get_args(Hemisphere), "north"),
        bands=_bands(fields),
        catch_all=_catch_all(fields),
    )
    deepest = len(segmentation.root) + segmentation.depth
    if segmentation.root and deepest > MAX_DEPTH:
        faults.add(f"{path}.root", f"With the levels below it, tags are {deepest} deep; {MAX_DEPTH} is the most.")
    faults.settle("This segmentation does not hold.")
    return segmentation


def to_json(segmentation: Segmentation) -> dict[str, Any]:
    """The settings that `parse` makes this segmentation of."""
    written: dict[str, Any] = {"root": format_path(segmentation.root), "hemisphere": segmentation.hemisphere}
    if caught := segmentation.catch_all:
        written["catch_all"] = {
            "name": "/".join(caught.levels),
            "undated": caught.undated,
            "unmatched": caught.unmatched,
        }
    written["bands"] = [_band_json(band) for band in segmentation.bands]
    return written


def _root(fields: Fields) -> TagPath:
    text = fields.text("root")
    if text is None:
        return ()
    try:
        root = parse_path(text, fields.at("root"))
        refuse_reserved(root, fields.at("root"))
    except Invalid as error:
        fields.faults.take(error.faults)
        return ()
    return root


def _catch_all(fields: Fields) -> CatchAll | None:
    if fields.get("catch_all") is None:
        return None
    inner = fields.inner("catch_all", ("name", "undated", "unmatched"))
    name, undated, unmatched = inner.text("name"), inner.flag("undated"), inner.flag("unmatched")
    if not undated and not unmatched:
        inner.faults.add(inner.path, "`undated`, `unmatched` or both say what is caught.")
    if name is None:
        return None
    if len(name) > MAX_TEMPLATE:
        inner.faults.add(inner.at("name"), f"{MAX_TEMPLATE} characters are the most.")
        return None
    try:
        levels = parse_names(name.split("/")[: MAX_DEPTH + 1], inner.at("name"))
    except Invalid as error:
        inner.faults.take(tuple(Fault(inner.at("name"), fault.detail) for fault in error.faults))
        return None
    return CatchAll(tuple(levels), bool(undated), bool(unmatched))


def _bands(fields: Fields) -> tuple[Band, ...]:
    bands = fields.get("bands")
    if not isinstance(bands, list):
        fields.faults.add(fields.at("bands"), "A list of bands is needed.")
        return ()
    if len(bands) > MAX_BANDS:
        fields.faults.add(fields.at("bands"), f"{MAX_BANDS} bands are the most.")
        return ()
    parsed = [_band(band, f"{fields.at('bands')}.{number}", fields.faults) for number, band in enumerate(bands)]
    made = tuple(band for band in parsed if band is not None)
    if sum(len(band.template.text) for band in made) > MAX_TEXT:
        fields.faults.add(fields.at("bands"), f"{MAX_TEXT} characters are the most for all templates together.")
    return made


def _band(value: object, path: str, faults: Faults) -> Band | None:
    fields = Fields(value, path, faults, ("from", "to", "template", "parts", "offset"))
    start, stop = _bound(fields, "from"), _bound(fields, "to")
    if start is not None and stop is not None and start >= stop:
        faults.add(fields.at("to"), "`to` lies behind `from`.")
    styles = _styles(fields)
    template = _template(fields)
    if template is None:
        return None
    for reason in too_long(template, styles):
        faults.add(fields.at("template"), reason)
    return Band(start, stop, template, styles, _offset(fields))


def _bound(fields: Fields, name: str) -> datetime | None:
    value = fields.get(name)
    if value is None:
        return None
    parsed = moment(value)
    if parsed is None:
        fields.faults.add(fields.at(name), "A date such as `2015-08-01`, or `2015-08-01T04:00`, or null is needed.")
    return parsed


def _template(fields: Fields) -> Template | None:
    text = fields.text("template")
    if text is None:
        return None
    template, wrong = parse_template(text)
    for reason in wrong:
        fields.faults.add(fields.at("template"), reason)
    return template


def _styles(fields: Fields) -> dict[str, Style]:
    if fields.get("parts") is None:
        return {}
    inner = fields.inner("parts", tuple(PARTS))
    return {name: _style(inner, name) for name in PARTS if inner.get(name) is not None}


def _style(parts: Fields, name: str) -> Style:
    part = PARTS[name]
    fields = parts.inner(name, ("stride", "name", "short", "pad", "case", "bound"))
    stride = fields.whole("stride", 1, part.longest_stride) or 1
    by_name, short = fields.flag("name"), bool(fields.flag("short"))
    if by_name and not part.names:
        fields.faults.add(fields.at("name"), f"`{name}` has no names.")
    if short and not part.short:
        fields.faults.add(fields.at("short"), f"`{name}` has no short form.")
    return Style(
        stride=stride,
        name=by_name,
        short=short,
        pad=fields.whole("pad", 0, MAX_DIGITS),
        case=fields.choice("case", get_args(Case), None),
        bound=fields.choice("bound", get_args(Bound), "start"),
    )


def _offset(fields: Fields) -> Offset:
    if fields.get("offset") is None:
        return Offset()
    inner = fields.inner("offset", tuple(MOST))
    amounts = {name: inner.whole(name, -most, most) or 0 for name, most in MOST.items()}
    if min(amounts.values()) < 0 < max(amounts.values()):
        inner.faults.add(inner.path, "All of an offset goes in one direction.")
        return Offset()
    return Offset(**amounts)


def _band_json(band: Band) -> dict[str, Any]:
    written: dict[str, Any] = {
        "from": _moment_json(band.start),
        "to": _moment_json(band.stop),
        "template": band.template.text,
    }
    if band.styles:
        written["parts"] = {name: _style_json(style) for name, style in band.styles.items()}
    if band.offset:
        written["offset"] = {name: amount for name in MOST if (amount := getattr(band.offset, name))}
    return written


def _style_json(style: Style) -> dict[str, Any]:
    names = ("stride", "name", "short", "pad", "case", "bound")
    return {name: value for name in names if (value := getattr(style, name)) != getattr(Style(), name)}


def _moment_json(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.isoformat().removesuffix("T00:00:00")
