"""The laws of writing, on random histories: a drive is a tree of files, nothing is ever lost, all can be undone."""

from __future__ import annotations

import hashlib
from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from tests.hierarchies.writing.shadow import Node, Shadow
from tests.hierarchies.writing.study import LAPTOP, PHONE, Study

NAMES = ["x.jpg", "y.jpg", "C"]
BYTES = [b"one", b"two", b"three", b"four"]
LABELS = ["A", "B", "C"]
VERBS = ["put", "move", "copy", "delete", "make_folder", "move_folder", "copy_folder", "delete_folder"]
# What happens to files is drawn more often than what happens to folders.
WEIGHTED = VERBS + 3 * VERBS[:4]
FIRST = (
    ("make_folder", "/A"),
    ("make_folder", "/A/C"),
    ("make_folder", "/B"),
    ("put", "/A/x.jpg", b"one"),
    ("copy", "/A/x.jpg", "/A/C/x.jpg"),
    ("put", "/A/C/y.jpg", b"two"),
    ("put", "/x.jpg", b"three"),
)
BOUNDED = settings(
    max_examples=60,
    deadline=None,
    report_multiple_bugs=False,
    # A history that fails is short enough to be read, and making it shorter takes minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


async def act(study: Study, shadow: Shadow, step: tuple[Any, ...]) -> Shadow:
    """Do something if it can be done, here and there; what there was before."""
    verb, *arguments = step
    before = deepcopy(shadow)
    if getattr(shadow, verb)(*arguments):
        await getattr(study, verb)(*arguments)
    return before


async def take_back(study: Study, before: Shadow, after: Shadow) -> Shadow:
    """Undo what was done last. What came in by it is in the trash from then on."""
    await study.undo_last()
    before.ever = after.ever
    trash = await study.trash()
    there = {node.data for node in before.nodes}
    before.nodes += [Node(each) for each in sorted(after.ever - there) if hashlib.sha256(each).digest() in trash]
    return before


def draw_step(data: st.DataObject, shadow: Shadow) -> tuple[Any, ...]:
    """Something that may be done to what is there."""

    def of(choices: list[Any]) -> Any:
        return data.draw(st.sampled_from(choices))

    def place(names: list[str]) -> str:
        return f"{of(sorted(shadow.folders))}{of(names)}"

    verb = of(WEIGHTED)
    folders = sorted(each.removesuffix("/") for each in shadow.folders - {"/"}) or ["/None"]
    files = sorted(shadow.files) or ["/none.jpg"]
    match verb:
        case "put":
            return verb, place(NAMES), of(BYTES)
        case "move" | "copy":
            return verb, of(files), place(NAMES)
        case "delete":
            return verb, of(files)
        case "make_folder":
            return verb, place(LABELS)
        case "move_folder" | "copy_folder":
            return verb, of(folders), place(LABELS)
        case _:
            return verb, of(folders)


async def operations(study: Study) -> int:
    count: int = await study.cabinet.shelf.sql("SELECT count(*) FROM operations")
    return count


async def furnish(study: Study) -> Shadow:
    """A few files and folders, put there by another device, and nothing else."""
    for table in ("operations", "pictures", "hierarchy_names", "tags"):
        await study.cabinet.shelf.sql(f"DELETE FROM {table}")
    shadow = Shadow()
    study.by = LAPTOP
    for step in FIRST:
        await act(study, shadow, step)
    study.by = PHONE
    return shadow


@BOUNDED
@given(st.integers(1, 14), st.data())
async def test_a_drive_is_a_tree_of_files_that_loses_nothing_and_can_be_undone(
    study: Study, length: int, data: st.DataObject
) -> None:
    shadow = await furnish(study)
    first, state = await study.tree(), await study.state()
    assert first == shadow.tree()
    for _ in range(length):
        step = draw_step(data, shadow)
        count = await operations(study)
        before = await act(study, shadow, step)
        if await operations(study) > count and data.draw(st.integers(0, 3)) == 0:
            shadow = await take_back(study, before, shadow)
        assert await study.tree() == shadow.tree(), step
        assert await study.trash() == {hashlib.sha256(each).digest() for each in shadow.trash()}, step
    ever = {hashlib.sha256(each).digest() for each in shadow.ever}
    assert ever <= await study.kept()
    assert not await study.cabinet.shelf.mismatches()
    undone = await study.undo_all()
    note(f"refused: {undone.refused}")
    assert not undone.refused
    assert await study.tree() == first
    assert await study.state() == state
    assert ever <= await study.kept()
