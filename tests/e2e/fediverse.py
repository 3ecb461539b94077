"""What stories between a server of ours and a Fedify peer have in common."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import requests

from tests.peer.fedify import FedifyPeer
from tests.peer.process import joined_map
from tests.rig.server import Server, User

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ACTIVITY = {"Accept": "application/activity+json"}
LOOPBACK = {"ARCHYPIX_FEDERATION_ALLOW_LOOPBACK": "1"}
# Much, for machines that are busy with other things.
STARTS_WITHIN = 120.0
# That of everybody who is made here.
PASSWORD = "correct horse battery"
_numbers = count()


@contextmanager
def served(data: Path, **settings: str) -> Iterator[Server]:
    """A server on loopback over plain http, without workers."""
    env = LOOPBACK | {f"ARCHYPIX_{name.upper()}": value for name, value in settings.items()}
    server = Server(data, env=env, arguments=("--no-workers",)).start(within=STARTS_WITHIN)
    try:
        yield server
    finally:
        server.stop(within=STARTS_WITHIN)


@contextmanager
def neighbours(data: Path, *, users: tuple[str, ...], authorized_fetch: bool = False, **settings: str) -> Iterator[
    tuple[Server, FedifyPeer]
]:  # fmt: skip
    """A server that is `https://a.test`, and a peer that is `https://b.test`, each led to the other."""
    peer = FedifyPeer(origin="https://b.test", users=users, authorized_fetch=authorized_fetch)
    hosts = joined_map(dict([peer.map_entry]))
    with served(data, domain="a.test", federation_host_map=hosts, **settings) as server:
        peer.host_map = {"a.test": f"http://127.0.0.1:{server.port}"}
        with peer:
            yield server, peer


def somebody(admin: User) -> User:
    """A person of the administrator's server who is new."""
    name, password = f"alice{next(_numbers)}", PASSWORD
    made = admin.post("/admin/accounts", json={"name": name, "password": password})
    assert made.status_code == 201, made.text
    api = f"{admin.server.url}/api/v1"
    began = requests.post(f"{api}/session", json={"name": name, "password": password}, timeout=60)
    assert began.status_code == 200, began.text
    # By hand, since cookies of a server that is reached by https go over nothing else.
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in began.cookies)
    headers = {"Cookie": cookies, "X-CSRF-Token": began.json()["csrf_token"]}
    token = requests.post(f"{api}/account/tokens", json={"name": "story"}, headers=headers, timeout=60)
    assert token.status_code == 201, token.text
    return User(admin.server, name, token.json()["token"])


def until(look: Callable[[], Any], what: str, *, within: float = 90.0, every: float = 0.1) -> Any:
    """The first true answer."""
    end = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < end, f"not within {within} s: {what}"
        time.sleep(every)
    return found


def uri(user: User) -> str:
    """The id of somebody of ours."""
    found: str = user.get("/account/profile").json()["uri"]
    return found


def handle(user: User) -> str:
    """`@name@host` of somebody of ours."""
    found: str = user.get("/account/profile").json()["handle"]
    return found


def inbox(user: User) -> str:
    """Where others deliver to somebody of ours."""
    return f"{uri(user)}/inbox"


def follow(user: User, peer: FedifyPeer, whom: str, *, within: float = 90.0) -> str:
    """Follow somebody there, who accepts; the id of the follow."""
    answer = user.post("/follows", json={"handle": peer.handle(whom)})
    assert answer.status_code == 201, answer.text
    follow_id: str = answer.json()["id"]
    until(lambda: user.get(f"/follows/{follow_id}").json()["state"] == "accepted", "the Accept", within=within)
    assert uri(user) in peer.followers(whom)
    return follow_id


def be_followed(user: User, peer: FedifyPeer, by: str) -> None:
    """Have somebody there follow one of ours, who accepts."""
    me = uri(user)
    sent = peer.follow(handle(user), as_=by)
    assert sent["error"] is None, sent
    peer.wait_for(
        lambda: any(one["id"] == me and one["accepted"] for one in peer.following(by)), what="our Accept", within=90
    )


def followers(user: User) -> list[str]:
    """Ids of those who follow somebody of ours."""
    return [item["actor"]["uri"] for item in user.get("/followers").json()["items"]]


def feed(user: User) -> list[dict[str, Any]]:
    """What somebody of ours sees."""
    items: list[dict[str, Any]] = user.get("/feed").json()["items"]
    return items


def texts(user: User) -> str:
    """All that the feed says, as one."""
    return " ".join(item["content"] for item in feed(user))


def post(peer: FedifyPeer, author: str, content: str) -> dict[str, Any]:
    """What became of a public post with a picture, sent to those who follow its author."""
    return peer.note(as_=author, content=content, public=True, image=True)


def like(user: User, peer: FedifyPeer, author: str, content: str) -> None:
    """Like a post in the feed; it arrives."""
    (item,) = [item for item in feed(user) if content in item["content"]]
    answer = user.post(f"/feed/{item['id']}/like")
    assert answer.status_code == 200, answer.text
    said(peer, "Like", user, lambda one: one["object"] == item["uri"])
    assert item["author"]["uri"] == peer.actor(author)


def said(
    peer: FedifyPeer,
    type_: str,
    user: User,
    fits: Callable[[dict[str, Any]], bool] = lambda _: True,
    *,
    within: float = 90.0,
) -> list[dict[str, Any]]:
    """What the peer has taken of that type from somebody of ours, once there is something."""
    me = uri(user)
    found: list[dict[str, Any]] = peer.wait_for(
        lambda: [one for one in peer.received(type_=type_, actor=me) if fits(one)], what=f"a {type_}", within=within
    )
    return found


def mark(peer: FedifyPeer) -> int:
    """Where the peer's list of requests ends now."""
    return max((one["seq"] for one in peer.requests()), default=0)


def knocks(peer: FedifyPeer, since: int) -> list[tuple[str, int]]:
    """Kind of signature and answer of each delivery that came to the peer since then."""
    return [
        (one["signature"], one["status"])
        for one in peer.requests(since=since)
        if one["method"] == "POST" and one["path"].endswith("/inbox")
    ]
