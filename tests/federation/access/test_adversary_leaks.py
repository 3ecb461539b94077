"""A received picture among what is one's own to give: it comes out nowhere, and nothing that is tried on it breaks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from federation.access.desk import AccessDesk
from federation.access.models import Item, Refusal
from tests.federation.access.houses import Street

# `{}` stands for the picture.
SELECTED: dict[str, Any] = {"selection": {"include": ["{}"]}}
TRIED: list[tuple[str, str, Any]] = [
    ("GET", "/pictures/{}", None), ("GET", "/pictures/{}/versions", None), ("GET", "/pictures/{}/sidecar", None),
    ("GET", "/pictures/{}/tags", None), ("GET", "/pictures/{}/holders", None), ("GET", "/pictures/{}/copy", None),
    ("POST", "/pictures/{}/examine", {}), ("POST", "/pictures/{}/metadata/retry", {}),
    ("POST", "/pictures/{}/versions/1/restore", {}), ("DELETE", "/pictures/{}/versions/1", None),
    ("PATCH", "/pictures/{}", {"orientation": 6}), ("PATCH", "/pictures/{}", {"filename": "mine.jpg"}),
    ("PATCH", "/pictures/{}", {"title": "mine"}), ("PATCH", "/pictures/{}", {"rating": 5}),
    ("PUT", "/account/profile/avatar", {"picture": "{}"}), ("POST", "/pictures/batch/examine", SELECTED),
    ("POST", "/pictures/batch/metadata", SELECTED | {"set": {"title": "x"}}),
    ("POST", "/pictures/batch/metadata", SELECTED | {"changes": {"title": "x"}}),
    ("POST", "/pictures/batch/metadata/retry", SELECTED), ("POST", "/trash/purge", SELECTED),
    ("GET", "/pictures/{}/file?variant=original", None), ("GET", "/pictures/{}/file?variant=small", None),
    ("GET", "/pictures/{}/file?version=1", None), ("GET", "/pictures/{}/file?variant=thumbnails", None),
    ("GET", "/duplicates", None), ("DELETE", "/pictures/{}", None), ("POST", "/trash/purge", SELECTED),
    ("DELETE", "/trash", None), ("POST", "/pictures/{}/restore", {}),
]  # fmt: skip


async def test_nothing_that_is_tried_on_it_breaks(street: Street) -> None:
    given = await street.given(1)
    _, (picture,) = await street.share(given)
    for method, path, body in TRIED:
        said = json.loads(json.dumps(body).replace("{}", picture)) if body else body
        answer = await street.bob.person.call(method, path.format(picture), json=said)
        assert answer.status < 500, (method, path, answer.body)
    assert await street.bob.site.sql("SELECT count(*) FROM pictures WHERE origin_uri IS NOT NULL") == 1
    assert await street.bob.site.sql("SELECT count(*) FROM avatars") == 0
    assert await street.bob.site.findings() == []


@pytest.mark.parametrize("originals", [True, False])
async def test_it_comes_out_nowhere(street: Street, originals: bool) -> None:
    given = await street.given(1)
    _, (picture,) = await street.share(given)
    person, site = street.bob.person, street.bob.site
    own = (await person.upload(given[0].content[:-1] + b"!", "own.jpg", tags='["/Public"]')).json["id"]
    tagged = await person.call(
        "POST", "/pictures/batch/tags", json={"selection": {"include": [picture]}, "add": ["/Public"]}
    )
    assert tagged.status < 300, tagged.body
    link = await person.send("POST", "/links", {"tag": "/Public", "originals": originals}, status=201)
    page = (await person.call("GET", link["url"])).body.decode()
    assert own in page
    assert picture not in page
    for path in (f"/p/{picture}", f"/p/{picture}/file", f"/p/{picture}/file?show"):
        assert (await person.call("GET", link["url"] + path)).status == 404
    name = street.bob.uri.rpartition("/")[2]
    base = site.url
    for path in (f"/users/{name}/pictures/{picture}", f"/users/{name}/pictures/{picture}/small.webp"):
        assert (await person.call("GET", base + path)).status == 404
    # Nor is it ours to give: whoever holds a share of the tag is refused it at our own door.
    holder = await street.bob.row_of(street.alice.uri)
    await street.bob.share(holder, "/Public", originals=originals)
    said = await site.service(AccessDesk).answer(
        holder, [Item(f"{street.bob.uri}/pictures/{one}", "small") for one in (own, picture)]
    )
    # The own one has no thumbnails yet, but is theirs; of the other nothing is said.
    refused = [(one.status, one.detail) for one in said if isinstance(one, Refusal)]
    assert refused == [(409, "It is not ready yet."), (404, "There is no such picture.")]
