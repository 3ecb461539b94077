"""Pictures of guests: taken by a plain form, counted exactly, named after who brought them."""

from __future__ import annotations

import asyncio
import re

from tests.links.guests import Guest, add, make_link
from tests.uploads.site import Person, Site, photo


async def test_a_guest_brings_pictures(alice: Person, site: Site) -> None:
    await add(alice, photo(1), "/Wedding")
    link, guest = await make_link(alice, "/Wedding", upload=True)
    page = await guest.page("/upload")
    assert page.tags.count("script") == 1
    assert {"form", "label", "input", "button"} <= set(page.tags)
    events = await site.client.get(f"{site.url}/api/v1/events", headers={"Authorization": f"Bearer {alice.token}"})
    answer = await guest.send(("IMG_1.jpg", photo(2)), ("../../IMG_2.jpg", photo(3)), guest="  Oma Änne ")
    assert (answer.status, answer.headers["Location"]) == (303, f"{guest.path}/upload?taken=2")
    assert "2 pictures arrived" in (await guest.page("/upload?taken=2")).text
    assert len(await guest.shown()) == 3
    pictures = (await alice.get("/pictures", tag="/Wedding"))["items"]
    assert {one["filename"] for one in pictures} == {"a.jpg", "IMG_1.jpg", "IMG_2.jpg"}
    brought = (await alice.get(f"/links/{link}/uploads"))["items"]
    assert [one["guest"] for one in brought] == ["Oma Änne"] * 2
    assert (await alice.get(f"/links/{link}"))["uploaded"] == {"bytes": 40_000, "files": 2}
    (tag,) = (await alice.get(f"/pictures/{brought[0]['picture']}/tags"))["items"]
    (reason,) = tag["sources"]
    assert reason["source"] == "upload"
    assert reason["guests"] == [{"name": "Oma Änne", "link": {"id": link, "name": "Wedding"}}]
    told = b""
    async with asyncio.timeout(90):
        while b"link.uploaded" not in told:
            told += await events.content.readany()
    events.close()
    (notice,) = (await alice.get("/notices"))["items"]
    assert notice["kind"] == "link.uploaded"
    assert notice["data"] == {"id": link, "name": "Wedding", "guest": "Oma Änne", "pictures": 2}


async def test_a_link_without_upload_takes_nothing(alice: Person) -> None:
    await add(alice, photo(1), "/Wedding")
    link, guest = await make_link(alice, "/Wedding")
    assert (await guest.call("GET", "/upload")).status == 404
    assert (await guest.send(("a.jpg", photo(2)))).status == 404
    await alice.send("PATCH", f"/links/{link}", {"upload": True})
    assert (await guest.send(("a.jpg", photo(2)))).status == 303
    await alice.send("DELETE", f"/links/{link}", status=204)
    assert (await guest.send(("a.jpg", photo(3)))).status == 404
    assert (await alice.usage())["pictures"] == 2


async def test_files_that_are_none_are_named_and_the_others_taken(alice: Person) -> None:
    await alice.send("POST", "/tags", {"path": "/Wedding"}, status=201)
    _, guest = await make_link(alice, "/Wedding", upload=True)
    answer = await guest.send(
        ("a.jpg", photo(1)), ("<i>virus.exe", b"MZ" * 5000), ("empty.jpg", b""), ("b.jpg", photo(2))
    )
    assert answer.status == 422
    body = answer.body.decode()
    assert "2 pictures arrived" in body
    assert "&lt;i&gt;virus.exe" in body
    assert "<i>virus" not in body
    assert (await alice.usage())["pictures"] == 2
    answer = await guest.send(("", b""), guest="Bob")
    assert answer.status == 422
    assert b"Choose the pictures first" in answer.body


async def test_a_script_hears_of_each_file(alice: Person) -> None:
    await alice.send("POST", "/tags", {"path": "/Wedding"}, status=201)
    link, guest = await make_link(alice, "/Wedding", upload=True)
    files = (("a.jpg", photo(1)), ("virus.exe", b"MZ" * 5000), ("empty.jpg", b""), ("b.jpg", photo(2)))
    spoken = {"Accept": "application/json", "Accept-Language": "fr-CH, en;q=0.5"}
    answer = await guest.send(*files, headers=spoken)
    assert answer.status == 200
    assert answer.json["each"] == [None, "Ce n’est ni une photo ni une vidéo.", "Ce fichier est vide.", None]
    assert answer.json["problem"] == ""
    answer = await guest.send(("c.jpg", photo(3)), guest="", headers=spoken)
    assert (answer.status, answer.json["problem"]) == (422, "Il faut de 1 à 60 caractères.")
    await alice.send("DELETE", f"/links/{link}", status=204)
    answer = await guest.send(("c.jpg", photo(3)), headers=spoken)
    assert (answer.status, answer.json["each"]) == (404, [])
    assert (await alice.usage())["pictures"] == 2


async def test_guests_say_who_they_are(alice: Person) -> None:
    await alice.send("POST", "/tags", {"path": "/Wedding"}, status=201)
    _, guest = await make_link(alice, "/Wedding", upload=True)
    for name in (None, "", "   ", "x" * 61, "a\x00b", "a\nb\x07"):
        answer = await guest.send(("a.jpg", photo(1)), guest=name)
        assert answer.status == 422
    assert (await alice.usage())["pictures"] == 0


