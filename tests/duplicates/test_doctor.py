"""`doctor` finds what the loop's tables have wrong, and nothing while all is well or still to be done."""

from __future__ import annotations

import pytest

from tests.duplicates.house import Twins, flipped

HASH = 0x5AC3_17E5_90D2_8B64


HASHES, DISTANCES = "picture_hashes.hash", "similar_pairs.distance"
UNDECIDED, MEMBERS, CONTENT = "duplicate_groups.undecided", "duplicate_members", "duplicate_members of content"


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("UPDATE picture_hashes SET hash = hash # 1", {HASHES, DISTANCES}),
        ("DELETE FROM picture_hashes", {HASHES, DISTANCES}),
        ("INSERT INTO picture_hashes SELECT gen_random_uuid(), owner_id, 5 FROM picture_hashes", {HASHES}),
        ("UPDATE similar_pairs SET distance = distance + 1", {DISTANCES}),
        ("DELETE FROM similar_pairs", {UNDECIDED, MEMBERS}),
        ("DELETE FROM duplicate_members WHERE kind = 'content'", {CONTENT, UNDECIDED}),
        ("UPDATE duplicate_groups SET content_hash = sha256('x') WHERE kind = 'content'", {CONTENT}),
        ("UPDATE duplicate_groups SET undecided = NOT undecided", {UNDECIDED}),
    ],
)
async def test_damage_is_named(twins: Twins, damage: str, named: set[str]) -> None:
    for bits in (HASH, flipped(HASH, 1), flipped(HASH, 1, 2)):
        await twins.picture(bits)
    for _ in range(2):
        await twins.picture(content=9)
    assert await twins.mismatches() == []
    await twins.settle()
    assert await twins.mismatches() == []
    if damage.startswith("UPDATE picture_hashes"):
        damage += " WHERE picture_id = (SELECT min(picture_id::text)::uuid FROM picture_hashes)"
    await twins.shelf.sql(damage)
    assert {each.what for each in await twins.mismatches()} == named
