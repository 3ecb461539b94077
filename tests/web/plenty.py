"""Somebody with something of everything, all of whose texts would be elements of a page if any page let them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from html import escape
from typing import Any
from urllib.parse import quote, urlsplit

import asyncpg
import requests

from tests.rig.server import Server, User
from tests.rig.trio import until
from tests.web.scenery import Shot, scene
from tests.webdav.people import PASSWORD, People

HOSTILE = "<img src=x onerror=window.broken=1>"
PASSWORD_OF_LINK = "river"


class Texts(set[str]):
    """Hostile texts, each of which says in which field it stands."""

    def __call__(self, field: str) -> str:
        text = f"{HOSTILE} ({field})"
        self.add(text)
        return text


@dataclass(frozen=True, slots=True)
class Plenty:
    """An administrator with such a library; `album` is the tag of most pictures."""

    person: User
    friend: User
    texts: Texts
    album: str
    picture: str
    rule: int
    calendar: int
    drive: str
    link: str
    # Addresses of pages for people without an account.
    open_link: str
    locked_link: str
    collection_id: str
    collection: str

    @property
    def album_page(self) -> str:
        return f"/tags/{quote(self.album[1:])}"


@contextmanager
def plenty_of(people: People) -> Iterator[Plenty]:
    """That person, and somebody with whom they share; the server has a hostile name for as long."""
    say = Texts()
    person = people.make(is_admin=True, display_name=say("name of a person"))
    friend = people.make(display_name=say("name of a friend"))
    said = person.get("/instance").json()
    before = {name: said[name] for name in ("name", "description", "registration")}
    server = {"name": say("name of a server"), "description": say("about a server"), "registration": "open"}
    _done(person.patch("/admin/instance", json=server))
    try:
        yield _filled(person, friend, say)
    finally:
        _done(person.patch("/admin/instance", json=before))


def _done(answer: requests.Response) -> Any:
    assert answer.ok, f"{answer.request.method} {answer.url}: {answer.text}"
    return answer.json() if "json" in answer.headers.get("Content-Type", "") else None


def _filled(person: User, friend: User, say: Texts) -> Plenty:
    keywords = f"/{say('root of keywords')}"
    _done(person.patch("/account/library", json={"write_metadata": False, "keywords_root": keywords}))
    album = f"/{say('tag')}"
    _done(person.post("/tags", json={"path": f"{album}/{say('tag below')}"}))
    _done(person.patch("/tags", params={"path": album}, json={"description": say("about a tag"), "colour": "#3a86c8"}))
    picture = _pictures(person, say, album)
    rule, calendar = _rules(person, say)
    drive = _drives(person, say, album)
    link, open_link, locked_link = _links(person, say, album)
    collection_id, collection = _people(person, friend, say, album)
    _profile(person, say)
    _moderation(person, friend, say)
    person.wait_ready()
    _done(person.post("/searches", json={"name": say("saved search"), "query": f'title:"{HOSTILE}"'}))
    until(lambda: person.get("/duplicates").json()["items"], "the duplicates")
    return Plenty(
        person, friend, say, album, picture, rule, calendar, drive,
        link, open_link, locked_link, collection_id, collection,
    )  # fmt: skip


def _put(owner: User, name: str, shot: Shot, *tags: str) -> str:
    data = {"tags": json.dumps(list(tags))}
    return str(_done(owner.post("/pictures", files={"file": (name, scene(shot))}, data=data))["id"])


def _pictures(person: User, say: Texts, album: str) -> str:
    """Some with places, two of the same content, one that is none, one in the trash; the one with all its fields."""
    at, alps = datetime(2024, 7, 1, 9), (45.92, 6.87)
    _put(person, f"{say('name of a file')}.jpg", Shot("of a file", at, alps), album)
    camera = ("Canon", say("model of a camera"))
    texts = {"title": say("title"), "description": say("description"), "creator": say("creator")}
    picture = _put(person, "Summit.jpg", Shot("Summit", datetime(2023, 2, 3, 12), alps, camera, say("lens")), album)
    _done(person.patch(f"/pictures/{picture}", json=texts | {"rating": 4}))
    for iso in (100, 400):
        _put(person, f"{say('name of a duplicate')} {iso}.jpg", Shot("twice", at, iso=iso), album)
    gone = _put(person, f"{say('name in the trash')}.jpg", Shot("gone", at))
    _done(person.delete(f"/pictures/{gone}"))
    broken = {"file": (f"{say('name of what is broken')}.jpg", b"\xff\xd8\xff" + b"no picture at all" * 100)}
    _done(person.post("/pictures", files=broken))
    return picture


def _rules(person: User, say: Texts) -> tuple[int, int]:
    asked = [{"when": f'title:"{say("value of a condition")}"', "tag": f"/{say('tag of a rule')}"}]
    bands = [{"from": "2023-01-01", "to": "2025-01-01", "template": say("band")}]
    services: tuple[dict[str, Any], ...] = (
        {"kind": "rule", "name": say("rule"), "config": {"rules": asked}},
        {"kind": "segmentation", "name": say("calendar"), "config": {"root": f"/{say('root')}", "bands": bands}},
    )
    rule, calendar = (int(_done(person.post("/services", json=one))["id"]) for one in services)
    return rule, calendar


def _drives(person: User, say: Texts, album: str) -> str:
    inbox = {"type": "drop", "name": say("inbox"), "tags": [album]}
    nodes: list[Any] = [{"type": "mirror", "root": "/"}, {"type": "static", "name": say("folder"), "children": [inbox]}]
    config = {"naming": "original", "deletion": "single_branch", "nodes": nodes}
    made = _done(person.post("/hierarchies", json={"name": say("drive"), "slug": "hostile", "config": config}))
    _done(person.post(f"/hierarchies/{made['id']}/tokens", json={"name": say("device")}))
    return str(made["id"])


def _links(person: User, say: Texts, album: str) -> tuple[str, str, str]:
    """A link with pictures of a guest, its address, and that of another with a password."""
    wanted: dict[str, Any] = {"tag": album, "name": say("link"), "originals": True, "upload": True}
    made = _done(person.post("/links", json=wanted))
    brought = {"files": ("IMG_1.jpg", scene(Shot("of a guest", datetime(2024, 8, 1))), "image/jpeg")}
    _done(requests.post(f"{made['url']}/upload", data={"guest": say("guest")}, files=brought, timeout=60))
    locked = _done(person.post("/links", json={"tag": album, "name": say("locked link"), "password": PASSWORD_OF_LINK}))
    return str(made["id"]), urlsplit(made["url"]).path, urlsplit(locked["url"]).path


def _handle(person: User) -> str:
    return str(_done(person.get("/account/profile"))["handle"])


def _people(person: User, friend: User, say: Texts, album: str) -> tuple[str, str]:
    """Shares both ways, a public tag of each, follows; the id and the page of the public tag."""
    shared = {"name": say("share"), "message": say("message of a share")}
    _done(person.post("/shares", json=shared | {"tag": album, "recipient": _handle(friend)}))
    for number, name in enumerate(("accepted", "offered")):
        tag = f"/Of the friend {number}"
        _put(friend, f"Harbour {number}.jpg", Shot(f"harbour {number}", datetime(2024, 5, 1)), tag)
        offer = {"name": say(f"share that is {name}"), "message": say("message of an offer") if number else ""}
        _done(friend.post("/shares", json=offer | {"tag": tag, "recipient": _handle(person)}))
        incoming = until(partial(_incoming, person, name), "the offer")
        if name == "accepted":
            _done(person.post(f"/shares/incoming/{incoming['id']}/accept"))
            mapping = {"share": incoming["id"], "tags": [f"/{say('tag of a mapping')}"]}
            _done(person.post("/services", json={"kind": "share_mapping", "name": say("mapping"), "config": mapping}))
    public = {
        "tag": album,
        "slug": f"of_{person.name}",
        "name": say("collection"),
        "summary": say("about a collection"),
    }
    made = _done(person.post("/collections", json=public))
    theirs = {"tag": "/Of the friend 0", "slug": f"of_{friend.name}", "name": say("collection of a friend")}
    followed = _done(friend.post("/collections", json=theirs))
    for handle in (_handle(friend), followed["handle"]):
        _done(person.post("/follows", json={"handle": handle}))
    _done(person.patch("/account/profile", json={"approves_followers": True}))
    _done(friend.post("/follows", json={"handle": _handle(person)}))
    accepted = {"state": "accepted"}
    until(lambda: len(person.get("/follows", params=accepted).json()["items"]) == 2, "the follows")
    _done(person.post("/mutes", json={"host": "muted.example"}))
    return str(made["id"]), urlsplit(made["url"]).path


def _incoming(person: User, name: str) -> Any:
    items = _done(person.get("/shares/incoming"))["items"]
    return next((one for one in items if one["name"].endswith(f"{name})")), None)


def _profile(person: User, say: Texts) -> None:
    properties = [{"name": say("property"), "value": say("value of a property")}]
    _done(person.patch("/account/profile", json={"summary": say("about a person"), "properties": properties}))
    _done(person.post("/account/tokens", json={"name": say("token")}))
    session, account = f"{person.server.url}/api/v1/session", {"name": person.name, "password": PASSWORD}
    _done(requests.post(session, json=account, headers={"User-Agent": say("browser")}, timeout=60))


def _moderation(person: User, friend: User, say: Texts) -> None:
    _done(friend.post("/reports", json={"handle": _handle(person), "comment": say("comment of a report")}))
    settled = _done(person.post("/reports", json={"handle": _handle(friend), "comment": say("comment of mine")}))
    resolution = {"state": "resolved", "resolution": say("resolution")}
    _done(person.patch(f"/admin/reports/{settled['id']}", json=resolution))
    rule = {"policy": "limited", "note": say("note on a server")}
    _done(person.put("/admin/federation/hosts/hostile.example", json=rule))
    _done(person.post("/admin/invites", json={"note": say("invite")}))


async def from_elsewhere(server: Server, plenty: Plenty) -> None:
    """A reply to what was posted, and a post in the feed: such come from other servers alone."""
    say, posts = plenty.texts, f"/collections/{plenty.collection_id}/posts"
    (post, *_) = until(lambda: plenty.person.get(posts).json()["items"], "the post")
    (seen, *_) = until(lambda: plenty.friend.pictures(state="ready"), "a picture of the friend")
    address = f"http://localhost:{server.port}{seen['thumbnails']['medium']}"
    image = {"url": address, "alt": say("words for a picture"), "width": 3, "height": 2}
    now = datetime.now(UTC)
    connection = await asyncpg.connect(server.database_url)
    try:
        author = await connection.fetchval(
            "SELECT id FROM remote_actors WHERE local AND username = $1", plenty.friend.name
        )
        await connection.execute(
            "INSERT INTO reactions (id, post_id, remote_actor_id, kind, activity_id, object_id, content)"
            " VALUES (gen_random_uuid(), $1, $2, 'reply', 'https://far.example/1', 'https://far.example/2', $3)",
            post["id"], author, f"<p>{escape(say('reply'))}</p>",
        )  # fmt: skip
        await connection.execute(
            "WITH post AS ("
            " INSERT INTO feed_posts (id, uri, author_id, public, title, content, images, published_at, edited_at)"
            " VALUES (gen_random_uuid(), 'https://far.example/3', $1, true, $2, $3, $4, $5, $5) RETURNING id)"
            " INSERT INTO feed_entries (source_id, post_id, at) SELECT $1, id, $5 FROM post",
            author, say("title of a post"), f"<p>{escape(say('post'))}</p>", json.dumps([image]), now,
        )  # fmt: skip
    finally:
        await connection.close()