async def test_known_bytes_get_the_tag_and_count_once(alice: Person) -> None:
    known = await add(alice, photo(1), "/Home")
    await alice.send("POST", "/tags", {"path": "/Wedding"}, status=201)
    link, guest = await make_link(alice, "/Wedding", upload=True)
    for _ in range(2):
        assert (await guest.send(("a.jpg", photo(1)))).status == 303
    assert await guest.shown() == [known]
    assert (await alice.get(f"/links/{link}"))["uploaded"] == {"bytes": 20_000, "files": 1}
    assert (await alice.usage())["pictures"] == 1


async def test_quotas_are_exact_whoever_sends_at_the_same_time(alice: Person, site: Site) -> None:
    await alice.send("POST", "/tags", {"path": "/Wedding"}, status=201)
    link, guest = await make_link(alice, "/Wedding", upload=True, upload_quota={"bytes": 100_000, "files": 50})
    answers = await asyncio.gather(
        *(Guest(site, guest.url).send((f"{seed}.jpg", photo(seed)), guest=f"Guest {seed}") for seed in range(6))
    )
    for _ in range(20):
        late = [number for number, answer in enumerate(answers) if answer.status in (429, 503)]
        if not late:
            break
        await asyncio.sleep(0.5)
        for number in late:
            answers[number] = await guest.send((f"{number}.jpg", photo(number)))
    refused = [answer for answer in answers if answer.status != 303]
    assert [answer.status in (413, 422) for answer in refused] == [True]
    assert (await alice.get(f"/links/{link}"))["uploaded"] == {"bytes": 100_000, "files": 5}
    assert (await alice.usage())["originals"] == 100_000
    assert "no room" in (await guest.page("/upload")).text
    await alice.send("PATCH", f"/links/{link}", {"upload_quota": {"bytes": 1_000_000, "files": 6}})
    assert (await guest.send(("x.jpg", photo(50)), ("y.jpg", photo(51)))).status == 422
    assert (await alice.get(f"/links/{link}"))["uploaded"] == {"bytes": 120_000, "files": 6}
    await site.settle()
    assert await site.findings() == []


async def test_the_owners_quota_holds_and_is_nobodys_business(site: Site) -> None:
    carol = await site.person("carol", quota=50_000)
    await carol.send("POST", "/tags", {"path": "/Wedding"}, status=201)
    _, guest = await make_link(carol, "/Wedding", upload=True)
    answer = await guest.send(*((f"{seed}.jpg", photo(seed)) for seed in range(4)))
    assert answer.status == 422
    assert "2 pictures arrived" in answer.body.decode()
    assert len(re.findall("no room for this file", answer.body.decode())) == 2
    assert "quota" not in answer.body.decode()
    assert (await carol.usage())["originals"] == 40_000
    assert (await carol.usage())["uploading"] == 0


async def test_a_file_under_way_when_the_link_ends_is_not_taken(alice: Person, site: Site) -> None:
    await alice.send("POST", "/tags", {"path": "/Wedding"}, status=201)
    link, guest = await make_link(alice, "/Wedding", upload=True)
    revoked = asyncio.Event()
    started = asyncio.Event()

    async def body():  # type: ignore[no-untyped-def]
        yield b'--x\r\nContent-Disposition: form-data; name="guest"\r\n\r\nBob\r\n--x\r\n'
        yield b'Content-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n' + photo(1, 700_000)
        started.set()
        await revoked.wait()
        yield b"\r\n--x--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    sending = asyncio.create_task(guest.call("POST", "/upload", data=body(), headers=headers))
    await started.wait()
    await alice.send("DELETE", f"/links/{link}", status=204)
    revoked.set()
    assert (await sending).status == 404
    assert (await alice.usage())["pictures"] == 0
    await site.settle()
    assert await site.findings() == []


def part(name: bytes, value: bytes) -> bytes:
    return b'--x\r\nContent-Disposition: form-data; name="' + name + b'"\r\n\r\n' + value + b"\r\n--x--\r\n"


NO_FORMS = (
    ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
    (
        "multipart/form-data; boundary=x",
        part(b"tags", b'["/A"]'),
    ),
    (
        "multipart/form-data; boundary=x",
        part(b"guest", b"\xff"),
    ),
    ("multipart/form-data", b""),
    ("application/json", b"{}"),
    ("image/jpeg", b"\xff\xd8\xff"),
    ("text/plain", b"guest=x"),
)


async def test_bodies_that_are_no_form_are_refused(alice: Person) -> None:
    await alice.send("POST", "/tags", {"path": "/Wedding"}, status=201)
    _, guest = await make_link(alice, "/Wedding", upload=True)
    for kind, body in NO_FORMS:
        answer = await guest.call("POST", "/upload", data=body, headers={"Content-Type": kind})
        assert answer.status in (415, 422), (kind, body)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert (await alice.usage())["pictures"] == 0


async def test_what_is_announced_too_large_is_refused_before_it_comes(alice: Person) -> None:
    await alice.send("POST", "/tags", {"path": "/Wedding"}, status=201)
    _, guest = await make_link(alice, "/Wedding", upload=True, upload_quota={"bytes": 100_000, "files": 5})
    answer = await guest.send(("a.jpg", photo(1, 3_000_000)))
    assert answer.status == 413
    assert b"too large together" in answer.body
