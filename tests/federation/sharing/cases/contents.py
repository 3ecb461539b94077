"""What is said to be in a share, and of pictures, by others than their owners."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.federation.sharing.cases.making import Said, case
from tests.federation.sharing.scene import ALICE, BOB, DORA, EVE, MARA, Scene


@case("add: into Bob's share", 403, EVE)
def _(scene: Scene) -> Said:
    return scene.add(scene.theirs["bobs"], scene.image(EVE))


@case("add: into Bob's share, by a neighbour", 403, MARA)
def _(scene: Scene) -> Said:
    return scene.add(scene.theirs["bobs"], scene.image(MARA))


@case("add: into Alice's own share", 403, BOB)
def _(scene: Scene) -> Said:
    return scene.add(scene.shares["travel"], scene.image(BOB))


@case("add: Alice's picture as his own", 400, BOB)
def _(scene: Scene) -> Said:
    return scene.add(scene.theirs["bobs"], scene.image(BOB) | {"attributedTo": ALICE})


@case("add: 101 pictures", 400, BOB)
def _(scene: Scene) -> Said:
    return scene.add(scene.theirs["bobs"], *(f"{BOB}/pictures/{uuid4()}" for _ in range(101)))


@case("add: no pictures", 400, BOB)
def _(scene: Scene) -> Said:
    return scene.add(scene.theirs["bobs"])


@case("add: what is no picture", 400, BOB)
def _(scene: Scene) -> Said:
    return scene.add(scene.theirs["bobs"], f"{BOB}/notes/1")


@case("add: without a place in the order", 400, BOB)
def _(scene: Scene) -> Said:
    return scene.add(scene.theirs["bobs"], scene.image(BOB)) | {"apx:sequence": None}


@case("add: a revision without bound", 400, BOB)
def _(scene: Scene) -> Said:
    return scene.add(scene.theirs["bobs"], scene.image(BOB, **{"apx:revision": 2**63}))


@case("add: a picture whose size is a text", 400, BOB)
def _(scene: Scene) -> Said:
    return scene.add(scene.theirs["bobs"], scene.image(BOB, **{"apx:size": "1000"}))


@case("add: in the time before time", 400, BOB)
def _(scene: Scene) -> Said:
    return scene.add(scene.theirs["bobs"], scene.image(BOB, published="0001-01-01T00:00:00+14:00"))


@case("add: into a share that Alice has not accepted", 202, MARA)
def _(scene: Scene) -> Said:
    return scene.add(scene.theirs["maras"], scene.image(MARA))


@case("add: into a share that nobody offered", 202, EVE)
def _(scene: Scene) -> Said:
    return scene.add(f"{EVE}/shares/{uuid4()}", scene.image(EVE))


@case("add: Alice's own picture comes back", 202, MARA)
def _(scene: Scene) -> Said:
    return scene.add(scene.theirs["maras"], scene.pictures["goats"])


@case("add: to somebody else, at Alice's", 403, BOB)
def _(scene: Scene) -> Said:
    return scene.add(scene.theirs["bobs"], scene.image(BOB)) | {"to": [DORA]}


def remove(share: str, *uris: Any, sequence: Any = 50) -> Said:
    return {
        "type": ["Remove", "apx:Unannounce"], "to": [ALICE], "target": share, "object": list(uris),
        "apx:sequence": sequence,
    }  # fmt: skip


@case("remove: from Bob's share", 403, MARA)
def _(scene: Scene) -> Said:
    return remove(scene.theirs["bobs"], scene.theirs["cow"])


@case("remove: what is no picture", 400, BOB)
def _(scene: Scene) -> Said:
    return remove(scene.theirs["bobs"], "everything")


@case("remove: without a place in the order", 400, BOB)
def _(scene: Scene) -> Said:
    return remove(scene.theirs["bobs"], scene.theirs["cow"], sequence=-1)


@case("remove: Bob's picture from one's own share", 202, MARA)
def _(scene: Scene) -> Said:
    return remove(scene.theirs["maras"], scene.theirs["cow"], sequence=0)


def update(*items: Any) -> Said:
    return {"type": ["Update", "apx:Picture"], "object": list(items)}


@case("update: Bob's picture, by a stranger", 403, EVE)
def _(scene: Scene) -> Said:
    return update(scene.image(BOB, scene.theirs["cow"], **{"apx:revision": 99}))


@case("update: Bob's picture, by a neighbour", 403, MARA)
def _(scene: Scene) -> Said:
    return update(scene.image(BOB, scene.theirs["cow"], **{"apx:revision": 99}))


@case("update: Bob's picture as her own, by a neighbour", 400, MARA)
def _(scene: Scene) -> Said:
    return update(scene.image(MARA, scene.theirs["cow"], **{"apx:revision": 99}))


@case("update: Alice's picture, by who holds it", 403, BOB)
def _(scene: Scene) -> Said:
    return update(scene.image(ALICE, scene.pictures["goats"], **{"apx:revision": 99}))


@case("update: one of his, one of Alice's", 403, BOB)
def _(scene: Scene) -> Said:
    return update(scene.image(BOB, scene.theirs["cow"]), scene.image(ALICE, scene.pictures["goats"]))


@case("update: a lower revision", 202, BOB)
def _(scene: Scene) -> Said:
    return update(scene.image(BOB, scene.theirs["cow"], name="old.jpg", **{"apx:revision": 1}))


@case("update: ids without pictures", 400, BOB)
def _(scene: Scene) -> Said:
    return update(scene.theirs["cow"])


@case("update: 101 pictures", 400, BOB)
def _(scene: Scene) -> Said:
    return update(*(scene.image(BOB) for _ in range(101)))


@case("update: what nobody here holds", 202, EVE)
def _(scene: Scene) -> Said:
    return update(scene.image(EVE))


@case("update: Bob's share", 403, EVE)
def _(scene: Scene) -> Said:
    return {"type": ["Update", "apx:Share"], "object": scene.collection(BOB, scene.theirs["bobs"])}


@case("update: Bob's share as her own, by a neighbour", 400, MARA)
def _(scene: Scene) -> Said:
    return {"type": ["Update", "apx:Share"], "object": scene.collection(MARA, scene.theirs["bobs"])}


def delete(*uris: str) -> Said:
    return {"type": ["Delete", "apx:Picture"], "object": [{"id": uri, "type": "Tombstone"} for uri in uris]}


@case("delete: Bob's picture, by a stranger", 403, EVE)
def _(scene: Scene) -> Said:
    return delete(scene.theirs["cow"])


@case("delete: Bob's picture, by a neighbour", 403, MARA)
def _(scene: Scene) -> Said:
    return delete(scene.theirs["cow"])


@case("delete: Alice's picture", 403, BOB)
def _(scene: Scene) -> Said:
    return delete(scene.pictures["goats"])


@case("delete: a note and a picture", 400, BOB)
def _(scene: Scene) -> Said:
    return delete(f"{BOB}/notes/1", scene.theirs["cow"])
