"""The colour that stands for a picture until it is there: the average that its BlurHash says."""

from __future__ import annotations

from typing import Final

DARK: Final = "#8a8f94"
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"


def colour_of(blurhash: str | None) -> str | None:
    """The average colour as `#rrggbb`; None without a BlurHash, or for text that is none."""
    if not blurhash or len(blurhash) < 6:
        return None
    value = 0
    for character in blurhash[2:6]:
        digit = _DIGITS.find(character)
        if digit < 0:
            return None
        value = value * 83 + digit
    return f"#{value:06x}" if value < 1 << 24 else None
