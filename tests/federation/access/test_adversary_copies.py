"""Copies of pictures whose owner's server lies about the file: one of them fails, and no other."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from archypix.copies.service import CopyService
from archypix.pictures.faraway import FarPicture, Source
from federation.access import sources
from federation.access.models import Granted
from tests.federation.access.houses import Street
from tests.federation.access.test_copies import _copied

NAMES = {
    "a\0b.jpg": "ab.jpg",
    "../../etc/passwd": "passwd",
    "x" * 900 + ".jpg": "x" * 251 + ".jpg",
    "\u202egpj.exe": "gpj.exe",
}


@pytest.mark.parametrize("said", NAMES)
async def test_whatever_its_owner_calls_it(street: Street, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    (given,) = await street.given(1)
    _, (picture,) = await street.share([given])
    written = sources.Sources.open

    def renamed(self: sources.Sources, granted: Granted) -> Any:
        # What the owner's server answered has this name in it.
        return written(self, replace(granted, filename=json.loads(json.dumps(said))))

    monkeypatch.setattr(sources.Sources, "open", renamed)
    copy = await _copied(street, picture)
    assert copy["state"] == "done"
    assert (await street.bob.person.get(f"/pictures/{copy['picture']}"))["filename"] == NAMES[said]


async def test_a_mistake_with_one_copy_ends_nothing_else(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    given = await street.given(2)
    _, (first, second) = await street.share(given)
    service: CopyService = street.bob.site.service(CopyService)
    monkeypatch.setattr(service, "_first_wait", 0.0)
    whole = service._faraway.original

    @asynccontextmanager
    async def stumbling(account_id: int, picture: FarPicture) -> AsyncIterator[Source]:
        if picture[0] == given[0].uri:
            raise ValueError(picture[0])
        async with whole(account_id, picture) as source:
            yield source

    monkeypatch.setattr(service._faraway, "original", stumbling)
    assert (await _copied(street, first))["state"] == "failed"
    assert (await _copied(street, second))["state"] == "done"
