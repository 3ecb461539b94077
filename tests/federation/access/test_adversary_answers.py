"""Answers of an owner's server that are meant to break who reads them."""

from __future__ import annotations

from typing import Any

import pytest

from archypix.core import clock
from archypix.core.ids import new_id
from archypix.pictures.faraway import Shown
from federation.access.archives import ArchiveFinder
from federation.access.kept import Kept
from federation.access.models import Granted, Item, Offline, Refusal
from federation.access.owners import Place
from federation.access.wire import lifetime, read_answer
from tests.federation.access.houses import Street

WEIRD: list[Any] = [None, [], {}, [404], {"a": 1}, True, "404", 1e300, -1, "x" * 5000, [[[]]]]
TIMES = ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59")
URI = "https://evil.test/users/eve/pictures/1"


@pytest.mark.parametrize("weird", WEIRD, ids=repr)
def test_any_value_in_any_place_is_read(weird: Any) -> None:
    whole = {
        "id": URI, "variant": "original", "attachment": False, "url": "https://evil.test/x", "expires": TIMES[1],
        "sha256": "a" * 64, "size": 1, "mediaType": "image/jpeg", "name": "x", "urls": {},
    }  # fmt: skip
    refused = {"id": URI, "variant": "original", "error": {"status": 403, "detail": "no"}}
    for one in (whole, refused):
        for name in one:
            found = read_answer([Item(URI, "original")], {"now": TIMES[0], "pictures": [one | {name: weird}]})
            assert len(found) == 1
    for name in ("status", "detail"):
        error = {"status": 403, "detail": "no"} | {name: weird}
        (said,) = read_answer([Item(URI, "original")], {"pictures": [refused | {"error": error}]})
        assert isinstance(said, Refusal)
        assert said.status in (403, 404)
        assert len(said.detail) <= 300
    assert read_answer([Item(URI, "original")], {"now": weird, "pictures": weird})


@pytest.mark.parametrize("now", TIMES)
@pytest.mark.parametrize("expires", TIMES)
def test_no_time_is_too_far_away(now: str, expires: str) -> None:
    answer = {
        "now": now, "expires": expires, "archive": str(new_id()), "url": "https://evil.test/x.zip", "pictures": 1,
        "bytes": 5,
    }  # fmt: skip
    assert 0 <= lifetime(answer, 900.0) <= 900
    finder: Any = ArchiveFinder.__new__(ArchiveFinder)
    finder._plain_http = False
    archive, _ = finder._read(Place("evil.test", "https://evil.test/access"), answer, None)
    assert archive is not None
    assert abs((archive.expires_at - clock.now()).total_seconds()) < 1000


async def test_what_is_kept_of_one_owner_leaves_room_for_others() -> None:
    """Addresses may be as long as they like, but not thirty thousand of them."""
    kept = Kept(clock=lambda: 0.0)
    long = "https://evil.test/" + "x" * 16_000
    for number in range(2_000):
        urls = {name: long + str(number) for name in ("small", "medium", "large")}
        kept.put_shown(1, f"u{number}", Shown(dict(urls)), Granted(urls, 800.0))
    held = sum(
        len(url) for _, _, said in kept._shown.values() if isinstance(said, Granted) for url in said.urls.values()
    )
    assert held <= 48 << 20


async def test_a_picture_that_its_owner_speaks_nonsense_of_is_refused_alone(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    (given,) = await street.given(1)
    enquiries = street.bob.fetcher._enquiries

    async def nonsense(*_: Any, **__: Any) -> dict[str, Any]:
        return {"pictures": [{"id": given.uri, "variant": "thumbnails", "error": {"status": [], "detail": {}}}]}

    monkeypatch.setattr(enquiries, "post", nonsense)
    row = await street.bob.row_of(street.alice.uri)
    said = await enquiries.ask(street.bob.person.id, [(row, Item(given.uri, "thumbnails"))])
    assert [type(one) for one in said.values()] == [Refusal]


async def test_who_names_the_server_of_another_does_not_have_it_taken_for_away(street: Street) -> None:
    given = await street.given(1)
    _, (picture,) = await street.share(given)
    assert (await street.bob.person.get(f"/pictures/{picture}"))["thumbnails"]["small"]
    await street.forget()
    # Eve says that she is asked at Alice's server, where there is no such place.
    eve = await street.bob.somebody(street.access + "/nothing")
    enquiries = street.bob.fetcher._enquiries
    said = await enquiries.ask(street.bob.person.id, [(eve, Item(URI, "thumbnails"))])
    assert [type(one) for one in said.values()] == [Offline]
    assert enquiries.is_offline(eve)
    assert not enquiries.is_offline(await street.bob.row_of(street.alice.uri))
    item = await street.bob.person.get(f"/pictures/{picture}")
    assert item["availability"] == "ok"
    assert item["thumbnails"]["small"]
