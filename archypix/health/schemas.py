"""What administrators are told of the server, in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from archypix import __version__
from archypix.backup.records import Record
from archypix.core.clock import rfc3339
from archypix.health.models import Facts, Totals


class TotalsOut(BaseModel):
    """What all people have together."""

    people: int
    pictures: int
    bytes: int


class ServerOut(BaseModel):
    """`checks`: each thing the server rests on with `ok` or a short reason. `allow_list`: whether the server deals with
    allowed servers alone; `secure`: whether it shows itself only to servers that sign. `storage` is `files` or `s3`."""

    version: str
    domain: str
    origin: str
    storage: str
    workers: int
    allow_list: bool
    secure: bool
    resolver: str
    checks: dict[str, str]
    totals: TotalsOut


class BackupOut(BaseModel):
    """`made_at` is the moment whose state it is. `copied` files were new to that place; `missing` ones the server had
    lost itself."""

    id: UUID
    made_at: str
    ended_at: str
    place: str
    files: int
    bytes: int
    copied: int
    copied_bytes: int
    missing: int
    sealed: bool


class BackupsOut(BaseModel):
    items: list[BackupOut]


def server_json(facts: Facts, checks: Mapping[str, str], totals: Totals) -> dict[str, Any]:
    """`ServerOut`."""
    return {"version": __version__, **asdict(facts), "checks": dict(checks), "totals": asdict(totals)}


def backup_json(made: Record) -> dict[str, Any]:
    """`BackupOut`."""
    times = {"made_at": rfc3339(made.made_at), "ended_at": rfc3339(made.ended_at)}
    return {**asdict(made), "id": str(made.id), **times}
