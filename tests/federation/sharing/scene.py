"""Alice of `a.test`, whose server is whole, and people of two other servers who are only their messages.

Alice has shared `/Travel` with Bob, who has accepted and passed it on to Dora, and `/Secret` with Mara, who has not
answered. Bob has shared something with Alice, who has accepted it, and Mara has, which she has not answered.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from federation.signatures.models import Kind
from tests.federation.inbox.letters import Letter, Persona, Reply
from tests.federation.inbox.town import LOCAL, Town
from tests.uploads.site import Person, photo

ALICE = f"{LOCAL}/users/alice"
BOB = "https://b.test/users/bob"
MARA = "https://b.test/users/mara"
DORA = "https://c.test/users/dora"
EVE = "https://evil.test/users/eve"
# What messages about shares may change.
TABLES = (
    "shares", "grants", "grant_pictures", "share_members", "shared_pictures", "incoming_shares", "received",
    "received_wanted", "gone_pictures", "gone_shares", "pictures", "tags", "assignments", "notices", "activities",
    "events",
)  # fmt: skip
INBOX = "/users/alice/inbox"


@dataclass
class Scene:
    """The server and what stands there when the hostile messages come."""

    town: Town
    pictures: dict[str, str] = field(default_factory=dict)
    shares: dict[str, str] = field(default_factory=dict)
    offers: dict[str, str] = field(default_factory=dict)
    # What others have shared with Alice, and a picture in it.
    theirs: dict[str, str] = field(default_factory=dict)

    @property
    def alice(self) -> Person:
        return self.town.accounts["alice"]

    def who(self, uri: str) -> Persona:
        return self.town.people[uri]

    async def say(self, sender: str, activity: dict[str, Any], path: str = INBOX) -> Reply:
        """Let somebody say something; what the inbox answers."""
        persona = self.who(sender)
        said = {"@context": "https://www.w3.org/ns/activitystreams", "id": persona.new_id(), "actor": sender} | activity
        return await self.town.post(Letter(persona, Kind.CAVAGE, said, path=path))

    async def settled(self) -> None:
        """Wait until everything that was said is worked through, but for what waits for another try."""
        busy = (
            "SELECT (SELECT count(*) FROM inbox_activities WHERE state = 'leased'"
            " OR (state = 'due' AND next_attempt_at < now() + interval '5 s'))"
            " + (SELECT count(*) FROM share_log)"
        )
        async with asyncio.timeout(90):
            while await self.town.site.sql(busy):
                await asyncio.sleep(0.02)

    async def digest(self) -> dict[str, str]:
        """For each table of sharing, what is in it."""
        found = {}
        for name in TABLES:
            if not await self.town.site.sql("SELECT to_regclass($1) IS NOT NULL", name):
                continue
            rows = await self.town.site.rows(f"SELECT t::text AS row FROM {name} t ORDER BY 1")
            found[name] = hashlib.sha256("\n".join(row["row"] for row in rows).encode()).hexdigest()
        return found

    async def picture(self, name: str, tag: str) -> str:
        """A picture of Alice's under a tag; its address."""
        answer = await self.alice.upload(photo(hash(name) % 10_000), f"{name}.jpg", tags=json.dumps([tag]))
        assert answer.status == 201, answer.body
        identifier = answer.json["id"]
        await self.town.site.sql("UPDATE pictures SET state = 'ready' WHERE id = $1", identifier)
        self.pictures[name] = f"{ALICE}/pictures/{identifier}"
        return self.pictures[name]

    async def share(self, name: str, tag: str, recipient: str, **rights: Any) -> None:
        """Alice offers a tag to somebody whom the server knows."""
        body = {"tag": tag, "recipient": recipient, "name": name} | rights
        made = await self.alice.send("POST", "/shares", body, status=201)
        self.shares[name] = made["url"]
        offered = await self.town.site.sql("SELECT offered FROM shares WHERE id = $1", made["id"])
        self.offers[name] = f"{ALICE}/activities/{offered}"

    def offer(self, sender: str, name: str) -> dict[str, Any]:
        """An Offer of a share of somebody's, as it should be."""
        uri = self.theirs.setdefault(name, f"{sender}/shares/{uuid4()}")
        return {"type": ["Offer", "apx:Share"], "to": [ALICE], "target": ALICE, "object": self.collection(sender, uri)}

    def collection(self, sender: str, uri: str) -> dict[str, Any]:
        """A share as its sender describes it."""
        return {
            "id": uri, "type": "OrderedCollection", "attributedTo": sender, "name": "Hers", "apx:path": "/Hers",
            "totalItems": 1, "apx:sequence": 1, "apx:originals": True, "apx:future": True, "apx:reshareDepth": 1,
        }  # fmt: skip

    def image(self, owner: str, uri: str | None = None, **more: Any) -> dict[str, Any]:
        """A picture as its owner describes it."""
        return {
            "id": uri or f"{owner}/pictures/{uuid4()}", "type": "Image", "attributedTo": owner, "name": "x.jpg",
            "mediaType": "image/jpeg", "published": "2024-07-02T00:00:00Z", "apx:size": 1000, "apx:revision": 3,
            "apx:thumbnails": True, "apx:originals": True,
        } | more  # fmt: skip

    def add(self, share: str, *items: Any, sequence: int = 2) -> dict[str, Any]:
        """An Add to a share, as it should be."""
        return {
            "type": ["Add", "apx:Announce"], "to": [ALICE], "target": share, "apx:sequence": sequence,
            "object": list(items),
        }  # fmt: skip

    def answer(self, kind: str, name: str, **more: Any) -> dict[str, Any]:
        """An Accept or Reject of a share of Alice's, as it should be."""
        inner = {
            "id": self.offers[name], "type": ["Offer", "apx:Share"], "actor": ALICE, "object": self.shares[name],
        } | more  # fmt: skip
        return {"type": [kind, "apx:Share"], "to": [ALICE], "object": inner}

    def invite(self, relayer: str, holder: str, *uris: str, **more: Any) -> dict[str, Any]:
        """An Invite to Alice's share with Bob, as it should be."""
        return {
            "type": ["Invite", "apx:Regrant"], "to": [ALICE], "object": holder, "target": self.shares["travel"],
            "apx:share": self.theirs.setdefault(f"via {relayer}", f"{relayer}/shares/{uuid4()}"),
            "apx:reshareDepth": 0, "apx:pictures": list(uris),
        } | more  # fmt: skip


