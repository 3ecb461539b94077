"""The laws of undoing, on random histories: doing and undoing is nothing at all, undoing twice is doing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from archypix.pictures.editing import BatchEdit, Shift
from archypix.pictures.query import PictureQuery
from archypix.pictures.selection import Selection
from tests.operations.desk import Desk, these

PATHS = st.sampled_from(["/a", "/a/b", "/a/b/c", "/d", "/d/e", "/f"])
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "captured_at": st.none() | st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)),
        "utc_offset": st.none() | st.integers(-840, 840),
        "altitude": st.none() | st.floats(-12_000, 1_000_000),
        "rating": st.none() | st.integers(0, 5),
        "title": st.none() | st.text(max_size=20),
        "description": st.none() | st.text(max_size=20),
        "camera_make": st.none() | st.text(max_size=20),
        "lens": st.none() | st.text(max_size=20),
        "iso": st.none() | st.integers(1, 10_000_000),
        "aperture": st.none() | st.floats(0.1, 1_000),
        "exposure": st.none() | st.floats(1e-9, 1e7),
        "filename": st.sampled_from(["a.jpg", "b.jpg"]),
    },
)
POSITIONS = st.fixed_dictionaries({"latitude": st.floats(-90, 90), "longitude": st.floats(-180, 180)})
SHIFTS = st.builds(Shift, st.timedeltas(timedelta(days=-20_000), timedelta(days=20_000))) | st.builds(
    Shift, st.just(timedelta()), st.none() | st.integers(-840, 840), st.integers(-840, 840)
)
STEPS = st.one_of(
    st.tuples(st.just("add"), PATHS),
    st.tuples(st.just("remove"), PATHS),
    st.tuples(st.just("delete"), PATHS),
    st.tuples(st.just("rename"), PATHS, PATHS),
    st.tuples(st.just("merge"), PATHS, PATHS),
    st.tuples(st.just("describe"), PATHS, st.sampled_from(["", "Here", "There"])),
    st.tuples(st.just("order"), st.permutations(["a", "d", "f"])),
    st.tuples(st.just("set"), VALUES | POSITIONS),
    st.tuples(st.just("shift"), SHIFTS),
    st.tuples(st.just("turn"), st.sampled_from([90, 180, 270])),
    st.tuples(st.just("trash")),
    st.tuples(st.just("restore")),
    st.tuples(st.just("undo")),
)
# What touches tags that services name, and the services.
SURGERY = st.one_of(
    st.tuples(st.just("add"), PATHS),
    st.tuples(st.just("delete"), PATHS),
    st.tuples(st.just("rename"), PATHS, PATHS),
    st.tuples(st.just("merge"), PATHS, PATHS),
    st.tuples(st.just("promote"), st.integers(0, 1)),
    st.tuples(st.just("end"), st.integers(0, 1)),
    st.tuples(st.just("settle")),
)
HISTORIES = st.lists(st.tuples(STEPS, st.integers(0, 14)), min_size=1, max_size=6)
OLD = datetime(2001, 1, 1)
BOUNDED = settings(
    max_examples=80,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


async def furnish(desk: Desk) -> list[UUID]:
    """Four pictures that differ, and nothing else."""
    for table in ("services", "pictures", "tags", "operations"):
        await desk.shelf.sql(f"DELETE FROM {table}")
    taken = datetime(2020, 6, 15, 12)
    return [
        await desk.shelf.add(tags=("/a/b",), captured_at=taken, sorted_at=taken, utc_offset=60),
        await desk.shelf.add(tags=("/d",), file_date=OLD, sorted_at=OLD, date_source="file", title="x"),
        await desk.shelf.add(
            ingested_at=OLD.replace(tzinfo=UTC),
            sorted_at=OLD,
            date_source="ingested",
            latitude=1.5,
            longitude=2.5,
            edited_fields=["latitude", "longitude"],
        ),
        await desk.shelf.add(captured_at=datetime(9999, 12, 30), sorted_at=datetime(9999, 12, 30), rating=4),
    ]


async def act(desk: Desk, step: tuple[Any, ...], on: Selection) -> None:
    """Do something, if it can be done."""
    tags, alice = desk.shelf.tags, desk.alice
    paths = await desk.shelf.paths()
    match step:
        case ("add", path):
            await tags.change(alice, on, add=[path])
        case ("remove", path):
            await tags.change(alice, on, remove=[path])
        case ("delete", path) if path in paths:
            await tags.delete(alice, path)
        case ("rename", path, other) if path in paths and other not in paths and not other.startswith(path):
            await tags.rename(alice, path, other)
        case ("merge", path, other) if path in paths and other in paths and not other.startswith(path):
            await tags.merge(alice, path, other)
        case ("describe", path, text) if path in paths:
            await tags.update(alice, path, {"description": text})
        case ("order", names):
            await tags.order(alice, None, [name for name in names if f"/{name}" in paths])
        case ("promote", number):
            listed = (await desk.services.services(alice)).services
            if number < len(listed):
                await desk.services.delete(alice, listed[number].service.id, promote=True)
        case ("end", number):
            listed = (await desk.services.services(alice)).services
            if number < len(listed):
                await desk.services.delete(alice, listed[number].service.id)
        case ("set", values) if values:
            await desk.editing.edit_selected(alice, on, BatchEdit(values))
        case ("shift", shift):
            await desk.editing.edit_selected(alice, on, BatchEdit(shift=shift))
        case ("turn", degrees):
            await desk.editing.edit_selected(alice, on, BatchEdit(turn=degrees))
        case ("trash",):
            await desk.trash.put_in_selected(alice, on)
        case ("restore",):
            await desk.trash.take_out_selected(alice, on)
        case ("settle",):
            await desk.settle()
        case ("undo",):
            latest = (await desk.operations.page(alice, 1)).items
            await desk.operations.undo_several(alice, [operation.id for operation in latest])


def difference(one: dict[str, Any], other: dict[str, Any]) -> list[Any]:
    """What is not the same in two states, small enough to be read."""
    return [
        (part, {name: (left.get(name), right.get(name)) for name in left if left.get(name) != right.get(name)})
        for part in one
        for left, right in zip_longest(one[part], other[part], fillvalue={})
        if left != right
    ]


async def moment(desk: Desk) -> datetime:
    now: datetime = await desk.shelf.sql("SELECT clock_timestamp()")
    return now


@BOUNDED
@given(history=HISTORIES)
async def test_a_history_undone_from_its_end_leaves_nothing(desk: Desk, history: list[Any]) -> None:
    note(str(history))
    pictures = await furnish(desk)
    since, before = await moment(desk), await desk.state()
    for step, mask in history:
        await act(desk, step, these(*(picture for bit, picture in enumerate(pictures) if mask >> bit & 1)))
    result = await desk.operations.undo_several(desk.alice, since=since)
    assert result.refused == []
    assert sum(undone.skipped for undone in result.done) == 0
    assert difference(await desk.state(), before) == []
    assert await desk.shelf.mismatches() == []


@BOUNDED
@given(step=STEPS, mask=st.integers(1, 15), query=st.booleans())
async def test_undone_twice_is_done(desk: Desk, step: tuple[Any, ...], mask: int, query: bool) -> None:
    note(str((step, mask, query)))
    pictures = await furnish(desk)
    since, before = await moment(desk), await desk.state()
    chosen = these(*(picture for bit, picture in enumerate(pictures) if mask >> bit & 1))
    await act(desk, step, Selection(PictureQuery(trash=step[0] == "restore")) if query else chosen)
    after = await desk.state()
    for expected in (before, after, before, after):
        latest = (await desk.operations.page(desk.alice, 1)).items
        if not latest or latest[0].at < since:
            assert before == after
            return
        undone = await desk.operations.undo(desk.alice, latest[0].id)
        assert undone.skipped == 0
        assert difference(await desk.state(), expected) == []


async def serve(desk: Desk) -> None:
    """Two services that name tags everywhere: as what they give, as conditions, and as gates."""
    await desk.rules(("rating:>=0", "/a/b"), ({"not": {"tag": "/d"}}, "/f"))
    await desk.rules(({"tag": "/a"}, "/d/e"), ("title:x", "/a/b/c"), requires=["/f"], excludes=["/d/e/f"])
    await desk.settle()


@settings(BOUNDED, max_examples=40)
@given(history=st.lists(st.tuples(SURGERY, st.integers(0, 14)), min_size=1, max_size=4))
async def test_services_name_and_give_what_they_did(desk: Desk, history: list[Any]) -> None:
    note(str(history))
    pictures = await furnish(desk)
    await serve(desk)
    since, before = await moment(desk), await desk.settled()
    for step, mask in history:
        await act(desk, step, these(*(picture for bit, picture in enumerate(pictures) if mask >> bit & 1)))
    result = await desk.operations.undo_several(desk.alice, since=since)
    assert result.refused == []
    assert sum(undone.skipped for undone in result.done) == 0
    assert difference(await desk.settled(), before) == []
    assert await desk.wrong() == []


@settings(BOUNDED, max_examples=40)
@given(step=SURGERY, settle=st.booleans())
async def test_with_services_undone_twice_is_done(desk: Desk, step: tuple[Any, ...], settle: bool) -> None:
    note(str((step, settle)))
    pictures = await furnish(desk)
    await serve(desk)
    since, before = await moment(desk), await desk.settled()
    await act(desk, step, these(*pictures[:2]))
    after = await desk.settled()
    for expected in (before, after, before, after):
        latest = (await desk.operations.page(desk.alice, 1)).items
        if not latest or latest[0].at < since:
            return
        undone = await desk.operations.undo(desk.alice, latest[0].id)
        assert undone.skipped == 0
        if settle or expected is after:
            assert difference(await desk.settled(), expected) == []
    assert await desk.wrong() == []
