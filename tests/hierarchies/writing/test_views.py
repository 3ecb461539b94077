"""Places that are no plain tags: queries with tags of their own to give and take, mirrors with limits, calendars."""

from __future__ import annotations

from datetime import datetime

import pytest

from archypix.core.errors import Conflict, Forbidden
from archypix.pipeline.service import Draft, PipelineService
from tests.hierarchies.writing.study import Study
from tests.hierarchies.writing.test_files import paths
from tests.hierarchies.writing.test_folders import refused

TODO = {
    "type": "query", "id": "todo", "name": "To do", "all": ["/Work"], "none": ["/Done"],
    "write": {"add": ["/Work"], "remove": ["/Work"]},
}  # fmt: skip
DONE = {"type": "query", "id": "done", "name": "Done", "all": ["/Work", "/Done"],
        "write": {"add": ["/Work", "/Done"], "remove": ["/Done"]}}  # fmt: skip
SEEN = {"type": "query", "id": "seen", "name": "Seen", "all": ["/Work"]}


async def test_queries_give_and_take_the_tags_that_they_name(study: Study) -> None:
    study.hierarchy = await study.cabinet.hierarchy(TODO, DONE)
    picture = await study.put("/To do/x.jpg", b"x")
    assert await paths(study, picture) == {"/Work"}
    await study.move("/To do/x.jpg", "/Done/y.jpg")
    assert await paths(study, picture) == {"/Work", "/Done"}
    assert await study.tree() == {"/To do/": None, "/Done/": None, "/Done/y.jpg": b"x"}
    await study.move("/Done/y.jpg", "/To do/z.jpg")
    assert await paths(study, picture) == {"/Work"}
    await study.undo_all()
    assert await study.tree() == {"/To do/": None, "/Done/": None}


async def test_what_a_query_would_not_show_is_not_put_there(study: Study) -> None:
    study.hierarchy = await study.cabinet.hierarchy(TODO, DONE)
    await study.put("/Done/x.jpg", b"x")
    await refused(study, study.copy("/Done/x.jpg", "/To do/x.jpg"), "not_shown")
    await refused(study, study.put("/To do/x.jpg", b"x"), "not_shown")


async def test_a_query_without_tags_of_its_own_is_only_read(study: Study) -> None:
    study.hierarchy = await study.cabinet.hierarchy(SEEN, TODO)
    await study.put("/To do/x.jpg", b"x")
    for attempt in (
        lambda: study.put("/Seen/y.jpg", b"y"),
        lambda: study.delete("/Seen/x.jpg"),
        lambda: study.move("/Seen/x.jpg", "/To do/y.jpg"),
    ):
        with pytest.raises(Forbidden) as error:
            await attempt()
        assert error.value.code == "read_only"
    await study.copy("/Seen/x.jpg", "/To do/y.jpg")


async def test_below_the_last_level_no_folders_are_made(study: Study) -> None:
    study.hierarchy = await study.cabinet.hierarchy({"type": "mirror", "id": "m", "root": "/", "max_depth": 1})
    await study.make_folder("/A")
    await refused(study, study.make_folder("/A/B"), "read_only", Forbidden)


async def test_between_two_mirrors_a_moved_folder_keeps_the_names_in_it(study: Study) -> None:
    study.hierarchy = await study.cabinet.hierarchy(
        {"type": "mirror", "id": "one", "name": "One", "root": "/One", "keep_dir": True},
        {"type": "mirror", "id": "two", "name": "Two", "root": "/Two", "keep_dir": True},
    )
    await study.make_folder("/One/In")
    await study.put("/One/In/x.jpg", b"x")
    await study.copy("/One/In/x.jpg", "/One/In/y.jpg")
    before = await study.tree()
    await study.move_folder("/One/In", "/Two/Out")
    assert await study.tree() == {
        "/One/": None, "/Two/": None, "/Two/Out/": None, "/Two/Out/x.jpg": b"x", "/Two/Out/y.jpg": b"x"
    }  # fmt: skip
    await study.undo_last()
    assert await study.tree() == before


async def test_a_folder_of_a_calendar_stays_and_what_is_in_it(study: Study) -> None:
    shelf = study.cabinet.shelf
    await shelf.add(captured_at=datetime(2024, 5, 1, 10), filename="x.jpg")
    config = {"root": "/Years", "bands": [{"template": "{year}"}]}
    await PipelineService(shelf.database).create(study.alice, Draft("segmentation", "By year", config))
    await study.settle()
    await study.make_folder("/A")
    with pytest.raises(Conflict, match="By year"):
        await study.move_folder("/Years/2024", "/A/2024")
    with pytest.raises(Conflict, match="By year"):
        await study.move("/Years/2024/x.jpg", "/A/x.jpg")
    await study.move_folder("/Years", "/A/Years")
    await study.settle()
    assert await study.cabinet.folders(study.hierarchy, "A", "Years") == ["2024"]
