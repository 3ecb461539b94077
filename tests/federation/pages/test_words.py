"""Public pages in the language of whoever reads them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest_asyncio

from federation.pages.words import ENGLISH, SPOKEN, French, Words
from tests.federation.collections.test_story import ready
from tests.federation.pages.browser import ACCEPT, Page
from tests.uploads.site import Answer, Person, Site, open_site

COLLECTION = "/users/alice/collections/travel"
TAKEN = "2024-07-01T10:00:00"


def test_every_word_is_said_in_french() -> None:
    for name, english in vars(Words).items():
        if not name.startswith("__") and name != "day":
            assert vars(French).get(name) not in (None, english), name
    assert French.missing.keys() == Words.missing.keys()


def test_what_is_counted_is_said_as_far_as_it_is_there() -> None:
    french = SPOKEN["fr"]
    assert ENGLISH.counts(1, 2, 1) == "1 like, 2 boosts, 1 reply"
    assert french.counts(1, 2, 1) == "1 j’aime, 2 repartages, 1 réponse"
    assert ENGLISH.counts(0, 0, 0) == french.counts(0, 0, 0) == ""
    assert ENGLISH.picture_of(date(2024, 7, 1)) == "Picture of 1 July 2024"
    assert french.picture_of(date(2024, 7, 1)) == "Photo du 1er juillet 2024"


@dataclass
class World:
    """Alice has made a tag public that no picture carries yet."""

    site: Site
    alice: Person

    async def open(self, path: str, language: str | None, more: Mapping[str, str] | None = None) -> Answer:
        headers = {**ACCEPT, **({} if language is None else {"Accept-Language": language}), **(more or {})}
        async with self.site.client.get(self.site.url + path, headers=headers, allow_redirects=False) as answer:
            return Answer(answer.status, answer.headers, await answer.read())


@pytest_asyncio.fixture
async def world(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with open_site(database_url, redis_url, tmp_path / "data") as site, site.worker("w1"):
        alice = await site.person("alice")
        await alice.send("POST", "/tags", {"path": "/Travel"}, status=201)
        await alice.send("POST", "/collections", {"tag": "/Travel", "slug": "travel"}, status=201)
        yield World(site, alice)


async def test_whoever_asks_for_french_reads_french(world: World) -> None:
    answer = await world.open(COLLECTION, "fr-CA,fr;q=0.9,en;q=0.8")
    page = Page(answer.body.decode())
    assert '<html lang="fr"' in answer.body.decode()
    assert "Il n’y a encore rien ici." in page.text
    assert "Abonnez-vous à @alice.travel@" in page.text.replace("\n", " ")
    assert page.metas["description"] == "Photos par alice."

    picture = await ready(world.alice, 1, captured_at=TAKEN)
    shown = Page((await world.open(COLLECTION, "fr")).body.decode())
    assert [one["alt"] for one in shown.images if one.get("class") != "avatar"] == ["Photo du 1er juillet 2024"]
    alone = Page((await world.open(f"/users/alice/pictures/{picture}", "fr")).body.decode())
    assert "1er juillet 2024" in alone.text
    assert "alice dans " in alone.text
    person = await world.open("/users/alice", "fr")
    assert Page(person.body.decode()).metas["description"] == "Photos publiques, par alice."
    missing = await world.open("/users/nobody", "fr")
    assert (missing.status, Page(missing.body.decode()).title) == (404, "Rien ici")


async def test_caches_keep_one_page_for_each_language(world: World) -> None:
    english, french = [await world.open(COLLECTION, language) for language in ("de", "fr")]
    assert '<html lang="en"' in english.body.decode()
    assert (await world.open(COLLECTION, None)).body == english.body
    assert english.headers["ETag"] != french.headers["ETag"]
    for answer in (english, french, await world.open("/users/nobody", "fr")):
        assert {one.strip() for one in answer.headers["Vary"].split(",")} >= {"Accept", "Accept-Language"}
    # What one has in English is not what is there in French.
    again = {"If-None-Match": english.headers["ETag"]}
    kept = await world.open(COLLECTION, "en", again)
    assert (kept.status, kept.headers["Vary"]) == (304, english.headers["Vary"])
    assert (await world.open(COLLECTION, "fr", again)).status == 200
