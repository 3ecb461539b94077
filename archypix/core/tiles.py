"""The addresses of map tiles as an administrator writes them."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 500
LONGEST_CREDIT: Final = 300
NUMBERS: Final = ("{z}", "{x}", "{y}")
# Where `@2x` goes for screens of high density.
DENSITY: Final = "{r}"
# The origin becomes part of the policy of pages: nothing else than a name or an address, and a port, may stand in it.
ORIGIN: Final = re.compile(
    r"(https?://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?)/"
)
# What addresses are made of, by RFC 3986, without a fragment.
PATH: Final = re.compile(r"/(?!/)[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*\Z")


def check_tiles(template: str) -> None:
    """Raise `ValueError`, whose words are for the administrator, unless this is empty or a template of addresses."""
    if not template:
        return
    if len(template) > LONGEST:
        raise ValueError(f"must have at most {LONGEST} characters")
    if "{s}" in template:
        raise ValueError(
            "has {s}, which stands for several hosts: name one of them, such as a in its place, since the policy of"
            " pages lets browsers ask the one that is named and no other"
        )
    for number in NUMBERS:
        if template.count(number) != 1:
            raise ValueError(f"must have {number} once, as in https://tiles.example.org/{{z}}/{{x}}/{{y}}.png")
    origin = origin_of(template)
    if not origin and not template.startswith("/"):
        raise ValueError("must start with https:// and a host's name, or with / for tiles behind the same front")
    path = template[len(origin) :].replace(DENSITY, "@2x", 1)
    for number in NUMBERS:
        path = path.replace(number, "0")
    if "{" in path or "}" in path:
        raise ValueError("may have {z}, {x} and {y} in braces, {r} once, and nothing else")
    if not PATH.match(path):
        raise ValueError("is no address: blanks and other signs are written as %20 and the like")


def check_credit(line: str) -> None:
    """Raise `ValueError` unless this is a short line."""
    if len(line) > LONGEST_CREDIT:
        raise ValueError(f"must have at most {LONGEST_CREDIT} characters")
    if not all(character.isprintable() for character in line):
        raise ValueError("must be one line of text")


def origin_of(template: str) -> str:
    """Scheme, host and port; empty for tiles of the same origin as the pages."""
    found = ORIGIN.match(template)
    return found[1] if found else ""
