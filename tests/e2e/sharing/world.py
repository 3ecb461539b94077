"""Four people who do things at random, and what must hold once nobody does anything any more."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.e2e.sharing.acts import put
from tests.rig.signing import Hand
from tests.rig.trio import NAMES, Person, Trio

TAGS = ("/One", "/Two", "/Three")
# A list is good for so many acts: people act on what they saw a while ago, and lists are dear.
KEPT = 12
ENDED = ("declined", "left", "revoked", "expired")


class Down(Exception):
    """The server of who acts does not answer just now."""


@dataclass
class World:
    """The people, and the dice that everything comes from."""

    trio: Trio
    people: list[Person]
    dice: random.Random
    done: Counter[str] = field(default_factory=Counter)
    missed: int = 0
    _seen: dict[tuple[str, str], tuple[int, list[dict[str, Any]]]] = field(default_factory=dict)

    @classmethod
    def begin(cls, trio: Trio, seed: int, pictures: int) -> World:
        """Everybody has some pictures under each tag. Two of them are on one server."""
        people = [*trio.people(), trio.person("a", "dora")]
        world = cls(trio, people, random.Random(seed))
        for person in world.people:
            for number in range(pictures):
                put(person, f"{person.name}-{number}.jpg", tags=[TAGS[number % len(TAGS)]], ready=False)
        for person in world.people:
            person.wait_ready()
        return world

    def act(self) -> None:
        """One random thing by somebody random; nothing where their server is down."""
        person = self.dice.choice(self.people)
        acts = {
            self.tag_own: 32, self.edit: 16, self.trash_or_restore: 10, self.pass_on: 20, self.add: 1, self.purge: 1,
            self.offer: 8, self.answer: 9, self.revoke: 0.6, self.leave: 0.4, self.change: 2,
        }  # fmt: skip
        (act,) = self.dice.choices(list(acts), list(acts.values()))
        try:
            act(person)
            self.done[act.__name__] += 1
        except Down:
            self.missed += 1

    # What people do

    def tag_own(self, person: Person) -> None:
        """Give one's own picture a tag, or take one away."""
        self._tag(person, self._own(person))

    def pass_on(self, person: Person) -> None:
        """Give a picture of somebody else's a tag of one's own, or take it away."""
        self._tag(person, [item for item in self._all(person) if item["received"]])

    def edit(self, person: Person) -> None:
        """Another title."""
        if items := self._own(person):
            title = f"Title {self.dice.randrange(10**6)}"
            self._do(person, "PATCH", f"/pictures/{self.dice.choice(items)['id']}", {"title": title})

    def trash_or_restore(self, person: Person) -> None:
        """Put a picture into the trash, or take one out."""
        thrown = self._all(person, "trash=true")
        if thrown and self.dice.random() < 0.6:
            self._do(person, "POST", f"/pictures/{self.dice.choice(thrown)['id']}/restore")
        elif items := self._own(person):
            self._do(person, "DELETE", f"/pictures/{self.dice.choice(items)['id']}")

    def purge(self, person: Person) -> None:
        """Remove one for good, where there are enough."""
        thrown = self._all(person, "trash=true")
        if thrown and len(self._own(person)) > 6:
            self._do(person, "POST", "/trash/purge", {"ids": [self.dice.choice(thrown)["id"]]})

    def add(self, person: Person) -> None:
        """A new picture."""
        try:
            put(person, f"{person.name}-late-{self.dice.randrange(10**6)}.jpg", tags=[self._a_tag()], ready=False)
        except (requests.RequestException, AssertionError):
            raise Down from None

    def offer(self, person: Person) -> None:
        """Share a tag with somebody."""
        other = self.dice.choice([one for one in self.people if one is not person])
        offered = {"tag": self._a_tag(), "recipient": other.handle, **self._rights()}
        self._do(person, "POST", "/shares", offered)

    def answer(self, person: Person) -> None:
        """Accept, or now and then decline, what was offered."""
        if waiting := [item for item in self._incoming(person) if item["state"] == "pending"]:
            word = "decline" if self.dice.random() < 0.1 else "accept"
            self._do(person, "POST", f"/shares/incoming/{self.dice.choice(waiting)['id']}/{word}")

    def leave(self, person: Person) -> None:
        """Want nothing of a share any more."""
        if active := [item for item in self._incoming(person) if item["state"] == "active"]:
            self._do(person, "POST", f"/shares/incoming/{self.dice.choice(active)['id']}/leave")

    def revoke(self, person: Person) -> None:
        """Take a share back."""
        if shares := self.shares(person):
            self._do(person, "POST", f"/shares/{self.dice.choice(shares)['id']}/revoke")

    def change(self, person: Person) -> None:
        """Other rights."""
        if shares := self.shares(person):
            self._do(person, "PATCH", f"/shares/{self.dice.choice(shares)['id']}", self._rights())

    def _tag(self, person: Person, items: list[dict[str, Any]]) -> None:
        if items:
            chosen = {"include": [self.dice.choice(items)["id"]]}
            words = ([self._a_tag()], []) if self.dice.random() < 0.6 else ([], [self._a_tag()])
            body = {"selection": chosen, "add": words[0], "remove": words[1]}
            self._do(person, "POST", "/pictures/batch/tags", body)

    def _rights(self) -> dict[str, Any]:
        return {"reshare_depth": self.dice.choice((0, 1, 2, 2, 3, 3)), "originals": self.dice.random() < 0.8}

    def _a_tag(self) -> str:
        return self.dice.choice(TAGS)

    # What they look at

    def shares(self, person: Person) -> list[dict[str, Any]]:
        """Somebody's own shares that stand."""
        items: list[dict[str, Any]] = self._do(person, "GET", "/shares")["items"]
        return [item for item in items if item["state"] not in ENDED]

    def _incoming(self, person: Person) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self._do(person, "GET", "/shares/incoming")["items"]
        return items

    def _all(self, person: Person, words: str = "") -> list[dict[str, Any]]:
        """A list as it was not long ago."""
        acts = sum(self.done.values())
        since, items = self._seen.get((person.handle, words), (-KEPT, []))
        if acts - since >= KEPT:
            items = self._do(person, "GET", f"/pictures?limit=200&{words}")["items"]
            self._seen[person.handle, words] = acts, items
        return items

    def _own(self, person: Person) -> list[dict[str, Any]]:
        return [item for item in self._all(person) if not item["received"]]

    def _do(self, person: Person, method: str, path: str, body: Any = None) -> Any:
        """The answer; a refusal is one too, a fault is none. `Down` where there is no answer."""
        try:
            answer = person.request(method, path, json=body)
        except requests.RequestException:
            raise Down from None
        if answer.status_code == 503:
            raise Down
        assert answer.status_code < 500, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def hands(self) -> dict[str, Hand]:
        """Everybody's signature."""
        return {person.handle: Hand.of(person) for person in self.people}


def places() -> tuple[str, ...]:
    """The servers that may be killed."""
    return NAMES
