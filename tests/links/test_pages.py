"""What a guest sees: pages that need no scripts, live, and nothing beyond the tag."""

from __future__ import annotations

import io
import re
import time
import zipfile
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from archypix.storage.keys import thumbnail_key
from tests.links.guests import Guest, add, make_link
from tests.uploads.site import Person, Site, photo

SAFE = "no-store"


async def seen(site: Site, picture_id: str, **columns: object) -> None:
    """As if the worker had made thumbnails."""
    values = {
        "state": "ready", "has_thumbnails": True, "width": 400, "height": 300, "blurhash": "LEHV6nWB2yk8pyo0adR*",
        **columns,
    }  # fmt: skip
    sets = ", ".join(f"{name} = ${number}" for number, name in enumerate(values, 2))
    await site.sql(f"UPDATE pictures SET {sets} WHERE id = $1", picture_id, *values.values())


async def test_a_tag_by_link_from_making_to_revoking(alice: Person, site: Site) -> None:
    inside = await add(alice, photo(1), "/Trip/Day one")
    outside = await add(alice, photo(2), "/Home")
    await seen(site, inside, title="The <b>boat</b>", description='Red, "small"')
    made = await alice.send("POST", "/links", {"tag": "/Trip"}, status=201)
    assert re.fullmatch(r"http://[^/]+/l/[A-Za-z0-9_-]{43}", made["url"])
    assert made["name"] == "Trip"
    assert (made["state"], made["password"], made["originals"], made["upload"]) == ("active", False, False, False)
    guest = Guest(site, made["url"])
    page = await guest.page()
    assert page.title == "Trip"
    assert "script" not in page.tags
    assert "style" not in page.attributes
    assert not [name for name in page.attributes if name.startswith("on")]
    assert page.metas["robots"].startswith("noindex")
    assert page.metas["og:title"] == "Shared pictures"
    (image,) = page.images
    assert image["alt"] == 'Red, "small"'
    assert (image["width"], image["height"]) == ("400", "300")
    assert await guest.shown() == [inside]
    assert (await guest.page(f"/p/{inside}")).title == "The <b>boat</b>"
    await guest.page(f"/p/{outside}", status=404)
    await alice.send("DELETE", f"/links/{made['id']}", status=204)
    for path in ("", f"/p/{inside}", f"/p/{inside}/file", "/upload", "/zip"):
        assert (await guest.call("GET", path)).status == 404
    await alice.send("GET", f"/links/{made['id']}", status=404)


async def test_coverage_is_live(alice: Person, site: Site) -> None:
    first = await add(alice, photo(1), "/Trip")
    _, guest = await make_link(alice, "/Trip")
    second = await add(alice, photo(2), "/Trip/Sea")
    assert set(await guest.shown()) == {first, second}
    await alice.call("DELETE", f"/pictures/{first}")
    assert await guest.shown() == [second]
    assert (await guest.call("GET", f"/p/{first}")).status == 404
    await alice.call("POST", f"/pictures/{first}/restore")
    assert set(await guest.shown()) == {first, second}
    await alice.send("POST", "/pictures/batch/tags", {"selection": {"include": [second]}, "remove": ["/Trip/Sea"]})
    assert await guest.shown() == [first]


async def test_what_others_have_shared_is_never_shown(alice: Person, site: Site) -> None:
    own = await add(alice, photo(1), "/Trip")
    received = await add(alice, photo(2), "/Trip")
    async with site.database.transaction() as connection:
        await connection.execute(
            "UPDATE pictures SET origin_uri = 'https://b.test/p/1', blob_id = NULL, sha256 = NULL WHERE id = $1",
            received,
        )
    _, guest = await make_link(alice, "/Trip", originals=True)
    assert await guest.shown() == [own]
    assert (await guest.call("GET", f"/p/{received}")).status == 404
    assert (await guest.call("GET", f"/p/{received}/file")).status == 404
    answer = await guest.call("GET", "/zip")
    assert len(zipfile.ZipFile(io.BytesIO(answer.body)).namelist()) == 1


async def test_pages_and_neighbours_go_by_date(alice: Person, site: Site) -> None:
    ids = [await add(alice, photo(seed), "/Trip", name=f"{seed:03}.jpg") for seed in range(130)]
    await site.sql("UPDATE pictures SET sorted_at = '2020-01-01'")
    ids.sort()
    _, guest = await make_link(alice, "/Trip")
    walked, path, pages = [], "", 0
    while path is not None:
        answer = await guest.call("GET", path)
        walked += await guest.shown(path)
        pages += 1
        match = re.search(r'rel="next" href="/l/[^"?]+([^"]+)"', answer.body.decode())
        last, path = path, match[1] if match else None  # type: ignore[assignment]
    assert walked == ids
    assert pages == 3
    back = re.search(r'rel="prev" href="/l/[^"?]+([^"]+)"', (await guest.call("GET", last)).body.decode())
    assert back is not None
    assert await guest.shown(back[1]) == ids[60:120]
    body = (await guest.call("GET", f"/p/{ids[60]}")).body.decode()
    assert re.search(rf'rel="prev" href="[^"]+{ids[59]}"', body)
    assert re.search(rf'rel="next" href="[^"]+{ids[61]}"', body)
    home = re.search(r'href="/l/[^"?]+(\?from=[^"]+)"', body)
    assert home is not None
    assert (await guest.shown(home[1]))[0] == ids[60]
    assert 'rel="prev"' not in (await guest.call("GET", f"/p/{ids[0]}")).body.decode()
    assert 'rel="next"' not in (await guest.call("GET", f"/p/{ids[-1]}")).body.decode()


