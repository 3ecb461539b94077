"""The picture's own file name, which follows the name in the only folder that it lies in."""

from __future__ import annotations

from uuid import UUID

from archypix.core import clock
from archypix.hierarchies.writing import store
from archypix.hierarchies.writing.deed import NAMES, Deed
from archypix.pictures import editing_store
from archypix.pictures.editing_store import Edit
from archypix.pictures.names import clean_filename


async def follow(deed: Deed, picture_id: UUID, name: str, *, instead: tuple[str, str]) -> None:
    """Name the picture's file so where the hierarchy shows such names, the file is one's own, and lies nowhere else.

    `instead`: the keys of the folder and of the name that it had until now.
    """
    if deed.hierarchy.config.naming != "original" or clean_filename(name) != name:
        return
    picture = await store.picture(deed.connection, deed.owner, picture_id)
    if picture is None or picture.received or picture.filename == name:
        return
    if len({given.tag_id for given in await store.given(deed.connection, deed.owner, picture_id)}) > 1:
        return
    names = await store.names_of(deed.connection, deed.hierarchy.id, [picture_id], [])
    if names.keys() - {instead}:
        return
    await editing_store.change(
        deed.connection, deed.owner, "SELECT $1::uuid AS id", [picture_id, name], Edit({NAMES: "$2::text"}),
        edited_at=clock.now(), operation=deed.operation,
    )  # fmt: skip
