"""Edits by those who may not edit."""

from __future__ import annotations

from typing import Any

from tests.federation.sharing.cases.making import Said, case
from tests.federation.sharing.scene import ALICE, BOB, EVE, MARA, Scene


def propose(actor: str, uri: str, **changes: Any) -> Said:
    inner = {"type": "Update", "actor": actor, "object": uri, "apx:changes": changes}
    return {"type": ["Offer", "apx:Proposal"], "to": [ALICE], "object": inner}


@case("propose: where the share takes no edits", 403, BOB)
def _(scene: Scene) -> Said:
    return propose(BOB, scene.pictures["goats"], title="Mine")


@case("propose: for a picture that was never shared", 404, BOB)
def _(scene: Scene) -> Said:
    return propose(BOB, scene.pictures["secret"], title="Mine")


@case("propose: without any share", 404, EVE)
def _(scene: Scene) -> Said:
    return propose(EVE, scene.pictures["goats"], title="Mine")


@case("propose: in Bob's name", 400, MARA)
def _(scene: Scene) -> Said:
    return propose(BOB, scene.pictures["goats"], title="Mine")


@case("propose: another file name", 400, BOB)
def _(scene: Scene) -> Said:
    return propose(BOB, scene.pictures["goats"], filename="x.exe")


@case("propose: a field that is none", 400, BOB)
def _(scene: Scene) -> Said:
    return propose(BOB, scene.pictures["goats"], owner_id=1)


@case("propose: a place with one coordinate", 400, BOB)
def _(scene: Scene) -> Said:
    return propose(BOB, scene.pictures["goats"], latitude=4)


@case("propose: a title without end", 400, BOB)
def _(scene: Scene) -> Said:
    return propose(BOB, scene.pictures["goats"], title="x" * 2000)


@case("propose: an aperture of text", 400, BOB)
def _(scene: Scene) -> Said:
    return propose(BOB, scene.pictures["goats"], aperture="f/4")


@case("propose: nothing", 400, BOB)
def _(scene: Scene) -> Said:
    return propose(BOB, scene.pictures["goats"])
