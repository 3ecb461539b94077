"""Somebody who has something of everything that an account can have, and what a program reads of their export."""

from __future__ import annotations

import asyncio
import hashlib
import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.rig.server import archypix
from tests.uploads.site import Person, Site, photo

LINK_PASSWORD = "very secret indeed"
WITHIN = 120.0


@dataclass
class Home:
    """The server, Alice and Bob, and the ids of her pictures by their file names."""

    site: Site
    alice: Person
    bob: Person
    pictures: dict[str, str] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)

    async def add(self, name: str, seed: int, *tags: str) -> str:
        """A picture of Alice's, looked at by no worker."""
        answer = await self.alice.upload(photo(seed), name, tags=json.dumps(tags))
        assert answer.status == 201, answer.body
        self.pictures[name] = answer.json["id"]
        await self.site.sql("UPDATE pictures SET state = 'ready' WHERE id = $1", answer.json["id"])
        return self.pictures[name]

    async def command(self, *words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """A command on the same database and storage, beside the running server."""
        surroundings = {
            "ARCHYPIX_DATABASE_URL": self.site.endpoints.database_url,
            "ARCHYPIX_REDIS_URL": self.site.endpoints.redis_url,
        } | (env or {})
        return await asyncio.to_thread(archypix, *words, data=self.site.folder, env=surroundings)

    async def export(self, folder: Path, *words: str, status: int = 0) -> Export:
        """Export Alice."""
        done = await self.command("export", "alice", str(folder), *words)
        assert done.returncode == status, done.stdout + done.stderr
        return Export(folder, done.stdout + done.stderr)

    async def take_in(self, folder: Path, name: str, *, status: int = 0) -> str:
        """Import an export for somebody of the same server; what the command says."""
        done = await self.command("import", str(folder), "--user", name, "--no-wait")
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout


@dataclass
class Export:
    """An export as any program reads it, and what the command said."""

    folder: Path
    said: str

    @property
    def counts(self) -> dict[str, int]:
        """The table that the command printed."""
        return table(self.said)

    @property
    def manifest(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "archypix-export.json").read_text()))

    def json(self, name: str) -> dict[str, Any]:
        return dict(json.loads((self.folder / name).read_text()))

    def lines(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / f"{name}.jsonl").read_text().splitlines()]

    def pictures(self) -> dict[str, dict[str, Any]]:
        """What is said of pictures, by the names of their files as they were uploaded."""
        return {one["filename"]: one for one in self.lines("pictures")}

    def files(self) -> set[str]:
        """Every file but the ledger."""
        found = (path for path in self.folder.rglob("*") if path.is_file() and not path.name.startswith("."))
        return {str(path.relative_to(self.folder)) for path in found}

    def check(self) -> None:
        """What `sha256sum --check` would, and that no file is left out."""
        known = {}
        for line in (self.folder / "checksums.sha256").read_text().splitlines():
            digest, _, name = line.partition("  ")
            known[name] = digest
        assert set(known) | {"checksums.sha256", "archypix-export.json"} == self.files()
        for name, digest in known.items():
            assert hashlib.sha256((self.folder / name).read_bytes()).hexdigest() == digest, name


def table(said: str) -> dict[str, int]:
    """The counts in what a command printed, by their names."""
    rows = (line.rpartition("  ") for line in said.splitlines())
    return {name.strip(): int(count) for name, _, count in rows if count.strip().isdigit()}


async def settle_in(site: Site) -> Home:
    """Alice has pictures, one with earlier files, one in the trash, tags, services and all; Bob shares with her."""
    home = Home(site, await site.person("alice"), await site.person("bob"))
    await _pictures(home)
    await _tags(home)
    await _set_up(home)
    await _others(home)
    return home


