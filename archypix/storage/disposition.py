"""Headers by which a stored file is shown or saved, and can do no harm in our origin."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

PLAIN: Final = "application/octet-stream"
LONGEST_NAME: Final = 255
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}", re.ASCII)
_SHOWN: Final = re.compile(r"(?:image|video|audio)/", re.ASCII)
_NEVER_SHOWN: Final = re.compile(r"[+/](?:svg|xml|html)", re.ASCII)
# What RFC 8187 lets stand in a value besides letters and digits.
_ATTR_CHARS: Final = "!#$&+-.^_`|~"
_DROPPED: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control characters, lone surrogates, line separators
_DIRECTION_MARKS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")

# Whatever is opened as a page of its own gets an origin of its own, and may load nothing but itself.
GUARDS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (
        b"content-security-policy",
        b"sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'",
    ),
    (b"referrer-policy", b"no-referrer"),
    # The address is the whole right to the file, so a page of any other server may use one that it was given.
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"accept-ranges, content-disposition, content-range, etag"),
)


def safe_media_type(text: str) -> str:
    """`text` in lower case if it is a plain media type, otherwise the type of unknown bytes."""
    lowered = text.lower()
    return lowered if _MEDIA_TYPE.fullmatch(lowered) else PLAIN


def may_be_shown(media_type: str) -> bool:
    """True for pictures, film and sound that cannot hold scripts; everything else is only ever saved."""
    return bool(_SHOWN.match(media_type)) and not _NEVER_SHOWN.search(media_type)


def content_disposition(filename: str | None, *, inline: bool) -> str:
    """The header's value (RFC 6266), always ASCII: a plain name for old programs, the true one by RFC 8187."""
    kind = "inline" if inline else "attachment"
    name = _clean(filename) if filename else ""
    if not name:
        return kind
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r'["\\%;]', "_", plain) if plain.strip(" .") else "file"
    if plain.startswith(".") and not name.startswith("."):
        plain = f"file{plain}"
    if plain == name:
        return f'{kind}; filename="{plain}"'
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=_ATTR_CHARS)}"


def _clean(filename: str) -> str:
    """One name, not a path, without what cannot be printed or would hide its end (direction marks)."""
    kept = "".join(c for c in filename if unicodedata.category(c) not in _DROPPED and c not in _DIRECTION_MARKS)
    return re.sub(r"[/\\]", "_", kept).strip()[:LONGEST_NAME]