async def open_scene(town: Town, **of_eve: Any) -> Scene:
    """Everything as it is said above; Eve's document says `of_eve` too."""
    scene = Scene(town)
    for number, uri in enumerate((BOB, MARA, DORA)):
        await town.known(uri, number)
    await town.known(EVE, **of_eve)
    await scene.picture("goats", "/Travel")
    await scene.picture("secret", "/Secret")
    await scene.share("travel", "/Travel", BOB, reshare_depth=1)
    await scene.share("secret", "/Secret", MARA)
    assert (await scene.say(BOB, scene.answer("Accept", "travel"))).status == 202
    await scene.settled()
    assert (await scene.say(BOB, scene.invite(BOB, DORA, scene.pictures["goats"]))).status == 202
    for sender, name in ((BOB, "bobs"), (MARA, "maras")):
        assert (await scene.say(sender, scene.offer(sender, name))).status == 202
    await scene.settled()
    mine = await town.site.sql("SELECT id FROM incoming_shares WHERE uri = $1", scene.theirs["bobs"])
    await scene.alice.send("POST", f"/shares/incoming/{mine}/accept")
    scene.theirs["cow"] = f"{BOB}/pictures/{uuid4()}"
    said = scene.add(scene.theirs["bobs"], scene.image(BOB, scene.theirs["cow"]))
    assert (await scene.say(BOB, said)).status == 202
    await scene.settled()
    assert await town.site.sql("SELECT count(*) FROM pictures WHERE origin_uri = $1", scene.theirs["cow"]) == 1
    assert await town.site.sql("SELECT count(*) FROM grants WHERE cut_at IS NULL") == 2
    return scene
