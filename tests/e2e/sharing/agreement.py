"""Whether all libraries agree: every difference between what a person sees and what the owners say, as a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.e2e.sharing.acts import uri_of
from tests.e2e.sharing.world import World
from tests.rig.signing import Hand
from tests.rig.trio import Person

Items = dict[str, dict[str, Any]]


class Look:
    """What everybody's own server says at one moment."""

    def __init__(self, world: World, hands: Mapping[str, Hand]) -> None:
        self.world = world
        self.hands = hands
        self.people = {person.handle: person for person in world.people}
        # By file names, which no two pictures here have in common.
        self.own: dict[str, Items] = {}
        self.thrown: dict[str, Items] = {}
        self.received: dict[str, Items] = {}
        self.incoming = {handle: _incoming(person) for handle, person in self.people.items()}
        self.shares = {handle: _shares(person) for handle, person in self.people.items()}
        for handle, person in self.people.items():
            items = person.pictures()
            self.own[handle] = {item["filename"]: item for item in items if not item["received"]}
            thrown = person.pictures(trash="true")
            self.thrown[handle] = {item["filename"]: item for item in thrown if not item["received"]}
            self.received[handle] = {item["filename"]: item for item in items if item["received"]}

    def differences(self) -> list[str]:
        """None, when all agree."""
        return [*self._states(), *self._direct(), *self._passed_on(), *self._granted(), *self._told()]

    def summary(self) -> dict[str, int]:
        """How much there was to disagree about."""
        received = [item for items in self.received.values() for item in items.values()]
        return {
            "shares": sum(1 for _ in self._active()),
            "received": len(received),
            "passed on": sum(1 for item in received if item["owner"] not in item["received"]["senders"]),
            "by more than one way": sum(1 for item in received if len(item["received"]["shares"]) > 1),
            "leaving": sum(1 for item in received if item["received"]["leaves_at"]),
        }

    def _states(self) -> Iterator[str]:
        """A share stands at its recipient's if and only if it stands at its sender's, with the same rights."""
        for sender, shares in self.shares.items():
            for uri, share in shares.items():
                there = self.incoming[share["recipient"]].get(uri)
                if there is None:
                    yield f"{sender} shares {uri} ({share['state']}), {share['recipient']} knows nothing of it"
                elif there["state"] != share["state"]:
                    yield f"{uri}: {share['state']} at {sender}, {there['state']} at {share['recipient']}"
                elif any(there[word] != share[word] for word in ("reshare_depth", "originals")):
                    yield f"{uri}: rights differ at {share['recipient']}"
        for recipient, shares in self.incoming.items():
            for uri, there in shares.items():
                if uri not in self.shares[there["sender"]]:
                    yield f"{recipient} has {uri} as {there['state']}, its sender has it no more"

    def _active(self) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
        for sender, shares in self.shares.items():
            for uri, share in shares.items():
                there = self.incoming[share["recipient"]].get(uri)
                if share["state"] == "active" and there is not None:
                    yield sender, share["recipient"], there["id"], share

    def _seen_by(self, recipient: str, share_id: str) -> Items:
        return {u: item for u, item in self.received[recipient].items() if share_id in item["received"]["shares"]}

    def _direct(self) -> Iterator[str]:
        """Of the sender's own pictures, those under the tag are seen, and none but those and some of the trash."""
        for sender, recipient, there, share in self._active():
            seen = {u for u, i in self._seen_by(recipient, there).items() if i["owner"] == _known(sender)}
            should = {
                u for u, i in self.own[sender].items() if share["tag"] in i["tags"] and i["state"] != "processing"
            }
            may = should | {u for u, i in self.thrown[sender].items() if share["tag"] in i["tags"]}
            yield from self._compare(f"{recipient} by {share['url']}", seen, should, may)

    def _passed_on(self) -> Iterator[str]:
        """Of what the sender has from others, that under the tag is seen which may be passed on to this recipient."""
        for sender, recipient, there, share in self._active():
            seen = {u for u, i in self._seen_by(recipient, there).items() if i["owner"] != _known(sender)}
            under = {u: i for u, i in self.received[sender].items() if share["tag"] in i["tags"]}
            may = {u for u, i in under.items() if i["received"]["reshare"] > 0 and i["owner"] != _known(recipient)}
            ways = {u: under[u]["received"] for u in may}
            should = {u for u, w in ways.items() if _known(recipient) not in w["senders"] and not w["leaves_at"]}
            yield from self._compare(f"{recipient} by {share['url']}, passed on", seen, should, may)

    def _compare(self, what: str, seen: set[str], should: set[str], may: set[str]) -> Iterator[str]:
        if missing := should - seen:
            yield f"{what}: misses {len(missing)}, such as {min(missing)}"
        if more := seen - may:
            yield f"{what}: sees {len(more)} too many, such as {min(more)}"

    def _granted(self) -> Iterator[str]:
        """What is seen can be had from its owner's server, and what can be had is seen."""
        for recipient in self.people:
            for owner in self.people:
                if owner == recipient or not (own := self.own[owner]):
                    continue
                may = self._allowed(owner, recipient)
                seen = {u for u, item in self.received[recipient].items() if item["owner"] == _known(owner)}
                if extra := (seen & set(own)) - may:
                    yield f"{recipient} sees {len(extra)} of {owner} without access, such as {min(extra)}"
                if lost := seen - set(own) - set(self.thrown[owner]):
                    yield f"{recipient} sees {len(lost)} that {owner} has no more, such as {min(lost)}"
                if unseen := may - seen:
                    yield f"{recipient} has access to {len(unseen)} of {owner} unseen, such as {min(unseen)}"

    def _allowed(self, owner: str, recipient: str) -> set[str]:
        """The pictures of which an owner's server says that somebody may have them."""
        person, own = self.people[owner], self.own[owner]
        if person.place == self.people[recipient].place:
            # A server does not ask itself: it shows its owner who may.
            told = {u: person.get(f"/pictures/{item['id']}/holders").json()["items"] for u, item in own.items()}
            return {u for u, items in told.items() if any(item["actor"] == recipient for item in items)}
        uris = [uri_of(person, item["id"]) for item in own.values()]
        answers = self.hands[recipient].may(person, *uris, variant="small")
        return {u for u, yes in zip(own, answers, strict=True) if yes}

    def _told(self) -> Iterator[str]:
        """Titles, and whether a picture is leaving."""
        for recipient, items in self.received.items():
            for uri, item in items.items():
                owner = item["owner"].replace(":", "@")
                theirs = self.own[owner].get(uri) or self.thrown[owner].get(uri)
                if theirs is None:
                    continue
                if item["title"] != theirs["title"]:
                    yield f"{recipient} reads {item['title']!r} of {uri}, which is {theirs['title']!r}"
                if bool(item["received"]["leaves_at"]) != (theirs["deleted_at"] is not None):
                    yield f"{recipient} is wrong about whether {uri} is leaving"


def _incoming(person: Person) -> dict[str, dict[str, Any]]:
    items = person.get("/shares/incoming").json()["items"]
    return {item["url"]: item for item in items if item["state"] in ("pending", "active")}


def _shares(person: Person) -> dict[str, dict[str, Any]]:
    items = person.get("/shares").json()["items"]
    return {item["url"]: item for item in items if item["state"] in ("pending", "active")}


def _known(handle: str) -> str:
    """A handle as pictures have it."""
    return "@" + handle[1:].replace("@", ":")
