"""The batch form: announce, put parts, complete; resumed, repeated and cancelled."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

from tests.uploads.site import Person, Site, photo, sha256


def announcement(content: bytes, name: str = "a.jpg", **more: Any) -> dict[str, Any]:
    return {"filename": name, "size": len(content), "sha256": sha256(content), **more}


async def announce(person: Person, *contents: bytes, **more: Any) -> list[dict[str, Any]]:
    files = [announcement(content, f"{number}.jpg", **more) for number, content in enumerate(contents)]
    items: list[dict[str, Any]] = (await person.send("POST", "/uploads", {"files": files}))["items"]
    return items


async def put(person: Person, upload: dict[str, Any], content: bytes) -> None:
    position = 0
    for part in upload["parts"]:
        piece = content[position : position + part["size"]]
        position += part["size"]
        answer = await person.call("PUT", part["url"], data=piece)
        assert answer.status in (200, 204), answer.body


async def test_known_files_are_told_from_those_that_must_be_put(alice: Person, site: Site) -> None:
    there = (await alice.upload(photo(1))).json
    trashed = (await alice.upload(photo(2))).json
    await alice.send("DELETE", f"/pictures/{trashed['id']}")
    first, second, third = await announce(alice, photo(1), photo(2), photo(3), tags=["/New"])
    assert (first["known"], first["id"], first["in_trash"]) == (True, there["id"], False)
    assert (second["known"], second["id"], second["in_trash"]) == (True, trashed["id"], True)
    assert third["known"] is False
    assert [(part["number"], part["size"], part["received"]) for part in third["parts"]] == [(1, 20_000, False)]
    assert (await alice.get(f"/pictures/{there['id']}"))["tags"] == ["/New"]

    await put(alice, third, photo(3))
    done = await alice.send("POST", f"/uploads/{third['id']}/complete", status=201)
    assert (done["duplicate"], done["state"], done["tags"]) == (False, "processing", ["/New"])
    assert await alice.download(done["id"]) == photo(3)
    assert {name for name in site.objects() if not name.startswith("blobs/")} == set()


async def test_what_others_have_is_not_revealed_and_must_be_put(alice: Person, bob: Person, site: Site) -> None:
    await bob.upload(photo(1))
    (item,) = await announce(alice, photo(1))
    assert item["known"] is False
    refused = await alice.call("POST", f"/uploads/{item['id']}/complete")
    assert (refused.status, refused.json["code"]) == (409, "upload_incomplete")
    await alice.call("PUT", item["parts"][0]["url"], data=photo(2))
    lying = await alice.call("POST", f"/uploads/{item['id']}/complete")
    assert (lying.status, lying.json["code"]) == (422, "hash_mismatch")
    assert (await alice.get("/pictures"))["items"] == []
    await put(alice, item, photo(1))
    done = await alice.send("POST", f"/uploads/{item['id']}/complete", status=201)
    assert await alice.download(done["id"]) == photo(1)
    assert len(site.originals()) == 1


async def test_a_repeated_complete_answers_with_the_same_picture(alice: Person) -> None:
    (item,) = await announce(alice, photo(1))
    await put(alice, item, photo(1))
    path = f"/uploads/{item['id']}/complete"
    answers = await asyncio.gather(*(alice.call("POST", path) for _ in range(6)))
    assert {answer.status for answer in answers} <= {200, 201}
    assert len({answer.json["id"] for answer in answers}) == 1
    again = await alice.call("POST", path)
    assert again.json["id"] == answers[0].json["id"]
    assert len((await alice.get("/pictures"))["items"]) == 1
    status = await alice.get(f"/uploads/{item['id']}")
    assert (status["state"], status["picture"], status["parts"]) == ("done", again.json["id"], [])


async def test_an_upload_in_parts_is_resumed_where_it_stopped(alice: Person) -> None:
    content = photo(1, 40 << 20)
    (item,) = await announce(alice, content)
    assert len(item["parts"]) == 3
    sizes = [part["size"] for part in item["parts"]]
    assert sum(sizes) == len(content)
    await alice.call("PUT", item["parts"][0]["url"], data=content[: sizes[0]])
    await alice.call("PUT", item["parts"][2]["url"], data=content[-sizes[2] :])
    early = await alice.call("POST", f"/uploads/{item['id']}/complete")
    assert (early.status, early.json["code"]) == (409, "upload_incomplete")
    assert "2" in early.json["detail"]

    (resumed,) = await announce(alice, content)
    assert resumed["id"] == item["id"]
    assert [part["received"] for part in resumed["parts"]] == [True, False, True]
    await alice.call("PUT", resumed["parts"][1]["url"], data=content[sizes[0] : sizes[0] + sizes[1]])
    done = await alice.send("POST", f"/uploads/{item['id']}/complete", status=201)
    assert done["sha256"] == sha256(content)
    assert await alice.download(done["id"]) == content


async def test_a_file_announced_twice_is_one_upload_with_the_tags_of_both(alice: Person) -> None:
    files = [announcement(photo(1), tags=["/A"]), announcement(photo(1), "again.jpg", tags=["/B"])]
    first, second = (await alice.send("POST", "/uploads", {"files": files}))["items"]
    assert first["id"] == second["id"]
    await put(alice, first, photo(1))
    done = await alice.send("POST", f"/uploads/{first['id']}/complete", status=201)
    assert done["tags"] == ["/A", "/B"]


async def test_a_cancelled_upload_frees_quota_and_parts(site: Site) -> None:
    carol = await site.person("carol", quota=50_000)
    (item,) = await announce(carol, photo(1, 40_000))
    assert (await carol.usage())["uploading"] == 40_000
    await carol.call("PUT", item["parts"][0]["url"], data=photo(1, 40_000))
    assert site.objects() != set()
    await carol.send("DELETE", f"/uploads/{item['id']}", status=204)
    assert site.objects() == set()
    assert (await carol.usage())["uploading"] == 0
    assert (await carol.call("GET", f"/uploads/{item['id']}")).status == 404


async def test_an_expired_upload_is_swept_with_its_parts(alice: Person, site: Site) -> None:
    (item,) = await announce(alice, photo(1))
    await put(alice, item, photo(1))
    await site.sql("UPDATE uploads SET expires_at = now() - interval '1 second'")
    assert (await alice.call("POST", f"/uploads/{item['id']}/complete")).status == 404
    assert await site.uploads.sweep_expired() == 1
    assert site.objects() == set()
    assert await site.rows("SELECT * FROM uploads") == []


async def test_uploads_of_others_do_not_exist(alice: Person, bob: Person) -> None:
    (item,) = await announce(alice, photo(1))
    await put(alice, item, photo(1))
    for method, path in (("GET", ""), ("POST", "/complete"), ("DELETE", "")):
        assert (await bob.call(method, f"/uploads/{item['id']}{path}")).status == 404
        assert (await bob.call(method, f"/uploads/{uuid4()}{path}")).status == 404
        assert (await bob.call(method, f"/uploads/nonsense{path}")).status == 404
    await alice.send("POST", f"/uploads/{item['id']}/complete", status=201)


async def test_wrong_announcements_name_their_fields(alice: Person, site: Site) -> None:
    good = announcement(photo(1))
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"files": []}, "files"),
        ({"files": [good] * 501}, "files"),
        ({"files": [good | {"size": 0}]}, "files.0.size"),
        ({"files": [good, good | {"size": 1 << 40, "sha256": "0" * 64}]}, "files.1.size"),
        ({"files": [good | {"sha256": "xyz"}]}, "files.0.sha256"),
        ({"files": [good | {"tags": ["no slash"]}]}, "tags.0"),
        ({"files": [good | {"colour": "red"}]}, "files.0.colour"),
    ]
    for body, path in wrong:
        answer = await alice.call("POST", "/uploads", json=body)
        assert (answer.status, answer.headers["Content-Type"]) == (422, "application/problem+json")
        assert path in [fault["path"] for fault in answer.json["errors"]], answer.body
    assert await site.rows("SELECT * FROM uploads") == []


async def test_a_part_of_another_size_is_refused(alice: Person) -> None:
    (item,) = await announce(alice, photo(1))
    answer = await alice.call("PUT", item["parts"][0]["url"], data=photo(1)[:-1])
    assert (answer.status, answer.json["code"]) == (400, "size_mismatch")
