"""What the demonstration prints: who is where, and what to try, as lines that can be pasted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from archypix.commands.demonstration.people import PASSWORD, Person
from archypix.commands.demonstration.story import PASSED_ON, SHARED, Shown

JSON = '-H "Content-Type: application/json"'
STATUS = "-s -o /dev/null -w '%{http_code} %{redirect_url}\\n'"


def tour(people: Sequence[Person], shown: Shown, data: Path, *, kept: bool, pids: Sequence[int | None]) -> str:
    """The text of the tour; `pids` are the servers' process numbers, in the order of the people."""
    return "\n".join([*_who(people), *_try(people, shown, pids[0] or 0), *_end(data, kept=kept)])


def _who(people: Sequence[Person]) -> list[str]:
    lines = ["", "Three servers run on this machine, each with a database and files of its own:", ""]
    for person in people:
        lines.append(f"  {person.handle:<18} {person.place.origin}   user {person.name}, password '{PASSWORD}'")
    lines += ["", "Lines to paste into another terminal, these first:", ""]
    return lines + [f"{person.name.upper()}={person.token}" for person in people]


def _try(people: Sequence[Person], shown: Shown, process: int) -> list[str]:
    alice, bob, carol = people
    picture = f"/pictures/{shown.at_carol}"
    offer = f'{{"tag": "{PASSED_ON}", "recipient": "{alice.handle}", "name": "Mine"}}'
    return [
        *_step("For your browser: the same pictures by a public link, and the people's own pages"),
        f"{shown.link}",
        *(f"{person.place.origin}/users/{person.name}" for person in people),
        *_step("What bob has of alice's, and what carol has of alice's by way of bob"),
        _call(bob, "/pictures?tag=/SharedToMe"),
        _call(carol, "/pictures?tag=/SharedToMe"),
        *_step("A file of alice's for carol: carol's server sends her to alice's, and no other carries a byte of it"),
        _call(carol, f"{picture}/file", STATUS),
        _call(carol, f"{picture}/file", "-sL -o alps.jpg"),
        *_step("Who holds access to alice's pictures, and through whom"),
        _call(alice, f"/shares/{shown.share}/holders"),
        *_step(f"A later picture in {SHARED} follows by itself: put one of yours in (YOUR.jpg), then look at bob's"),
        _call(alice, "/pictures", f"-s -F file=@YOUR.jpg -F 'tags=[\"{SHARED}\"]'"),
        *_step("Alice's server stops answering: her pictures stay listed, and say that their owner is offline"),
        f"kill -STOP {process}",
        _call(bob, "/pictures?tag=/SharedToMe&limit=1"),
        f"kill -CONT {process}",
        *_step("Bob answers with pictures of his own, which alice said she takes"),
        _call(bob, "/shares", f"-s {JSON} -d '{offer.replace('}', _back(shown))}'"),
        *_step("Alice takes it all back: from now on neither bob nor carol gets a file of hers"),
        _call(alice, f"/shares/{shown.share}/revoke", "-s -X POST"),
        _call(carol, f"{picture}/file", STATUS),
    ]


def _back(shown: Shown) -> str:
    return f', "share_back_of": "{shown.at_bob}"}}' if shown.at_bob else "}"


def _end(data: Path, *, kept: bool) -> list[str]:
    fate = "kept" if kept else "removed at the end; --data DIR keeps it"
    return ["", f"All of it is in {data} ({fate}); what the servers log is in demo.log there.", "Ctrl-C ends it."]


def _step(what: str) -> tuple[str, str]:
    return "", f"# {what}"


def _call(person: Person, path: str, words: str = "-s") -> str:
    token = f'-H "Authorization: Bearer ${person.name.upper()}"'
    return f"curl {words} {token} '{person.place.url}/api/v1{path}'"
