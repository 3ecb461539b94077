"""Tag paths, as the rooms that stand on tags know them; the rules are in `core.tag_paths`."""

from __future__ import annotations

from archypix.core.tag_paths import (
    CONTROL,
    MAX_DEPTH,
    MAX_SEGMENT,
    MAX_TEXT,
    RESERVED,
    TagPath,
    format_path,
    is_reserved,
    name_key,
    parse_names,
    parse_path,
    parse_paths,
    path_key,
    refuse_reserved,
)

__all__ = [
    "CONTROL",
    "MAX_DEPTH",
    "MAX_SEGMENT",
    "MAX_TEXT",
    "RESERVED",
    "TagPath",
    "format_path",
    "is_reserved",
    "name_key",
    "parse_names",
    "parse_path",
    "parse_paths",
    "path_key",
    "refuse_reserved",
]
