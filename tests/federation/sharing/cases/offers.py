"""Offers of shares, and answers to ours, by those who may not make them."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from tests.federation.sharing.cases.making import CASES, Case, Said, case, within
from tests.federation.sharing.scene import ALICE, BOB, EVE, MARA, Scene

OFFERS: dict[str, tuple[int, Callable[[Scene, Said], Said]]] = {
    "only the id of the share": (403, lambda s, o: o | {"object": f"{EVE}/shares/{uuid4()}"}),
    "a share of Bob's": (403, lambda s, o: within(o, id=f"{BOB}/shares/{uuid4()}", attributedTo=BOB)),
    "Bob's share as her own": (403, lambda s, o: within(o, id=s.theirs["bobs"])),
    "her share attributed to Bob": (403, lambda s, o: within(o, attributedTo=BOB)),
    "a share of her neighbour": (400, lambda s, o: within(o, id=f"https://evil.test/users/else/shares/{uuid4()}")),
    "a share without an owner": (403, lambda s, o: within(o, attributedTo=None)),
    "an id that is no share": (400, lambda s, o: within(o, id=f"{EVE}/shares/1")),
    "a name of a million": (400, lambda s, o: within(o, name="x" * 100_000)),
    "a name that is a list": (400, lambda s, o: within(o, name=["a", "b"])),
    "no name": (400, lambda s, o: within(o, name="")),
    "a path of controls": (400, lambda s, o: within(o, **{"apx:path": "/a\u0007"})),
    "a path that goes up": (400, lambda s, o: within(o, **{"apx:path": "../x"})),
    "a path of 17": (400, lambda s, o: within(o, **{"apx:path": "/a" * 17})),
    "depth of 17": (400, lambda s, o: within(o, **{"apx:reshareDepth": 17})),
    "depth as text": (400, lambda s, o: within(o, **{"apx:reshareDepth": "2"})),
    "rights as numbers": (400, lambda s, o: within(o, **{"apx:originals": 1})),
    "an end that is none": (400, lambda s, o: within(o, endTime="tomorrow")),
    "an end beyond time": (400, lambda s, o: within(o, endTime="9999-12-31T23:59:59-14:00")),
    "items below zero": (400, lambda s, o: within(o, totalItems=-1)),
    "a sequence without bound": (400, lambda s, o: within(o, **{"apx:sequence": 2**62})),
    "in return of no share": (400, lambda s, o: within(o, **{"apx:shareBackOf": 5})),
    "in place of no share": (400, lambda s, o: within(o, **{"apx:movedFrom": f"{BOB}/pictures/{uuid4()}"})),
    "in place of a number": (400, lambda s, o: within(o, **{"apx:movedFrom": 5})),
    "to Mara, at Alice's": (403, lambda s, o: o | {"to": [MARA], "target": MARA}),
}  # fmt: skip
for _name, (_status, _change) in OFFERS.items():
    CASES.append(
        Case(f"offer: {_name}", _status, EVE, lambda s, c=_change: c(s, s.offer(EVE, f"eves {uuid4()}")))  # type: ignore[misc]
    )


@case("accept: of what was offered to Mara", 403, EVE)
def _(scene: Scene) -> Said:
    return scene.answer("Accept", "secret")


@case("accept: of what was offered to Mara, by a neighbour", 403, BOB)
def _(scene: Scene) -> Said:
    return scene.answer("Accept", "secret")


@case("accept: by the id of the Offer to Mara alone", 403, BOB)
def _(scene: Scene) -> Said:
    return scene.answer("Accept", "secret") | {"object": scene.offers["secret"]}


@case("accept: of another activity than the Offer", 403, MARA)
def _(scene: Scene) -> Said:
    return scene.answer("Accept", "secret", id=f"{ALICE}/activities/{uuid4()}")


@case("accept: of an Offer that is not ours", 403, MARA)
def _(scene: Scene) -> Said:
    return scene.answer("Accept", "secret", actor=BOB)


@case("accept: of a share that is not there", 404, MARA)
def _(scene: Scene) -> Said:
    return scene.answer("Accept", "secret", object=f"{ALICE}/shares/{uuid4()}")


@case("accept: of Alice's share under another name", 404, MARA)
def _(scene: Scene) -> Said:
    return scene.answer("Accept", "secret", object=scene.shares["secret"].replace("alice", "carol"))


@case("reject: of what Bob has", 403, MARA)
def _(scene: Scene) -> Said:
    return scene.answer("Reject", "travel")


@case("leave: what Bob has", 403, MARA)
def _(scene: Scene) -> Said:
    inner = {"type": "Accept", "actor": MARA, "object": scene.answer("Accept", "travel")["object"]}
    return {"type": ["Undo", "apx:Share"], "to": [ALICE], "object": inner}


@case("leave: in Bob's name", 403, MARA)
def _(scene: Scene) -> Said:
    inner = {"type": "Accept", "actor": BOB, "object": scene.answer("Accept", "travel")["object"]}
    return {"type": ["Undo", "apx:Share"], "to": [ALICE], "object": inner}


@case("leave: nothing", 400, BOB)
def _(scene: Scene) -> Said:
    return {"type": ["Undo", "apx:Share"], "to": [ALICE], "object": f"{BOB}/activities/1"}
