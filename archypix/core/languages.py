"""Languages in which pages speak to people without an account, as their browsers ask; how days are written in them."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal, TypeAlias, get_args

Language: TypeAlias = Literal["en", "fr"]
LANGUAGES: Final[dict[str, Language]] = {language: language for language in get_args(Language)}
# Beyond this nobody means what they say.
LONGEST_HEADER: Final = 500
MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip


def liked(accepted: str | None) -> Language:
    """The language that a browser likes best of those there are, by its `Accept-Language`; English for all others."""
    best: Language = "en"
    weight = 0.0
    for part in (accepted or "")[:LONGEST_HEADER].split(","):
        name, _, quality = part.strip().partition(";")
        found = LANGUAGES.get(name.strip().lower().partition("-")[0])
        worth = _weight(quality)
        if found is not None and worth > weight:
            best, weight = found, worth
    return best


def month_in(language: Language, moment: date) -> str:
    """`July`, `juillet`."""
    return MONTHS[moment.month - 1] if language == "fr" else f"{moment:%B}"


def day_in(language: Language, moment: date) -> str:
    """`1 July 2024`, `1er juillet 2024`."""
    number = "1er" if language == "fr" and moment.day == 1 else str(moment.day)
    return f"{number} {month_in(language, moment)} {moment.year}"


def _weight(quality: str) -> float:
    """The number behind `q=`; 1 where none is said, 0 for what is no number."""
    name, _, number = quality.strip().partition("=")
    if not name:
        return 1.0
    try:
        return min(1.0, float(number)) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
