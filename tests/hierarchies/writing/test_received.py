"""Pictures of other people on a drive: tagged like one's own, hidden where they are deleted, never changed."""

from __future__ import annotations

from uuid import UUID

import pytest

from archypix.core.errors import Conflict, Forbidden
from archypix.received.service import IncomingService
from tests.hierarchies.writing.study import FOLLOWERS, Study
from tests.received.post import Post, RecordingHerald, offer, person, picture

# Systems that forbid a colon in names see none.
SHARED = "/SharedToMe/@dora_d.test/Photos/Trip"


async def receive(study: Study) -> UUID:
    """A picture that Dora shares; its id here."""
    shelf = study.cabinet.shelf
    herald = RecordingHerald()
    service = IncomingService(shelf.database, herald, followers=FOLLOWERS)
    people = [await person(shelf, name, f"{name[0]}.test") for name in ("dora", "erik", "fay")]
    post = Post(shelf, service, herald, *people)
    share = offer(post.dora, "Alps")
    await post.taken(share)
    await post.add(share, picture(post.dora, "sea"))
    found: UUID = await shelf.sql("SELECT id FROM pictures WHERE origin_uri IS NOT NULL")
    return found


async def shown(study: Study) -> dict[str, UUID]:
    return await study.cabinet.everything(study.hierarchy)


async def test_a_copy_of_a_received_picture_is_a_tag_of_ones_own(study: Study) -> None:
    sea = await receive(study)
    await study.make_folder("/Mine")
    await study.copy(f"{SHARED}/sea.jpg", "/Mine/mine.jpg")
    assert await shown(study) == {f"{SHARED}/sea.jpg".strip("/"): sea, "Mine/mine.jpg": sea}
    await study.delete("/Mine/mine.jpg")
    assert await shown(study) == {f"{SHARED}/sea.jpg".strip("/"): sea}


async def test_it_cannot_be_moved_out_of_what_its_share_fills(study: Study) -> None:
    await receive(study)
    await study.make_folder("/Mine")
    before = await shown(study)
    with pytest.raises(Conflict, match="Alps") as refused:
        await study.move(f"{SHARED}/sea.jpg", "/Mine/sea.jpg")
    assert refused.value.code == "rule"
    assert await shown(study) == before


async def test_deleting_it_hides_it_and_an_undo_shows_it_again(study: Study) -> None:
    sea = await receive(study)
    before = await shown(study)
    await study.delete(f"{SHARED}/sea.jpg")
    assert await shown(study) == {}
    assert await study.cabinet.shelf.sql("SELECT deleted_at IS NOT NULL FROM pictures WHERE id = $1", sea)
    await study.undo_last()
    assert await shown(study) == before


async def test_nothing_is_put_over_it_nor_into_its_folder(study: Study) -> None:
    await receive(study)
    await study.make_folder("/Mine")
    await study.copy(f"{SHARED}/sea.jpg", "/Mine/sea.jpg")
    for path in (f"{SHARED}/new.jpg", f"{SHARED}/sea.jpg", "/Mine/sea.jpg"):
        with pytest.raises(Forbidden):
            await study.put(path, b"new")
    for folder in (SHARED, "/SharedToMe"):
        with pytest.raises(Forbidden):
            await study.make_folder(f"{folder}/In")
        with pytest.raises(Forbidden):
            await study.delete_folder(folder)


async def test_one_of_ones_own_takes_the_place_of_it(study: Study) -> None:
    sea = await receive(study)
    await study.make_folder("/Mine")
    await study.copy(f"{SHARED}/sea.jpg", "/Mine/sea.jpg")
    own = await study.put("/Mine/own.jpg", b"own")
    await study.move("/Mine/own.jpg", "/Mine/sea.jpg")
    assert await shown(study) == {f"{SHARED}/sea.jpg".strip("/"): sea, "Mine/sea.jpg": own}
