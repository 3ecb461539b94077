"""What people do in the stories, and what they look at."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from tests.rig.photos import photo
from tests.rig.trio import Person, until

ALPS = "/Travel/Alps"
MOUNTAINS = "/Mountains"


@dataclass(frozen=True)
class Deal:
    """A share that stands: its id at its sender, its id at its recipient."""

    sender: Person
    recipient: Person
    id: str
    at_recipient: str

    @property
    def uri(self) -> str:
        return f"{self.sender.uri}/shares/{self.id}"

    def state(self) -> str:
        """As its sender has it."""
        found: str = self.sender.get(f"/shares/{self.id}").json()["state"]
        return found

    def state_there(self) -> str:
        """As its recipient has it."""
        found: str = self.recipient.get(f"/shares/incoming/{self.at_recipient}").json()["state"]
        return found


def put(person: Person, *names: str, tags: Collection[str] = (ALPS,), ready: bool = True) -> dict[str, str]:
    """Put new pictures in under these file names; their ids by name."""
    ids = {}
    for name in names:
        files = {"file": (name, photo(), "image/jpeg")}
        answer = person.post("/pictures", files=files, data={"tags": json.dumps(list(tags))})
        assert answer.status_code == 201, answer.text
        ids[name] = answer.json()["id"]
    if ready:
        person.wait_ready()
    return ids


def tag(person: Person, ids: Collection[str], *, add: Collection[str] = (), remove: Collection[str] = ()) -> None:
    """Give pictures tags, and take tags from them."""
    body = {"selection": {"include": list(ids)}, "add": list(add), "remove": list(remove)}
    answer = person.post("/pictures/batch/tags", json=body)
    assert answer.status_code == 200, answer.text


def offer(sender: Person, recipient: Person, path: str = ALPS, **words: Any) -> str:
    """Offer a share; its id."""
    answer = sender.post(
        "/shares", json={"tag": path, "recipient": recipient.handle, "name": f"From {sender.name}", **words}
    )
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


def offered(recipient: Person, sender: Person, *, within: float = 90.0) -> dict[str, Any]:
    """The newest share that waits for an answer."""

    def look() -> dict[str, Any] | None:
        items = recipient.get("/shares/incoming").json()["items"]
        return next((i for i in items if i["sender"] == sender.handle and i["state"] == "pending"), None)

    found: dict[str, Any] = until(look, f"an offer of {sender} to {recipient}", within=within)
    return found


def answer(recipient: Person, incoming: str, word: str) -> None:
    """`accept`, `decline` or `leave`."""
    said = recipient.post(f"/shares/incoming/{incoming}/{word}")
    assert said.status_code in (200, 204), said.text


def share(sender: Person, recipient: Person, path: str = ALPS, **words: Any) -> Deal:
    """Offer a share and have it accepted."""
    made = offer(sender, recipient, path, **words)
    incoming = offered(recipient, sender)["id"]
    answer(recipient, incoming, "accept")
    deal = Deal(sender, recipient, made, incoming)
    until(lambda: deal.state() == "active", f"the acceptance at {sender}")
    return deal


def revoke(deal: Deal) -> None:
    """End a share as its sender."""
    said = deal.sender.post(f"/shares/{deal.id}/revoke")
    assert said.status_code in (200, 204), said.text


def sees(person: Person, **query: Any) -> dict[str, dict[str, Any]]:
    """What others have shared with somebody, by file name."""
    return {item["filename"]: item for item in person.pictures(**query) if item["received"] is not None}


def comes_to_see(person: Person, *names: str, within: float = 90.0) -> dict[str, dict[str, Any]]:
    """Until somebody sees just these of others."""
    seen: dict[str, dict[str, Any]] = {}

    def look() -> bool:
        seen.clear()
        seen.update(sees(person))
        return set(seen) == set(names)

    try:
        until(look, "…", within=within)
    except AssertionError:
        raise AssertionError(f"{person} sees {sorted(seen)}, and not {sorted(names)}") from None
    return dict(seen)


def fetch(person: Person, picture: str, variant: str = "original") -> tuple[int, bytes]:
    """What somebody's client gets for a picture of their library, by way of their own server: status and content."""
    led = person.get(f"/pictures/{picture}/file", params={"variant": variant}, allow_redirects=False)
    if led.status_code != 302:
        return led.status_code, led.content
    got = person.fetch(led.headers["Location"])
    return got.status_code, got.content


def can_fetch(person: Person, picture: str, variant: str = "original") -> bool:
    """Whether somebody's client gets the file."""
    status, content = fetch(person, picture, variant)
    return status == 200 and len(content) > 100


def holders(owner: Person, deal: Deal) -> dict[str, dict[str, Any]]:
    """Who holds access by a share, by their handles."""
    answer = owner.get(f"/shares/{deal.id}/holders")
    assert answer.status_code == 200, answer.text
    return {item["actor"]: item for item in answer.json()["items"]}


def trash(person: Person, picture: str) -> None:
    """Put one's own picture into the trash, or hide somebody else's."""
    said = person.delete(f"/pictures/{picture}")
    assert said.status_code in (200, 204), said.text


def restore(person: Person, picture: str) -> None:
    """Take it out again."""
    said = person.post(f"/pictures/{picture}/restore")
    assert said.status_code in (200, 204), said.text


def purge(person: Person, picture: str) -> None:
    """Remove one's own picture for good."""
    trash(person, picture)
    said = person.post("/trash/purge", json={"ids": [picture]})
    assert said.json()["purged"] == 1, said.text


def uri_of(owner: Person, picture: str) -> str:
    """The id that a picture of somebody's has everywhere."""
    return f"{owner.uri}/pictures/{picture}"


def follow_tag(person: Person, path: str = MOUNTAINS) -> None:
    """A rule: all that others share with somebody gets a tag of theirs."""
    config = {"rules": [{"when": {"tag": "/SharedToMe"}, "tag": path}]}
    answer = person.post("/services", json={"kind": "rule", "name": "What comes", "config": config})
    assert answer.status_code == 201, answer.text
