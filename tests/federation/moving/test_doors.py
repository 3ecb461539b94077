"""What the server where somebody lived says to those who still come: where they are, never that they are gone."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from federation.signatures.models import Kind, SignedRequest
from federation.signatures.sign import sign
from tests.federation.inbox.letters import Persona
from tests.federation.moving.village import BASE, NEIGHBOUR, ORIGIN, Village
from tests.uploads.site import Answer, photo

ALICE = f"{BASE}/users/alice"
ACTIVITY = "application/activity+json"


async def request(village: Village, method: str, path: str, **keywords: Any) -> Answer:
    async with village.site.client.request(
        method, village.site.url + path, allow_redirects=False, **keywords
    ) as response:
        return Answer(response.status, response.headers, await response.read())


async def test_tokens_and_passwords_open_the_other_door(village: Village) -> None:
    alice = village.accounts["alice"]
    await village.leaves()
    for answer in (
        await alice.call("GET", "/pictures"),
        await alice.upload(photo(1)),
        await request(village, "POST", "/api/v1/session", json={"name": "alice", "password": "whatever it was"}),
    ):
        assert answer.status == 410, answer.body
        assert (answer.json["code"], answer.json["moved_to"]) == ("moved", NEIGHBOUR)
    # Others go in and out.
    assert (await village.accounts["carol"].call("GET", "/pictures")).status == 200


async def test_drives_are_elsewhere(village: Village) -> None:
    alice = village.accounts["alice"]
    made = await alice.send("POST", "/hierarchies", {"name": "All", "slug": "all"}, status=201)
    token = await alice.send("POST", f"/hierarchies/{made['id']}/tokens", {"name": "laptop"}, status=201)
    given = base64.b64encode(f"alice:{token['token']}".encode()).decode()
    headers = {"Authorization": f"Basic {given}", "Depth": "0"}
    assert (await request(village, "PROPFIND", "/webdav/all/", headers=headers)).status == 207
    await village.leaves()
    answer = await request(village, "PROPFIND", "/webdav/all/", headers=headers)
    assert answer.status == 410
    assert NEIGHBOUR.encode() in answer.body


@pytest.mark.parametrize(
    "path", ["", "/outbox", "/followers", "/shares/00000000-0000-7000-8000-000000000000", "/collections/alps"]
)
async def test_her_ids_are_never_said_to_be_gone(village: Village, path: str) -> None:
    """Whoever asks here has been led here by somebody who did not know better: 404 and 410 would be the end of her."""
    await village.leaves()
    for host in ("a.test", "b1.a.test"):
        answer = await request(village, "GET", f"/users/alice{path}", headers={"Host": host, "Accept": ACTIVITY})
        assert answer.status == 503, answer.body
        assert answer.headers["Retry-After"]


async def test_files_are_asked_for_elsewhere(village: Village) -> None:
    """Who holds something of hers is told to read her actor anew, and nobody is told that it is lost."""
    alice, bob = village.accounts["alice"], await village.known("https://b.test/users/bob")
    picture = (await alice.upload(photo(2), tags='["/Alps"]')).json["id"]
    await village.leaves()
    uri = f"{ALICE}/pictures/{picture}"
    for path, question in (
        ("/access", {"pictures": [{"id": uri, "variant": "original"}]}),
        ("/access/archives", {"pictures": [{"id": uri}]}),
        ("/pictures", {"pictures": [uri]}),
    ):
        answer = await ask(village, bob, path, question)
        assert answer.status == 410, (path, answer.body)
        assert answer.json["code"] == "moved"
    # Beside pictures of somebody who is here, each gets its own answer.
    carols = f"{BASE}/users/carol/pictures/{picture}"
    both = [{"id": uri, "variant": "original"}, {"id": carols, "variant": "original"}]
    answer = await ask(village, bob, "/access", {"pictures": both})
    assert answer.status == 200
    assert [item["error"]["status"] for item in answer.json["pictures"]] == [421, 404]


async def ask(village: Village, who: Persona, path: str, question: dict[str, Any]) -> Answer:
    body = json.dumps(question).encode()
    headers = {"Host": "b1.a.test", "Content-Type": "application/json"}
    wanted = SignedRequest("POST", ORIGIN + path, list(headers.items()), body)
    headers |= sign(wanted, who.key(Kind.RFC9421), Kind.RFC9421, created=datetime.now(UTC))
    return await request(village, "POST", path, data=body, headers=headers)


async def test_links_lead_nowhere_here(village: Village) -> None:
    alice = village.accounts["alice"]
    await alice.upload(photo(3), tags='["/Alps"]')
    made = await alice.send("POST", "/links", {"tag": "/Alps"}, status=201)
    path = "/l/" + made["url"].rpartition("/l/")[2]
    assert (await request(village, "GET", path)).status == 200
    await village.leaves()
    assert (await request(village, "GET", path)).status in (404, 410)
