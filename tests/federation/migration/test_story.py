"""A person leaves one server for another with everything: pictures, tags, followers, and shares in both directions."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from tests.exchange.home import Export
from tests.federation.migration.moving import knows_of_move, move, told, with_password
from tests.federation.sharing.houses import House, Somebody, until
from tests.rig.server import archypix


async def command(house: House, *words: str) -> str:
    """A command beside a server; what it says."""
    site = house.site
    env = {"ARCHYPIX_DATABASE_URL": site.endpoints.database_url, "ARCHYPIX_REDIS_URL": site.endpoints.redis_url}
    done = await asyncio.to_thread(archypix, *words, data=site.folder, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def pictures(person: Somebody, tag: str) -> set[tuple[str, str]]:
    """File names and hashes under a tag."""
    rows = await person.house.site.rows(
        "SELECT p.filename, coalesce(encode(p.sha256, 'hex'), p.origin_uri) AS what FROM pictures p"
        " JOIN tags t ON t.id = ANY (p.tag_closure) WHERE p.owner_id = $1 AND t.name = $2 AND p.deleted_at IS NULL",
        person.person.id,
        tag,
    )
    return {(row["filename"], row["what"]) for row in rows}


async def test_everything_goes_along(houses: list[House], tmp_path: Path) -> None:
    old, new = await with_password(houses[0], "ines"), await with_password(houses[1], "ines")
    dora = await houses[2].person("dora")
    for name in ("goats.jpg", "cows.jpg"):
        await old.add("/Travel/Alps", name=name)
    await dora.add("/Hers", name="hers.jpg")
    given = await old.share("/Travel", dora)
    mine = await dora.accept(given)
    await dora.sees("goats.jpg", "cows.jpg", "hers.jpg")
    await old.accept(await dora.share("/Hers", old))
    await old.sees("goats.jpg", "cows.jpg", "hers.jpg")
    tag = (await dora.get(f"/shares/incoming/{mine}"))["tag"]

    # The library goes first.
    await command(houses[0], "export", "ines", str(tmp_path / "out"))
    export = Export(tmp_path / "out", "")
    export.check()
    said = await command(houses[1], "import", str(export.folder), "--user", "ines", "--no-wait")
    assert "not brought: 1 shares with others" in said
    assert await pictures(new, "Alps") == await pictures(old, "Alps") != set()
    await houses[1].site.sql("UPDATE pictures SET state = 'ready' WHERE owner_id = $1", new.person.id)

    # Then everybody is told.
    await move(old, new)
    await knows_of_move(houses[2], old, new)
    asked = await told(dora, "share.partner_moved")
    again = await dora.send("POST", f"/shares/{asked['id']}/offer-again", status=201)
    await new.accept(again["id"])
    await new.sees("goats.jpg", "cows.jpg", "hers.jpg")

    # And what was given goes on, by the addresses that the export has kept.
    for share in export.lines("shares-given"):
        body: dict[str, Any] = {key: share[key] for key in ("tag", "name", "originals", "reshare_depth", "copy")}
        body |= {"recipient": share["recipient"], "moved_from": share["address"]}
        await new.send("POST", "/shares", body, status=201)

    async def doubled() -> bool:
        return len((await dora.get("/pictures", tag=tag))["items"]) == 4

    await until(doubled, "the pictures come by the new account too, under the same tag")

    # The old account can go now, and nothing is missing.
    await old.send("POST", f"/shares/{given}/revoke")

    async def single() -> list[dict[str, Any]]:
        found = (await dora.get("/pictures", tag=tag))["items"]
        return found if len(found) == 2 else []

    left = await until(single, "what came by the old account goes")
    assert sorted(item["filename"] for item in left) == ["cows.jpg", "goats.jpg"]
    assert {item["owner"] for item in left} == {new.shown}, json.dumps(left)[:500]
