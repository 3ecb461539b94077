"""What was exported comes back as it was, for somebody else, twice without a difference, and nothing is made up."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archypix.exchange import layout
from tests.exchange.home import Export, Home, table
from tests.uploads.site import Person, photo

# What an import may write to, and that a second one must leave as it is.
TABLES = (
    "pictures", "assignments", "tags", "services", "hierarchies", "saved_searches", "libraries", "accounts", "versions",
    "blobs", "jobs", "drive_settings",
)  # fmt: skip
LIKE_BEFORE = (
    "filename", "sha256", "size", "captured_at", "utc_offset", "sorted_at", "date_source", "file_date", "rating",
    "title", "description", "creator", "latitude", "longitude", "edited_fields", "ingested_at",
)  # fmt: skip


async def digest(home: Home) -> dict[str, str]:
    """For each table, what is in it."""
    found = {}
    for name in TABLES:
        rows = await home.site.rows(f"SELECT t::text AS row FROM {name} t ORDER BY 1")
        found[name] = hashlib.sha256("\n".join(row["row"] for row in rows).encode()).hexdigest()
    return found


async def library(home: Home, person: Person) -> dict[str, dict[str, Any]]:
    """Everything of a person's pictures that an import should keep, and their tags by hand."""
    rows = await home.site.rows(
        f"SELECT {', '.join(LIKE_BEFORE)}, deleted_at IS NOT NULL AS trashed, (SELECT array_agg("
        " (SELECT string_agg(a.name, '/' ORDER BY a.depth) FROM tags a WHERE a.id = ANY (t.lineage)) || ':' || x.source"
        " ORDER BY t.name, x.source) FROM assignments x JOIN tags t ON t.id = x.tag_id"
        " WHERE x.picture_id = p.id AND x.source <> 'rule') AS tags"
        " FROM pictures p WHERE owner_id = $1 AND origin_uri IS NULL",
        person.id,
    )
    return {row["filename"]: row for row in rows}


async def test_pictures_come_back_with_all_that_was_known(whole: Home, export: Export) -> None:
    carol = await whole.site.person("carol")
    said = await whole.take_in(export.folder, "carol")
    assert table(said)["new"] == 6
    assert await library(whole, carol) == await library(whole, whole.alice)
    before = await digest(whole)
    again = await whole.take_in(export.folder, "carol")
    assert table(again)["new"] == 0
    assert await digest(whole) == before
    # Whatever a worker finds out later, what people set stays; and the file is the same.
    picture = next(one for one in (await carol.get("/pictures"))["items"] if one["filename"] == "goats.jpg")
    assert await carol.download(picture["id"], variant="original") == photo(1)
    assert [line for line in await whole.site.findings() if "goats" in line] == []


async def test_what_was_set_up_comes_back_and_what_stays_is_named(whole: Home, export: Export) -> None:
    dave = await whole.site.person("dave")
    said = await whole.take_in(export.folder, "dave")
    tags = {tag["path"]: tag for tag in (await dave.get("/tags"))["items"]}
    assert (tags["/Travel/Alps"]["description"], tags["/Travel/Alps"]["colour"]) == ("Up high", "#aabbcc")
    assert tags["/Travel/Alps"]["cover"] is not None
    assert "/Empty" in tags
    assert not any(path.startswith("/SharedToMe") for path in tags)
    (service,) = (await dave.get("/services"))["items"]
    assert (service["name"], service["config"]) == ("Good ones", {"rules": [{"when": "rating:>=4", "tag": "/Good"}]})
    assert {one["slug"] for one in (await dave.get("/hierarchies"))["items"]} == {"library", "trips"}
    assert [one["name"] for one in (await dave.get("/searches"))["items"]] == ["Alps"]
    settings = await dave.get("/account/library")
    assert (settings["trash_days"], settings["write_metadata"]) == (77, False)
    assert (await dave.get("/account"))["display_name"] == "Alice A."
    for word in (
        "1 shares with others",
        "1 shares of others",
        "1 pictures of others",
        "1 public links",
        "3 earlier files",
    ):
        assert f"not brought: {word}" in said, said
    assert (await dave.get("/shares"))["items"] == []


