"""An export has everything of one person, as files that any program can read, and nothing that is not theirs."""

from __future__ import annotations

import asyncio
import os
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path
from uuid import uuid4

from archypix.exchange.export import Wanted
from archypix.exchange.export import export as export_account
from tests.exchange.home import Export, Home
from tests.uploads.site import open_site, photo, sha256


async def test_everything_is_there_and_readable(whole: Home, export: Export) -> None:
    export.check()
    assert export.manifest["complete"] is True
    assert export.manifest["account"]["name"] == "alice"
    assert export.manifest["counts"]["pictures"] == 6
    pictures = export.pictures()
    assert set(pictures) == {"goats.jpg", "GOATS.jpg", 'a<b>:"c".jpg', "CON.jpg", "edited.jpg", "gone.jpg"}
    for one in pictures.values():
        content = (export.folder / one["file"]).read_bytes()
        assert sha256(content) == one["sha256"]
        assert len(content) == one["size"]
    goats = pictures["goats.jpg"]
    assert goats["file"] == "pictures/2019/07/goats.jpg"
    assert (goats["title"], goats["rating"], goats["captured_at"]) == ("Two goats", 4, "2019-07-02T10:11:12")
    reasons = {(tag["path"], tag["source"]) for tag in goats["tags"]}
    assert reasons >= {("/Travel/Alps", "upload"), ("/Favourites", "manual")}
    gone = pictures["gone.jpg"]
    assert gone["file"].startswith("trash/")
    assert gone["deleted_at"]


async def test_what_people_set_up_is_there(whole: Home, export: Export) -> None:
    assert {one["path"] for one in export.lines("tags")} >= {"/Travel", "/Travel/Alps", "/Empty", "/Favourites"}
    (alps,) = (one for one in export.lines("tags") if one["path"] == "/Travel/Alps")
    assert (alps["colour"], alps["description"], alps["cover"]) == ("#aabbcc", "Up high", whole.pictures["goats.jpg"])
    assert [one["name"] for one in export.lines("services")] == ["Good ones"]
    assert {one["slug"] for one in export.lines("hierarchies")} == {"library", "trips"}
    assert export.lines("searches") == [{"name": "Alps", "query": "tag:/Travel/Alps"}]
    assert [one["recipient"].split("@")[1] for one in export.lines("shares-given")] == ["bob"]
    assert [one["state"] for one in export.lines("shares-received")] == ["active"]
    assert [one["handle"].split("@")[1] for one in export.lines("following")] == ["bob"]
    account = export.json("account.json")
    assert account["display_name"] == "Alice A."
    assert (account["library"]["trash_days"], account["library"]["write_metadata"]) == (77, False)