async def _pictures(home: Home) -> None:
    alice = home.alice
    goats = await home.add("goats.jpg", 1, "/Travel/Alps")
    values = {
        "title": "Two goats", "description": "On a rock\nin the sun", "rating": 4, "creator": "Alice",
        "captured_at": "2019-07-02T10:11:12", "utc_offset": 120, "latitude": 46.5, "longitude": 8.25,
    }  # fmt: skip
    await alice.send("PATCH", f"/pictures/{goats}", values)
    await home.add("GOATS.jpg", 2, "/Travel")
    await home.add('a<b>:"c".jpg', 3)
    await home.add("CON.jpg", 4)
    edited = await home.add("edited.jpg", 5, "/Work")
    for seed in (50, 2, 51):
        content = photo(seed) if seed != 2 else photo(52)
        answer = await alice.call(
            "PUT", f"/pictures/{edited}/file", data=content, headers={"Content-Type": "image/jpeg"}
        )
        assert answer.status == 200, answer.body
    await home.site.sql("UPDATE pictures SET state = 'ready' WHERE id = $1", edited)
    gone = await home.add("gone.jpg", 6, "/Travel")
    await alice.send("DELETE", f"/pictures/{gone}")


async def _tags(home: Home) -> None:
    alice = home.alice
    said = {"description": "Up high", "colour": "#aabbcc", "cover": home.pictures["goats.jpg"]}
    await alice.send("PATCH", "/tags?path=/Travel/Alps", said)
    await alice.send("POST", "/tags", {"path": "/Empty"}, status=201)
    selection = {"include": [home.pictures["goats.jpg"]]}
    await alice.send("POST", "/pictures/batch/tags", {"selection": selection, "add": ["/Favourites"], "remove": []})


async def _set_up(home: Home) -> None:
    alice = home.alice
    rule = {"kind": "rule", "name": "Good ones", "config": {"rules": [{"when": "rating:>=4", "tag": "/Good"}]}}
    await alice.send("POST", "/services", rule, status=201)
    nodes = [{"type": "mirror", "root": "/Travel"}]
    await alice.send("POST", "/hierarchies", {"name": "Trips", "slug": "trips", "config": {"nodes": nodes}}, status=201)
    await alice.send("POST", "/searches", {"name": "Alps", "query": "tag:/Travel/Alps"}, status=201)
    await alice.send("PATCH", "/account/library", {"trash_days": 77, "version_mode": "all", "write_metadata": False})
    await alice.send("PATCH", "/account", {"display_name": "Alice A."})
    link = {"tag": "/Travel", "name": "For friends", "password": LINK_PASSWORD}
    made = await alice.send("POST", "/links", link, status=201)
    home.secrets += [LINK_PASSWORD, str(made["url"]).rsplit("/", 1)[-1], alice.token]


async def _others(home: Home) -> None:
    answer = await home.bob.upload(photo(900), "his.jpg", tags='["/His"]')
    assert answer.status == 201
    await home.site.sql("UPDATE pictures SET state = 'ready' WHERE id = $1", answer.json["id"])
    domain = home.site.url.removeprefix("http://").replace("127.0.0.1", "localhost")
    await home.bob.send("POST", "/shares", {"tag": "/His", "recipient": f"@alice@{domain}", "name": "His"}, status=201)
    await home.alice.send(
        "POST", "/shares", {"tag": "/Travel", "recipient": f"@bob@{domain}", "name": "Travel"}, status=201
    )
    await home.alice.send("POST", "/follows", {"handle": f"@bob@{domain}"}, status=201)
    incoming = "SELECT id FROM incoming_shares WHERE account_id = $1"
    share = await _until(home, incoming, home.alice.id)
    await home.alice.send("POST", f"/shares/incoming/{share}/accept")
    await _until(home, "SELECT id FROM pictures WHERE owner_id = $1 AND origin_uri IS NOT NULL", home.alice.id)
    await _until(home, "SELECT true FROM following WHERE account_id = $1 AND state = 'accepted'", home.alice.id)


async def _until(home: Home, statement: str, *values: Any) -> Any:
    async with asyncio.timeout(WITHIN):
        while not (found := await home.site.sql(statement, *values)):
            await asyncio.sleep(0.05)
        return found
