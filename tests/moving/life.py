"""Somebody who has some of everything, and all that an account shows of it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from tests.federation.sharing.houses import House, Somebody, until
from tests.moving.houses import Backend, Street
from tests.uploads.site import Person, photo

RULE = {
    "kind": "rule", "name": "Goats", "requires": ["/Alps"], "excludes": [],
    "config": {"rules": [{"when": "rating:4", "tag": "/Animals/Goats"}]},
}  # fmt: skip
CONFIG = {
    "naming": "original", "deletion": "single_branch",
    "nodes": [{"type": "mirror", "root": "/Alps", "collapsed": [], "exclude": ["/Alps/Bad"]},
              {"type": "query", "name": "Best", "all": ["/Alps"], "any": [], "none": ["/Alps/Bad"],
               "write": {"add": ["/Alps"], "remove": ["/Alps/Bad"]}}],
}  # fmt: skip
JPEG = {"Content-Type": "image/jpeg"}
# What an account shows, and is to show at the other backend as it was here.
SHOWN = (
    "/tags", "/searches", "/links", "/shares", "/shares/incoming", "/collections", "/hierarchies", "/account/library",
    "/account/profile", "/account/usage", "/account/brake", "/follows", "/followers", "/duplicates/settings",
)  # fmt: skip
# Numbers of databases, and times at which something was looked at.
PASSING = frozenset({"revision", "version", "last_used_at", "last_address", "thumbnails", "updated_at"})


@dataclass
class Life:
    """Alice's account and what she will want to undo."""

    alice: Somebody
    bob: Somebody
    pictures: list[str]
    drive: dict[str, Any]
    hierarchy: str
    link: str
    share: str
    incoming: str


def somebody(backend: Backend, known: Somebody) -> Somebody:
    """The same person at another backend, with the token that they had."""
    person = Person(backend.site, known.person.name, 0, known.person.token)
    return Somebody(House(backend.site), person, known.uri, known.handle)


async def live(street: Street, name: str, friend: str) -> Life:
    """Make some of everything."""
    house = House(street.old.site)
    alice, bob = await house.person(name), await house.person(friend)
    pictures = [await alice.add("/Alps", name=f"{number}.jpg") for number in range(4)]
    pictures.append(await alice.add("/Alps/Bad", "/Old", name="bad.jpg"))
    await alice.send("POST", "/services", RULE, status=201)
    await alice.send("PATCH", f"/pictures/{pictures[0]}", {"title": "Goat and hut", "rating": 4})
    answer = await alice.person.call("PUT", f"/pictures/{pictures[1]}/file", data=photo(4711), headers=JPEG)
    assert answer.status == 200, answer.body
    await alice.send("DELETE", f"/pictures/{pictures[3]}")
    made = await alice.send("POST", "/hierarchies", {"name": "Mine", "slug": "mine", "config": CONFIG}, status=201)
    drive = await alice.send("POST", f"/hierarchies/{made['id']}/tokens", {"name": "laptop"}, status=201)
    await alice.send("POST", "/searches", {"name": "Goats", "query": "rating:4"}, status=201)
    link = await alice.send("POST", "/links", {"tag": "/Alps", "name": "for all"}, status=201)
    await alice.send("POST", "/collections", {"tag": "/Old", "slug": "old"}, status=201)
    await alice.send("PATCH", "/account/library", {"trash_days": 77})
    await alice.send("PATCH", "/account/brake", {"files": 7})
    await alice.send("POST", "/follows", {"handle": bob.handle}, status=201)
    share = await alice.share("/Alps", bob)
    await bob.accept(share)
    theirs = await bob.add("/Sea", name="sea.jpg")
    back = await bob.share("/Sea", alice)
    incoming = await alice.accept(back)
    await until(lambda: _has(alice, "sea.jpg"), "the picture of the sea")
    await until(lambda: _has(bob, "0.jpg"), "the pictures of the Alps")
    assert theirs
    # In the log, to be undone at the other backend.
    await alice.send("POST", "/tags/merge", {"path": "/Old", "into": "/Alps"})
    await alice.tag(pictures[2], add=("/Kept/Deep",))
    await alice.send("DELETE", "/tags?path=/Kept/Deep")
    return Life(alice, bob, pictures, drive, made["id"], link["url"], share, incoming)


async def _has(person: Somebody, name: str) -> bool:
    return name in await person.names()


async def shown(person: Somebody) -> dict[str, Any]:
    """Everything that the account shows."""
    found: dict[str, Any] = {path: _plain(await person.get(path)) for path in SHOWN}
    found["pictures"] = _plain(sorted((await person.get("/pictures", limit=200))["items"], key=lambda one: one["id"]))
    found["trash"] = _plain(await person.get("/pictures", trash="true"))
    found["services"] = [
        {key: service[key] for key in ("kind", "name", "requires", "excludes", "config", "enabled")}
        for service in (await person.get("/services"))["items"]
    ]
    found["operations"] = _plain((await person.get("/operations"))["items"])
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: each for key, each in value.items() if key not in PASSING and not _is_number(key, each)}
        return {key: _plain(each) for key, each in kept.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _is_number(key: str, value: Any) -> bool:
    """Whether it is the number of a row."""
    return isinstance(value, int) and (key in ("id", "parent") or key.endswith("_id"))


def basic(name: str, secret: str) -> dict[str, str]:
    """The header by which a device opens a drive."""
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}
