"""What `doctor` finds of drives: nothing where all is well, and each thing that is not."""

from __future__ import annotations

from archypix.health.consistency import Consistency
from tests.drives.den import Den
from tests.uploads.site import photo


async def findings(den: Den) -> list[tuple[str, str]]:
    """What concerns drives; the shelf's pictures have no files."""
    found = Consistency(den.shelf.database, den.storage).findings()
    return [(finding.kind, finding.detail.partition("/")[0]) async for finding in found]


async def test_doctor_knows_what_drives_keep(den: Den) -> None:
    drive = await den.device()
    for number in range(2):
        await den.drives.scraps.put(drive, ["Alps"], f"{number}.tmp", den.bytes(photo(number)), "scratch")
    async with den.shelf.database.transaction() as connection:
        await den.drives.properties.change(connection, drive.hierarchy_id, ["a"], {"{x}y": "é"})
    assert await findings(den) == []
    await den.shelf.sql("UPDATE drive_property_room SET bytes = bytes + 1")
    kept, lost = sorted(den.objects())
    await den.storage.delete([lost])
    async with den.storage.open_writer(media_type="image/jpeg", hashing=False) as writer:
        await writer.write(b"x")
        await writer.commit("scraps/ab/" + "0" * 30 + "ab")
    assert sorted(await findings(den)) == [
        ("a count of what a drive keeps that is wrong", "stored 8, counted 7"),
        ("a stored file that is missing or of the wrong size", "scraps"),
        ("an object in storage that no row knows", "a file beside the tags"),
    ]
    assert kept in den.objects()
