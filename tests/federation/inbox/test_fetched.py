"""Objects that are fetched because of a message, from a server that lies: nothing comes of them."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
import pytest_asyncio

from federation.outbound import client
from federation.signatures.models import Kind
from tests.federation.inbox.letters import AS, Persona
from tests.federation.inbox.town import LOCAL, Town
from tests.federation.outbound.wild import answer, document, redirect

GROUP = "https://b.test/users/group"
MALLORY = "https://evil.test/users/mallory"
PUBLIC = f"{AS}#Public"


def note(uri: str, **more: Any) -> dict[str, Any]:
    """A post that would be shown, were it honest."""
    image = {"type": "Document", "mediaType": "image/jpeg", "url": "https://evil.test/1.jpg", "name": "A rock"}
    return {
        "@context": AS,
        "id": uri,
        "type": "Note",
        "attributedTo": MALLORY,
        "to": [PUBLIC],
        "content": "<p>Hills</p>",
        "published": "2026-03-01T10:00:00Z",
        "attachment": [image],
    } | more


async def trickle(_seen: Any, writer: Any) -> bytes:
    """A body that hardly comes."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/activity+json\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(300):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.1)
    return b""


def bomb(uri: str) -> bytes:
    """A small body that unpacks to 64 MiB."""
    return answer(200, gzip.compress(json.dumps(note(uri, summary=" " * (64 << 20))).encode()), Content_Encoding="gzip")


LIES: dict[str, Callable[[str], Any]] = {
    "redirects_to_a_private_address": lambda uri: redirect("https://10.0.0.1/notes/1"),
    "redirects_to_a_cloud": lambda uri: redirect("http://169.254.169.254/latest/meta-data/"),
    "redirects_to_us": lambda uri: redirect(f"{LOCAL}/users/alice"),
    "loops": redirect,
    "trickles": lambda uri: trickle,
    "swells": bomb,
    "is_gone": lambda uri: answer(410),
    "is_html": lambda uri: document(note(uri), "text/html"),
    "is_not_json": lambda uri: answer(200, b"{{{{"),
    "is_nested": lambda uri: answer(200, b'{"a":' * 20_000 + b"1" + b"}" * 20_000),
    "has_another_id": lambda uri: document(note("https://evil.test/notes/other")),
    "has_an_id_of_another_origin": lambda uri: document(note("https://b.test/notes/1")),
    "is_by_somebody_elsewhere": lambda uri: document(note(uri, attributedTo=GROUP)),
    "is_by_somebody_here": lambda uri: document(note(uri, attributedTo=f"{LOCAL}/users/alice")),
    "is_a_person": lambda uri: document(note(uri, type="Person")),
    "has_no_type": lambda uri: document(note(uri, type=None)),
    "renames_words": lambda uri: document(note(uri) | {"@context": [AS, {"attributedTo": "https://evil.test/ns#x"}]}),
    "has_a_nul": lambda uri: answer(200, json.dumps(note(uri, content="a\0b")).encode()),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def group(calm_town: Town) -> Persona:
    """Somebody whom alice follows, and who passes on what others post."""
    group = calm_town.persona(GROUP)
    calm_town.serve(GROUP, group.document(type="Group"))
    calm_town.serve(MALLORY, Persona.make(MALLORY, 1).document())
    await calm_town.accounts["alice"].send("POST", "/follows", {"handle": GROUP}, status=201)
    follow = await calm_town.site.sql("SELECT json FROM activities WHERE type = 'Follow'")
    accept = {
        "type": "Accept",
        "object": {"id": follow["id"], "type": "Follow", "actor": follow["actor"], "object": GROUP},
    }
    assert (await calm_town.post(calm_town.letter(group, Kind.CAVAGE, accept))).status == 202
    await settled(calm_town)
    return group


async def settled(town: Town) -> None:
    async with asyncio.timeout(90):
        while await town.site.sql(
            "SELECT EXISTS (SELECT FROM inbox_activities WHERE state = 'leased' OR state = 'due' AND attempts = 0)"
        ):
            await asyncio.sleep(0.05)


async def feed(town: Town) -> dict[str, str]:
    """Everything that a post could leave behind."""
    tables = await town.digest()
    return {
        name: tables[name]
        for name in tables
        if name.startswith("feed_") or name in ("reports", "followers", "following")
    }


async def pass_on(town: Town, group: Persona, name: str, make: Callable[[str], Any]) -> None:
    """Have the group announce a post of another server."""
    uri = f"https://evil.test/notes/{name}"
    town.serve(uri, make(uri))
    announce = {"type": "Announce", "object": uri, "to": [PUBLIC], "cc": [f"{GROUP}/followers"]}
    assert (await town.post(town.letter(group, Kind.RFC9421, announce, path="/inbox"))).status == 202
    await settled(town)


@pytest.mark.parametrize("lie", sorted(LIES))
async def test_a_post_that_lies_is_not_shown(
    calm_town: Town, group: Persona, lie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if lie == "trickles":
        monkeypatch.setattr(client, "TOTAL_SECONDS", 2.0)
    before = await feed(calm_town)
    await pass_on(calm_town, group, lie, LIES[lie])
    assert await feed(calm_town) == before
    assert len(calm_town.evil.seen_at(f"/notes/{lie}")) >= 1, "nobody asked, so nothing was shown"


async def test_a_post_that_tells_the_truth_is_shown(calm_town: Town, group: Persona) -> None:
    before = await feed(calm_town)
    await pass_on(calm_town, group, "honest", lambda uri: document(note(uri)))
    assert await feed(calm_town) != before