async def test_sidecars_say_what_is_known(export: Export) -> None:
    goats = export.pictures()["goats.jpg"]
    tree = ET.parse(export.folder / goats["sidecar"])
    text = ET.tostring(tree.getroot(), encoding="unicode")
    for word in ("Two goats", "On a rock", "Travel/Alps", "Travel|Alps", "2019-07-02T10:11:12", "Alice"):
        assert word in text, word
    subjects = {element.text for element in tree.iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li")}
    assert subjects >= {"Alps", "Favourites"}


async def test_earlier_files_come_along_each_content_once(export: Export) -> None:
    edited = export.pictures()["edited.jpg"]
    assert [one["number"] for one in edited["versions"]] == [1, 2, 3]
    kept = [(export.folder / one["file"]).read_bytes() for one in edited["versions"]]
    assert kept == [photo(5), photo(50), photo(52)]
    assert (export.folder / edited["file"]).read_bytes() == photo(51)


async def test_what_is_not_theirs_and_what_is_secret_stays(whole: Home, export: Export) -> None:
    hashes = await whole.site.rows(
        "SELECT encode(secret_hash, 'hex') AS found FROM links UNION ALL SELECT password_hash FROM links"
        " UNION ALL SELECT encode(secret_hash, 'hex') FROM tokens"
        " UNION ALL SELECT encode(sealed, 'hex') FROM actor_keys"
    )
    (received,) = export.lines("received")
    assert received["filename"] == "his.jpg"
    assert "/users/bob/pictures/" in received["picture"]
    (link,) = export.lines("links")
    assert (link["name"], link["has_password"]) == ("For friends", True)
    secrets = [*whole.secrets, *(row["found"] for row in hashes)]
    assert len(secrets) > 5
    for name in export.files():
        content = (export.folder / name).read_bytes()
        assert content != photo(900)
        for secret in secrets:
            assert secret.encode() not in content, (name, secret)
    assert {one["id"] for one in export.lines("pictures")} == set(whole.pictures.values())


async def test_the_trash_comes_only_when_it_is_asked_for(home: Home, tmp_path: Path) -> None:
    await home.alice.send("DELETE", f"/pictures/{home.pictures['CON.jpg']}")
    without = await home.export(tmp_path / "out")
    without.check()
    assert "CON.jpg" not in without.pictures()
    with_trash = await home.export(tmp_path / "out", "--trash")
    with_trash.check()
    place = with_trash.pictures()["CON.jpg"]["file"]
    assert (with_trash.folder / place).read_bytes() == photo(3)


async def test_names_meet_nowhere_and_leave_the_folder_nowhere(home: Home, tmp_path: Path) -> None:
    for number, name in enumerate(("..jpg", ".hidden.jpg", "x" * 250 + ".jpg", "Äpfel.jpg", "A\u0308pfel.jpg", "aux")):
        await home.add(name, 100 + number)
    export = await home.export(tmp_path / "out")
    export.check()
    files = [one["file"] for one in export.lines("pictures")]
    assert len({name.casefold() for name in files}) == len(files) == 9
    for name in files:
        path = export.folder / name
        assert path.is_file()
        assert path.resolve().is_relative_to(export.folder.resolve())
        assert not path.name.startswith(".")
        assert len(path.name.encode()) <= 200


async def test_a_second_export_copies_nothing_and_mends_what_is_damaged(home: Home, tmp_path: Path) -> None:
    export = await home.export(tmp_path / "out")
    before = {
        name: (export.folder / name).stat().st_mtime_ns for name in export.files() if name.startswith("pictures/")
    }
    again = await home.export(tmp_path / "out")
    assert again.counts["files copied"] == 0
    after = {name: (again.folder / name).stat().st_mtime_ns for name in again.files() if name.startswith("pictures/")}
    assert after == before

    broken = export.folder / export.pictures()["goats.jpg"]["file"]
    broken.write_bytes(b"x" * broken.stat().st_size)
    lost = export.folder / export.pictures()["CON.jpg"]["file"]
    lost.unlink()
    mended = await home.export(tmp_path / "out")
    mended.check()
    assert mended.counts["files copied"] == 2


async def test_what_changes_without_a_trace_is_found_by_verifying(home: Home, tmp_path: Path) -> None:
    export = await home.export(tmp_path / "out")
    broken = export.folder / export.pictures()["goats.jpg"]["file"]
    status = broken.stat()
    broken.write_bytes(b"x" * status.st_size)
    os.utime(broken, ns=(status.st_atime_ns, status.st_mtime_ns))
    found = await home.export(tmp_path / "out", "--verify", status=1)
    assert "goats.jpg: is not as it was written" in found.said
    assert found.manifest["complete"] is False
    (await home.export(tmp_path / "out", "--verify")).check()


async def test_a_picture_keeps_its_place_and_new_ones_come_along(home: Home, tmp_path: Path) -> None:
    export = await home.export(tmp_path / "out")
    place = export.pictures()["goats.jpg"]["file"]
    await home.alice.send("PATCH", f"/pictures/{home.pictures['goats.jpg']}", {"captured_at": "2001-01-01T00:00:00"})
    await home.add("later.jpg", 70)
    again = await home.export(tmp_path / "out")
    again.check()
    assert again.pictures()["goats.jpg"]["file"] == place
    assert again.pictures()["goats.jpg"]["captured_at"] == "2001-01-01T00:00:00"
    assert "later.jpg" in again.pictures()
    assert again.counts["files copied"] == 1


async def test_other_folders_are_left_alone(home: Home, tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "letter.txt").write_text("Dear Bob")
    refused = await home.command("export", "alice", str(full))
    assert refused.returncode == 1
    assert "is not empty" in refused.stderr
    assert [path.name for path in full.iterdir()] == ["letter.txt"]
    await home.export(tmp_path / "out")
    bobs = await home.command("export", "bob", str(tmp_path / "out"))
    assert bobs.returncode == 1
    assert "holds an export of another account, alice" in bobs.stderr
    nobody = await home.command("export", "nobody", str(tmp_path / "other"))
    assert nobody.returncode == 1
    assert "nobody" in nobody.stderr


async def test_what_storage_has_lost_is_named_and_the_rest_is_there(home: Home, tmp_path: Path) -> None:
    digest = sha256(photo(2))
    for key in home.site.originals():
        if digest in key:
            (home.site.folder / "files" / key).unlink()
    export = await home.export(tmp_path / "out", status=1)
    assert "is not in storage any more" in export.said
    assert export.manifest["complete"] is False
    present = [one["filename"] for one in export.lines("pictures") if (export.folder / one["file"]).is_file()]
    assert len(present) == 2


async def test_an_export_that_is_broken_off_goes_on(home: Home, tmp_path: Path) -> None:
    for number in range(10):
        await home.add(f"n{number}.jpg", 300 + number)
    wanted, seen = Wanted(home.alice.id, tmp_path / "out", "a.test"), list[int]()
    outcome = await export_account(
        home.site.database,
        home.site.storage,
        wanted,
        stopped=lambda: len(seen) >= 4,
        shown=lambda files: seen.append(files.copied),
    )
    assert outcome.complete is False
    assert 4 <= outcome.files.copied < 13
    refused = await home.command("import", str(tmp_path / "out"), "--user", "bob", "--no-wait")
    assert refused.returncode == 1
    assert "not complete" in refused.stderr
    # What a crash leaves half written is no file of the export.
    (tmp_path / "out" / "pictures" / ".n9.jpg.part").write_bytes(b"half")
    rest = await home.export(tmp_path / "out")
    rest.check()
    assert rest.counts["files that were there"] == outcome.files.copied
    assert rest.counts["files copied"] == 13 - outcome.files.copied


async def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(home: Home, tmp_path: Path) -> None:
    export = await home.export(tmp_path / "out")
    (export.folder / "pictures.jsonl").unlink()
    (export.folder / "pictures.jsonl").mkdir()
    done = await home.command("export", "alice", str(export.folder))
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    (export.folder / "pictures.jsonl").rmdir()
    shutil.rmtree(export.folder / "pictures")
    (export.folder / "pictures").write_text("in the way")
    hidden = await home.export(export.folder, status=1)
    assert hidden.counts["files missing"] == 3
    (export.folder / "pictures").unlink()
    (await home.export(export.folder)).check()


async def test_two_at_once_do_not_meet(home: Home, tmp_path: Path) -> None:
    for number in range(20):
        await home.add(f"n{number}.jpg", 200 + number)
    words = ("export", "alice", str(tmp_path / "out"))
    done = await asyncio.gather(*(home.command(*words) for _ in range(3)))
    assert any(one.returncode == 0 for one in done)
    for one in done:
        assert one.returncode == 0 or "Another export" in one.stderr or "is not empty" in one.stderr
    (await home.export(tmp_path / "out")).check()


async def test_an_export_out_of_s3(database_url: str, redis_url: str, tmp_path: Path, moto: dict[str, str]) -> None:
    settings = {
        "s3_endpoint": moto["endpoint"],
        "s3_bucket": f"exports-{uuid4().hex[:12]}",
        "s3_access_key": moto["access_key"],
        "s3_secret_key": moto["secret_key"],
    }
    async with open_site(database_url, redis_url, tmp_path / "data", **settings) as site:
        home = Home(site, await site.person("alice"), await site.person("bob"))
        await home.add("one.jpg", 1, "/A")
        await home.add("large.jpg", 2)
        env = {f"ARCHYPIX_{name.upper()}": value for name, value in settings.items()}
        done = await home.command("export", "alice", str(tmp_path / "out"), env=env)
        assert done.returncode == 0, done.stdout + done.stderr
        brought = await home.command("import", str(tmp_path / "out"), "--user", "bob", "--no-wait", env=env)
        assert brought.returncode == 0, brought.stdout + brought.stderr
        listed = (await home.bob.get("/pictures"))["items"]
        assert {one["filename"] for one in listed} == {"one.jpg", "large.jpg"}
