"""Invitations, and answers to them, by those who hold nothing."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.federation.sharing.cases.making import Said, case
from tests.federation.sharing.scene import ALICE, BOB, DORA, EVE, MARA, Scene


@case("invite: without a grant", 403, MARA)
def _(scene: Scene) -> Said:
    return scene.invite(MARA, DORA, scene.pictures["goats"])


@case("invite: by a stranger", 403, EVE)
def _(scene: Scene) -> Said:
    return scene.invite(EVE, EVE.replace("eve", "other"), scene.pictures["goats"])


@case("invite: oneself", 400, BOB)
def _(scene: Scene) -> Said:
    return scene.invite(BOB, BOB, scene.pictures["goats"])


@case("invite: the owner", 400, BOB)
def _(scene: Scene) -> Said:
    return scene.invite(BOB, ALICE, scene.pictures["goats"])


@case("invite: nobody", 400, BOB)
def _(scene: Scene) -> Said:
    return scene.invite(BOB, DORA, scene.pictures["goats"]) | {"object": None}


@case("invite: two at once", 400, BOB)
def _(scene: Scene) -> Said:
    return scene.invite(BOB, DORA, scene.pictures["goats"]) | {"object": [DORA, MARA]}


@case("invite: for a share of somebody else's", 403, BOB)
def _(scene: Scene) -> Said:
    return scene.invite(BOB, DORA, scene.pictures["goats"]) | {"apx:share": scene.theirs["maras"]}


@case("invite: to a share that is not there", 404, BOB)
def _(scene: Scene) -> Said:
    return scene.invite(BOB, DORA, scene.pictures["goats"]) | {"target": f"{ALICE}/shares/{uuid4()}"}


@case("invite: to a share that was offered to another", 403, BOB)
def _(scene: Scene) -> Said:
    return scene.invite(BOB, DORA, scene.pictures["secret"]) | {"target": scene.shares["secret"]}


@case("invite: to a share of another server", 404, BOB)
def _(scene: Scene) -> Said:
    return scene.invite(BOB, DORA, scene.pictures["goats"]) | {"target": scene.theirs["maras"]}


@case("invite: to pictures of somebody else's", 403, BOB)
def _(scene: Scene) -> Said:
    return scene.invite(BOB, DORA, f"{MARA}/pictures/{uuid4()}")


@case("invite: to 101 pictures", 400, BOB)
def _(scene: Scene) -> Said:
    return scene.invite(BOB, DORA, *(f"{ALICE}/pictures/{uuid4()}" for _ in range(101)))


@case("invite: to no pictures", 400, BOB)
def _(scene: Scene) -> Said:
    return scene.invite(BOB, DORA)


@case("invite: depth below zero", 400, BOB)
def _(scene: Scene) -> Said:
    return scene.invite(BOB, DORA, scene.pictures["goats"], **{"apx:reshareDepth": -1})


@case("invite: rights that are neither true nor false", 400, BOB)
def _(scene: Scene) -> Said:
    return scene.invite(BOB, DORA, scene.pictures["goats"], **{"apx:originals": "yes"})


def uninvite(scene: Scene, relayer: str, actor: str, **more: Any) -> Said:
    invited = {key: value for key, value in scene.invite(relayer, DORA).items() if key not in ("to", "apx:pictures")}
    return {"type": ["Undo", "apx:Regrant"], "to": [ALICE], "object": invited | {"actor": actor} | more}


@case("uninvite: Bob's guest, by a neighbour", 403, MARA)
def _(scene: Scene) -> Said:
    return uninvite(scene, BOB, BOB)


@case("uninvite: Bob's guest as her own, by a neighbour", 403, MARA)
def _(scene: Scene) -> Said:
    return uninvite(scene, BOB, MARA)


@case("uninvite: by the guest", 403, DORA)
def _(scene: Scene) -> Said:
    return uninvite(scene, BOB, DORA)


@case("uninvite: a guest who was never invited", 202, MARA)
def _(scene: Scene) -> Said:
    return uninvite(scene, MARA, MARA)


def granted(scene: Scene, kind: str, owner: str, *uris: str, **more: Any) -> Said:
    inner = {
        "type": ["Invite", "apx:Regrant"], "actor": ALICE, "object": BOB, "target": scene.theirs["bobs"],
        "apx:share": scene.shares["travel"],
    } | more  # fmt: skip
    del owner
    return {"type": [kind, "apx:Regrant"], "to": [ALICE], "object": inner, "apx:pictures": list(uris)}


@case("grant: for a share of Bob's, by a neighbour", 403, MARA)
def _(scene: Scene) -> Said:
    return granted(scene, "Accept", MARA, scene.theirs["cow"])


@case("grant: pictures of Alice's", 403, BOB)
def _(scene: Scene) -> Said:
    return granted(scene, "Accept", BOB, scene.pictures["goats"])


@case("grant: nothing", 400, BOB)
def _(scene: Scene) -> Said:
    return granted(scene, "Accept", BOB)


@case("grant: what nobody asked for", 202, BOB)
def _(scene: Scene) -> Said:
    return granted(scene, "Accept", BOB, scene.theirs["cow"])


@case("grant: an Invite of somebody else's", 403, BOB)
def _(scene: Scene) -> Said:
    return granted(scene, "Accept", BOB, scene.theirs["cow"], actor=ALICE.replace("alice", "carol"))


@case("grant: for a share that is not there", 404, BOB)
def _(scene: Scene) -> Said:
    return granted(scene, "Accept", BOB, scene.theirs["cow"], **{"apx:share": f"{ALICE}/shares/{uuid4()}"})


@case("refuse: all that was never asked for", 202, BOB)
def _(scene: Scene) -> Said:
    return granted(scene, "Reject", BOB)
