"""What administrators are told of the server, in Python."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """What is set once, at the start."""

    domain: str
    origin: str
    storage: str
    workers: int
    allow_list: bool
    secure: bool
    resolver: str


@dataclass(frozen=True, slots=True)
class Totals:
    """What all people have together."""

    people: int
    pictures: int
    bytes: int