async def test_files_are_for_links_to_originals_and_addresses_are_short_lived(alice: Person, site: Site) -> None:
    picture = await add(alice, photo(1), "/Trip", name="boat.jpg")
    await seen(site, picture)
    link, guest = await make_link(alice, "/Trip")
    assert (await guest.call("GET", f"/p/{picture}/file")).status == 404
    assert "Download" not in (await guest.call("GET", f"/p/{picture}")).body.decode()
    await alice.send("PATCH", f"/links/{link}", {"originals": True})
    answer = await guest.call("GET", f"/p/{picture}/file")
    assert answer.status == 302
    assert answer.headers["Cache-Control"] == SAFE
    file = await guest.call("GET", answer.headers["Location"])
    assert file.body == photo(1)
    assert "attachment" in file.headers["Content-Disposition"]
    ends = int(parse_qs(urlsplit(answer.headers["Location"]).query)["e"][0])
    assert ends - time.time() <= 120
    (image,) = (await guest.page()).images
    assert int(parse_qs(urlsplit(str(image["src"])).query)["e"][0]) - time.time() <= 900
    await alice.send("PATCH", f"/links/{link}", {"originals": False})
    assert (await guest.call("GET", f"/p/{picture}/file")).status == 404


async def test_every_answer_is_guarded(alice: Person) -> None:
    picture = await add(alice, photo(1), "/Trip")
    paths = ("", f"/p/{picture}", f"/p/{picture}/file", "/upload", "/zip", "/nothing/at/all", "/p/no-id", "?from=x")
    for fields in ({"originals": True, "upload": True}, {"password": "open sesame"}):
        link, guest = await make_link(alice, "/Trip", **fields)
        answers = [await guest.call("GET", path) for path in paths]
        await alice.send("DELETE", f"/links/{link}", status=204)
        after = [await guest.call("GET", path) for path in paths]
        for answer in answers + after:
            assert answer.status < 500
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["X-Robots-Tag"].startswith("noindex")
            assert answer.headers["Cache-Control"] == SAFE
            if answer.headers.get("Content-Type", "").startswith("text/html") and answer.status not in (302, 303):
                policy = answer.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy
                # None, or the page's own by a nonce.
                script = re.search(r"script-src ([^;]*);", policy)
                assert script is None or re.fullmatch(r"'nonce-[\w-]{20,}'", script[1])
                assert "unsafe" not in policy
        assert not [answer for answer in after if guest.secret.encode() in answer.body]


async def test_a_wrong_address_is_answered_as_a_revoked_one(alice: Person, site: Site) -> None:
    await add(alice, photo(1), "/Trip")
    ended, guest = await make_link(alice, "/Trip")
    _, locked = await make_link(alice, "/Trip", password="open sesame")
    await alice.send("DELETE", f"/links/{ended}", status=204)
    tagless, lost = await make_link(alice, "/Trip")
    late, past = await make_link(alice, "/Trip", ends_at="2999-01-01T00:00:00Z")
    await site.sql("UPDATE links SET ends_at = now() - interval '1 s' WHERE id = $1", late)
    await site.sql("UPDATE links SET tag_id = NULL WHERE id = $1", tagless)
    wrong = Guest(site, guest.url[:-1] + ("A" if guest.url[-1] != "A" else "B"))
    short, long = Guest(site, guest.url[:-10]), Guest(site, guest.url + "x" * 3000)

    def told(answer: object) -> tuple[object, ...]:
        headers = {name for name in answer.headers if name not in ("Date", "X-Request-Id")}  # type: ignore[attr-defined]
        return answer.status, answer.body, headers  # type: ignore[attr-defined]

    for method, path in (("GET", ""), ("GET", "/zip"), ("GET", "/upload"), ("POST", "")):
        answers = [told(await one.call(method, path)) for one in (guest, wrong, lost, past, short, long)]
        assert answers[0][0] == 404
        assert all(answer == answers[0] for answer in answers)
    assert (await locked.call("GET")).status == 401
    await site.sql("UPDATE accounts SET disabled_at = now() WHERE id = $1", alice.id)
    assert told(await locked.call("GET")) == told(await wrong.call("GET"))


async def test_the_archive_has_previews_or_originals(alice: Person, site: Site) -> None:
    ids = [await add(alice, photo(seed), "/Trip", name="same.jpg") for seed in range(3)]
    _, guest = await make_link(alice, "/Trip", name="Our / trip", originals=True)
    answer = await guest.call("GET", "/zip?of=originals")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "Our - trip.zip" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.testzip() is None
        assert sorted(archive.read(name) for name in archive.namelist()) == sorted(photo(seed) for seed in range(3))
    await seen(site, ids[0])
    blob = await site.sql("SELECT blob_id FROM pictures WHERE id = $1", ids[0])
    async with site.storage.open_writer(media_type="image/webp") as writer:
        await writer.write(b"a preview")
        await writer.finish()
        await writer.commit(thumbnail_key(blob, "large"))
    _, poor = await make_link(alice, "/Trip")
    answer = await poor.call("GET", "/zip")
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {"same.webp": b"a preview"}
    assert (await poor.call("GET", "/zip?of=originals")).status == 404


async def test_an_archive_breaks_off_when_the_link_ends(alice: Person, site: Site) -> None:
    for seed in range(60):
        await add(alice, photo(seed, 300_000), "/Trip")
    link, guest = await make_link(alice, "/Trip", originals=True)
    async with site.client.get(f"{site.url}{guest.path}/zip") as response:
        await response.content.readexactly(100_000)
        await alice.send("DELETE", f"/links/{link}", status=204)
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.content.read()
