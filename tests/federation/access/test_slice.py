"""From a list at the holder's server to the bytes at the owner's."""

from __future__ import annotations

from tests.federation.access.houses import Street
from tests.uploads.site import sha256


async def test_a_page_of_received_pictures_has_addresses_of_their_owner(street: Street) -> None:
    given = await street.given(3)
    _, ids = await street.share(given)
    street.asked.clear()
    page = await street.bob.person.get("/pictures")
    assert {item["id"] for item in page["items"]} == set(ids)
    assert street.asked == ["POST /access"]
    by_id = dict(zip(ids, given, strict=True))
    for item in page["items"]:
        assert item["availability"] == "ok"
        for variant, url in item["thumbnails"].items():
            assert url.startswith(street.alice.site.url.replace("127.0.0.1", "localhost"))
            file = await street.bob.person.call("GET", url)
            assert (file.status, file.body) == (200, by_id[item["id"]].thumbnail + variant.encode())
            assert file.headers["Access-Control-Allow-Origin"] == "*"
            assert file.headers["X-Content-Type-Options"] == "nosniff"
            assert file.headers["Referrer-Policy"] == "no-referrer"
    # Once more, and nobody is asked.
    street.asked.clear()
    assert await street.bob.person.get("/pictures") == page
    assert not [one for one in street.asked if one == "POST /access"]


async def test_an_original_is_fetched_at_its_owner(street: Street) -> None:
    (given,) = await street.given(1)
    _, (picture,) = await street.share([given])
    answer = await street.bob.person.call("GET", f"/pictures/{picture}/file")
    assert answer.status == 302, answer.body
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    file = await street.bob.person.call("GET", answer.headers["Location"])
    assert (file.status, sha256(file.body)) == (200, sha256(given.content))
    assert file.headers["Content-Disposition"].startswith("inline;")
    assert file.headers["Content-Type"] == "image/jpeg"
    saved = await street.bob.person.call("GET", f"/pictures/{picture}/file", params={"download": "true"})
    file = await street.bob.person.call("GET", saved.headers["Location"])
    assert file.headers["Content-Disposition"].startswith("attachment;")