async def test_what_is_here_already_stays(whole: Home, export: Export) -> None:
    erin = await whole.site.person("erin")
    mine = (await erin.upload(photo(1), "mine.jpg", tags='["/Mine"]')).json["id"]
    await whole.site.sql("UPDATE pictures SET state = 'ready' WHERE id = $1", mine)
    await erin.send("PATCH", f"/pictures/{mine}", {"rating": 1})
    await erin.send("POST", "/searches", {"name": "Alps", "query": "year:2020"}, status=201)
    await erin.send("POST", "/tags", {"path": "/Travel/Alps", "colour": "#000000"}, status=201)
    said = await whole.take_in(export.folder, "erin")
    assert table(said)["known"] == 1
    picture = await erin.get(f"/pictures/{mine}")
    assert (picture["filename"], picture["rating"], picture["title"]) == ("mine.jpg", 1, "Two goats")
    assert set(picture["tags"]) >= {"/Mine", "/Travel/Alps", "/Favourites"}
    (search,) = (await erin.get("/searches"))["items"]
    assert search["query"] == "year:2020"
    assert "search Alps: there is another one" in said
    tags = {tag["path"]: tag for tag in (await erin.get("/tags"))["items"]}
    assert tags["/Travel/Alps"]["colour"] == "#000000"


async def test_a_plain_folder_is_imported_as_before(whole: Home, tmp_path: Path) -> None:
    frank = await whole.site.person("frank")
    (tmp_path / "2020").mkdir()
    (tmp_path / "2020" / "one.jpg").write_bytes(photo(700))
    done = await whole.command("import", str(tmp_path), "--user", "frank", "--folders-as-tags", "--no-wait")
    assert done.returncode == 0, done.stderr
    (picture,) = (await frank.get("/pictures"))["items"]
    assert picture["tags"] == ["/2020"]


def _manifest(folder: Path, **changes: Any) -> None:
    path = folder / layout.MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def _later(folder: Path) -> None:
    _manifest(folder, version=99)


def _half(folder: Path) -> None:
    _manifest(folder, complete=False)


def _tampered(folder: Path) -> None:
    path = folder / "tags.jsonl"
    path.write_text(path.read_text().replace("Travel", "Trevel"))


def _without_files(folder: Path) -> None:
    _manifest(folder, files={})


def _paths_as_files(folder: Path) -> None:
    files = json.loads((folder / layout.MANIFEST).read_text())["files"]
    _manifest(folder, files=files | {"../../etc/passwd": "0" * 64})


def _nonsense(folder: Path) -> None:
    _manifest(folder, counts=5)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (_later, "newer Archypix"),
        (_half, "not complete"),
        (_tampered, "tags.jsonl is not as it was written"),
        (_without_files, "has no pictures.jsonl"),
        (_paths_as_files, "is not as it was written"),
        (_nonsense, "cannot be read"),
    ],
)
async def test_what_is_no_whole_export_is_refused(
    whole: Home, export: Export, tmp_path: Path, change: Callable[[Path], None], word: str
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(export.folder, folder)
    change(folder)
    before = await digest(whole)
    done = await whole.command("import", str(folder), "--user", "bob", "--no-wait")
    assert done.returncode == 1
    assert word in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert await digest(whole) == before


async def test_lines_that_somebody_has_changed_bring_nothing_in_from_outside(
    whole: Home, export: Export, tmp_path: Path
) -> None:
    """Each is named; the others come."""
    folder, outside = tmp_path / "copy", tmp_path / "outside.jpg"
    shutil.copytree(export.folder, folder)
    outside.write_bytes(photo(800))
    (folder / "pictures" / "link.jpg").symlink_to(outside)
    good = export.pictures()["goats.jpg"]
    wrong = [
        good | {"file": "../outside.jpg"},
        good | {"file": str(outside)},
        good | {"file": "pictures/link.jpg"},
        good | {"file": "pictures/../../outside.jpg"},
        good | {"file": "account.json"},
        good | {"file": "pictures/nothing.jpg"},
        good | {"file": good["file"], "sha256": "0" * 64},
        good | {"rating": 77},
        good | {"captured_at": "yesterday"},
        good | {"title": "a\x00b"},
        good | {"tags": [{"path": "/SharedToMe/x", "source": "manual"}]},
        good | {"tags": [{"path": "no path", "source": "manual"}]},
        good | {"latitude": 1e999},
        {"id": 5},
        [],
    ]
    fine = export.pictures()["CON.jpg"]
    text = "".join(json.dumps(line) + "\n" for line in [*wrong, fine]) + "{\n" + "[" * 100_000 + "\n"
    (folder / "pictures.jsonl").write_text(text)
    files = json.loads((folder / layout.MANIFEST).read_text())["files"]
    _manifest(folder, files=files | {"pictures.jsonl": hashlib.sha256(text.encode()).hexdigest()})
    gina = await whole.site.person("gina")
    done = await whole.command("import", str(folder), "--user", "gina", "--no-wait")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert table(done.stdout)["failed"] == len(wrong) + 2, done.stdout
    assert [one["filename"] for one in (await gina.get("/pictures"))["items"]] == ["CON.jpg"]
