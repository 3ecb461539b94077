"""No picture passes through a server that does not own it, and what grants access lies nowhere about."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, urlsplit

from tests.e2e.sharing.acts import ALPS, MOUNTAINS, can_fetch, comes_to_see, follow_tag, put, revoke, sees, share
from tests.e2e.sharing.conftest import HERS, HIS, Tale
from tests.e2e.sharing.secrets import everything, found
from tests.rig.photos import photo
from tests.rig.trio import Person, Trio

SIZES = ("original", "small", "medium", "large")
SIGNATURE = re.compile(rb"signature=\\?\"?:?([A-Za-z0-9+/=]{40,})", re.IGNORECASE)


def files_of(trio: Trio, place: str) -> list[str]:
    """Files of pictures that lie at a server."""
    folder = trio.servers[place].data / "files"
    return [path.name for path in folder.rglob("*") if path.is_file() and path.stat().st_size > 2000]


def test_no_picture_passes_through_others(trio: Trio, people: tuple[Person, Person, Person]) -> None:
    alice, bob, carol = people
    before = {place: files_of(trio, place) for place in "bc"}
    size = 0
    for number in range(3):
        content = photo(size=(2400, 1600))
        size += len(content)
        files = {"file": (f"large-{number}.jpg", content, "image/jpeg")}
        assert alice.post("/pictures", files=files, data={"tags": json.dumps([ALPS])}).status_code == 201
    alice.wait_ready()
    names = [f"large-{number}.jpg" for number in range(3)]
    first = len(trio.network.exchanges)
    share(alice, bob, reshare_depth=1)
    comes_to_see(bob, *names)
    follow_tag(bob)
    share(bob, carol, MOUNTAINS)
    comes_to_see(carol, *names)
    bob.carried.clear()
    carol.carried.clear()
    for person in (bob, carol):
        for item in sees(person).values():
            for variant in SIZES:
                assert can_fetch(person, item["id"], variant), f"{variant} of {item['filename']} for {person}"
    passed = trio.network.exchanges[first:]
    assert passed
    assert [one.path for one in passed if one.kind.startswith(("image/", "video/", "application/octet"))] == []
    assert max(one.answered for one in passed) < 100_000
    assert sum(one.sent + one.answered for one in passed) < size / 4
    for person in (bob, carol):
        assert person.carried
        kinds = {kind for kind, _ in person.carried}
        assert not any(kind.startswith("image/") for kind in kinds), kinds
        assert sum(count for _, count in person.carried) < 200_000
    assert {place: files_of(trio, place) for place in "bc"} == before


def test_what_grants_access_lies_nowhere(tale: Tale) -> None:
    trio, alice, bob, carol = tale.trio, tale.alice, tale.bob, tale.carol
    secrets: set[str] = set()
    addresses = []
    for person in (bob, carol):
        for item in sees(person).values():
            for variant in SIZES:
                led = person.get(f"/pictures/{item['id']}/file", params={"variant": variant}, allow_redirects=False)
                assert led.status_code == 302
                assert led.headers["Cache-Control"].startswith(("no-store", "private"))
                addresses.append(led.headers["Location"])
            addresses += [url for url in item["thumbnails"].values() if url]
    for address in addresses:
        secrets |= {value for _, value in parse_qsl(urlsplit(address).query) if len(value) >= 20}
        assert trio.fetch(address).headers.get("Referrer-Policy") in ("no-referrer", "same-origin"), address
    revoke(tale.to_bob)
    comes_to_see(carol, *HIS)
    tokens = {str(person.headers["Authorization"]).removeprefix("Bearer ") for person in (alice, bob, carol)}
    recent = trio.network.exchanges[-60:]
    signatures = {match[1].decode() for one in recent for match in SIGNATURE.finditer(one.head)}
    assert secrets
    assert signatures
    for name, log in trio.logs().items():
        text = log.encode()
        assert found(secrets | tokens | signatures, text) == [], f"in the log of {name}"
    for name, server in trio.servers.items():
        text = everything(server)
        assert len(text) > 1_000_000
        assert found(secrets | tokens | signatures, text) == [], f"at {name}"


def test_a_link_is_known_to_its_maker_alone(trio: Trio, people: tuple[Person, Person, Person]) -> None:
    alice, bob, _ = people
    put(alice, *HERS)
    share(alice, bob)
    comes_to_see(bob, *HERS)
    made = alice.post("/links", json={"tag": ALPS, "originals": True})
    assert made.status_code == 201, made.text
    url = made.json()["url"]
    secret = max(re.split(r"[/?=#]", url), key=len)
    page = trio.fetch(url)
    assert page.status_code == 200, page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert not re.search(rb"(?:src|href)=\"https?://(?!a\.test)", page.content)
    for name, log in trio.logs().items():
        assert secret not in log, f"in the log of {name}"
    for name in "abc":
        assert found([secret], everything(trio.servers[name])) == [], f"at {name}"
    assert alice.delete(f"/links/{made.json()['id']}").status_code in (200, 204)
    assert trio.fetch(url).status_code in (404, 410)
