"""One file in one request: what comes back, what is stored, what is refused."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json

import aiohttp
import pytest

from tests.uploads.site import Person, Site, photo, sha256


async def test_a_file_comes_back_bit_for_bit(alice: Person) -> None:
    content = photo(1)
    answer = await alice.upload(content, "IMG 1.JPG", tags='["/Photos/Alps", "/Summer"]')
    assert answer.status == 201
    assert answer.json == {
        "id": answer.json["id"],
        "duplicate": False,
        "in_trash": False,
        "filename": "IMG 1.JPG",
        "sha256": sha256(content),
        "size": len(content),
        "media_type": "image/jpeg",
        "kind": "image",
        "state": "processing",
        "tags": ["/Photos/Alps", "/Summer"],
    }
    assert await alice.download(answer.json["id"]) == content
    listed = (await alice.get("/pictures"))["items"]
    assert [item["id"] for item in listed] == [answer.json["id"]]
    assert (await alice.usage())["originals"] == len(content)


async def test_the_same_bytes_again_are_the_same_picture_with_more_tags(alice: Person, site: Site) -> None:
    first = await alice.upload(photo(1), "a.jpg", tags='["/A"]')
    again = await alice.upload(photo(1), "b.jpg", tags='["/B"]')
    assert again.status == 200
    assert again.json["duplicate"] is True
    assert again.json["in_trash"] is False
    assert again.json["id"] == first.json["id"]
    assert again.json["filename"] == "a.jpg"
    assert again.json["tags"] == ["/A", "/B"]
    assert len(site.originals()) == 1
    assert (await alice.usage())["originals"] == len(photo(1))


async def test_what_is_in_the_trash_is_said_to_be_there(alice: Person) -> None:
    first = await alice.upload(photo(1))
    await alice.send("DELETE", f"/pictures/{first.json['id']}")
    again = await alice.upload(photo(1))
    assert (again.status, again.json["duplicate"], again.json["in_trash"]) == (200, True, True)
    assert (await alice.get("/pictures"))["items"] == []


async def test_two_people_share_one_stored_file_and_each_has_a_picture(alice: Person, bob: Person, site: Site) -> None:
    mine, theirs = await alice.upload(photo(1)), await bob.upload(photo(1))
    assert mine.json["id"] != theirs.json["id"]
    assert theirs.json["duplicate"] is False
    assert len(site.originals()) == 1
    assert await bob.download(theirs.json["id"]) == photo(1)
    for person in (alice, bob):
        assert (await person.usage())["originals"] == len(photo(1))


async def test_a_raw_body_with_its_name_in_a_header_or_in_the_query(alice: Person) -> None:
    headers = {"Content-Type": "image/jpeg", "X-Filename": "Z%C3%BCrich%20%E2%9C%93.jpg"}
    first = await alice.call("POST", "/pictures", data=photo(1), headers=headers)
    assert (first.status, first.json["filename"]) == (201, "Zürich ✓.jpg")
    second = await alice.call(
        "POST",
        "/pictures",
        data=photo(2),
        headers={"Content-Type": "application/octet-stream"},
        params={"filename": "b.jpg", "tags": '["/Q"]', "file_date": "2018-03-02T10:00:00"},
    )
    assert (second.status, second.json["filename"], second.json["tags"]) == (201, "b.jpg", ["/Q"])
    whole = await alice.get(f"/pictures/{second.json['id']}")
    assert whole["date_source"] == "file"
    assert whole["sorted_at"] == "2018-03-02T10:00:00"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\Users\\x\\DCIM\\a.jpg", "a.jpg"),
        ("../../etc/passwd", "passwd"),
        ("e\u0301te\u0301.jpg", "\u00e9t\u00e9.jpg"),
        ("a\x07b.jpg", "ab.jpg"),
        ("..", "unnamed"),
        ("   ", "unnamed"),
        ("x" * 300 + ".jpeg", "x" * 250 + ".jpeg"),
        ("日本語の写真.jpg", "日本語の写真.jpg"),
    ],
)
async def test_file_names_are_made_safe(alice: Person, sent: str, kept: str) -> None:
    answer = await alice.call(
        "POST", "/pictures", data=photo(1), headers={"Content-Type": "image/jpeg"}, params={"filename": sent}
    )
    assert (answer.status, answer.json["filename"]) == (201, kept)


async def test_a_hash_that_was_announced_is_verified(alice: Person, site: Site) -> None:
    content = photo(1)
    right = {"X-Content-SHA256": sha256(content), "Content-Type": "image/jpeg"}
    wrong = {"X-Content-SHA256": sha256(b"other"), "Content-Type": "image/jpeg"}
    digest = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    wrong_digest = {"Content-Digest": f"sha-256=:{digest}:", "Content-Type": "image/jpeg"}
    for headers in (wrong, wrong_digest):
        refused = await alice.call("POST", "/pictures", data=content, headers=headers)
        assert (refused.status, refused.json["code"]) == (422, "hash_mismatch")
    assert site.objects() == set()
    assert (await alice.call("POST", "/pictures", data=content, headers=right)).status == 201


async def test_what_cannot_be_taken_is_refused_and_leaves_nothing(alice: Person, site: Site) -> None:
    async def form(*fields: tuple[str, bytes | str, str | None]) -> tuple[int, str]:
        data = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
        for name, value, filename in fields:
            data.add_field(name, value, filename=filename, content_type="image/jpeg" if filename else None)
        if not fields:
            data.add_field("x", "")
        answer = await alice.call("POST", "/pictures", data=data)
        assert answer.headers["Content-Type"] == "application/problem+json"
        return answer.status, answer.json["code"]

    good = ("file", photo(1), "a.jpg")
    assert await form(("file", b"", "a.jpg")) == (422, "empty_file")
    assert await form(("tags", '["/A"]', None)) == (422, "invalid")
    assert await form(good, ("file", photo(2), "b.jpg")) == (422, "invalid")
    assert await form(good, ("colour", "red", None)) == (422, "invalid")
    assert await form(good, ("tags", "/A", None)) == (422, "invalid")
    assert await form(good, ("tags", '["A"]', None)) == (422, "invalid_path")
    assert await form(good, ("tags", '["/SharedToMe/x"]', None)) == (422, "invalid_path")
    assert await form(good, ("tags", json.dumps(["/a"] * 101), None)) == (422, "invalid")
    assert await form(good, ("tags", "x" * 70_000, None)) == (422, "invalid")
    assert await form(good, ("file_date", "yesterday", None)) == (422, "invalid")
    assert await form(good, ("batch", "1", None)) == (422, "invalid")
    assert (await site.rows("SELECT * FROM pictures"), await site.rows("SELECT * FROM tags")) == ([], [])
    assert site.objects() == set()
    await site.settle()
    assert await site.rows("SELECT * FROM blobs") == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no boundary at all",
        b"--b\r\n\r\nno disposition\r\n--b--\r\n",
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\nnever ends',
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="\xff\xfe"\r\n\r\nx\r\n--b--\r\n',
    ],
)
async def test_a_form_that_is_none_is_a_bad_request(alice: Person, site: Site, body: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await alice.call("POST", "/pictures", data=body, headers=headers)
    assert (answer.status, answer.json["code"]) == (400, "malformed_form")
    assert site.objects() == set()


async def test_other_content_types_are_refused(alice: Person) -> None:
    for content_type in ("application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/mixed"):
        answer = await alice.call("POST", "/pictures", data=photo(1), headers={"Content-Type": content_type})
        assert (answer.status, answer.json["code"]) == (415, "unsupported_media_type")
    no_boundary = await alice.call("POST", "/pictures", data=photo(1), headers={"Content-Type": "multipart/form-data"})
    assert no_boundary.status == 400


async def test_strangers_and_tokens_without_the_scope_are_refused(alice: Person, site: Site) -> None:
    nobody = await alice.call("POST", "/pictures", data=photo(1), headers={"Authorization": "Bearer wrong"})
    assert (nobody.status, nobody.json["code"]) == (401, "unauthenticated")
    created = await alice.send("POST", "/account/tokens", {"name": "r", "scopes": ["pictures:read"]}, status=201)
    secret = created.get("secret") or created["token"]
    reader = Person(site, "alice", alice.id, secret)
    refused = await reader.upload(photo(1))
    assert (refused.status, refused.json["code"]) == (403, "missing_scope")


async def test_a_dropped_connection_leaves_nothing(alice: Person, site: Site) -> None:
    host, port = site.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = (
        f"POST /api/v1/pictures HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {alice.token}\r\n"
        "Content-Type: image/jpeg\r\nContent-Length: 5000000\r\n\r\n"
    )
    writer.write(head.encode() + photo(1, 2_000_000))
    await writer.drain()
    async with asyncio.timeout(90):
        while not site.objects():
            await asyncio.sleep(0.05)
    writer.close()
    await writer.wait_closed()
    del reader
    async with asyncio.timeout(90):
        while site.objects():
            await asyncio.sleep(0.05)
    assert await site.rows("SELECT * FROM pictures") == []
    assert await site.rows("SELECT * FROM uploads") == []


async def test_a_body_of_unknown_length_is_taken(alice: Person) -> None:
    content = photo(3, 3_000_000)

    async def pieces() -> object:
        for start in range(0, len(content), 100_000):
            yield content[start : start + 100_000]

    answer = await alice.call("POST", "/pictures", data=pieces(), headers={"Content-Type": "image/jpeg"})
    assert (answer.status, answer.json["size"]) == (201, len(content))
    assert await alice.download(answer.json["id"]) == content
