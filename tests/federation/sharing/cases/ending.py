"""Ends of shares that are somebody else's."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.federation.sharing.cases.making import Said, case
from tests.federation.sharing.scene import ALICE, BOB, EVE, MARA, Scene


def revoke(actor: str, share: str, **more: Any) -> Said:
    inner = {"id": f"{actor}/activities/1", "type": ["Offer", "apx:Share"], "actor": actor, "object": share}
    return {"type": ["Undo", "apx:Revoke"], "to": [ALICE], "object": inner} | more


@case("revoke: Bob's share, by a stranger", 403, EVE)
def _(scene: Scene) -> Said:
    return revoke(EVE, scene.theirs["bobs"])


@case("revoke: Bob's share, by a neighbour", 403, MARA)
def _(scene: Scene) -> Said:
    return revoke(MARA, scene.theirs["bobs"])


@case("revoke: in Bob's name, by a neighbour", 403, MARA)
def _(scene: Scene) -> Said:
    return revoke(BOB, scene.theirs["bobs"])


@case("revoke: Alice's own share", 403, BOB)
def _(scene: Scene) -> Said:
    return revoke(BOB, scene.shares["travel"])


@case("revoke: pictures of Bob's, by a neighbour", 403, MARA)
def _(scene: Scene) -> Said:
    return revoke(MARA, scene.theirs["maras"], **{"apx:pictures": [scene.theirs["cow"]]})


@case("revoke: grants of Bob's, by a neighbour", 202, MARA)
def _(scene: Scene) -> Said:
    grant = scene.theirs["bobs"].rpartition("/")[2]
    return revoke(MARA, scene.theirs["maras"], **{"apx:share": scene.theirs["maras"], "apx:grants": [grant]})


@case("revoke: grants that are none", 400, BOB)
def _(scene: Scene) -> Said:
    return revoke(BOB, scene.theirs["bobs"], **{"apx:share": scene.theirs["bobs"], "apx:grants": ["all"]})


@case("revoke: another share than it says", 400, BOB)
def _(scene: Scene) -> Said:
    return revoke(BOB, scene.theirs["bobs"], **{"apx:share": f"{BOB}/shares/{uuid4()}"})


@case("revoke: nothing that is described", 400, BOB)
def _(scene: Scene) -> Said:
    return {"type": ["Undo", "apx:Revoke"], "to": [ALICE], "object": f"{BOB}/activities/1"}
