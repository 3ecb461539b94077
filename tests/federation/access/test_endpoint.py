"""`POST /access`: who may ask what, and what is answered to whatever else comes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from federation.access import receive
from federation.access.receive import SignedQuestions
from federation.signatures.models import Kind
from tests.federation.access.houses import Street


def _asking(*uris: str, variant: str = "original") -> dict[str, Any]:
    return {"pictures": [{"id": uri, "variant": variant} for uri in uris]}


@pytest.mark.parametrize("kind", list(Kind))
async def test_a_holder_gets_addresses(street: Street, kind: Kind) -> None:
    (given,) = await street.given(1)
    await street.share([given])
    answer = await street.post(_asking(given.uri), kind=kind)
    assert answer.status == 200, answer.body
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    (said,) = answer.json["pictures"]
    assert (said["id"], said["variant"], said["size"]) == (given.uri, "original", len(given.content))
    left = datetime.fromisoformat(said["expires"]) - datetime.fromisoformat(answer.json["now"])
    assert timedelta(seconds=30) < left <= timedelta(seconds=120)
    assert (await street.bob.person.call("GET", said["url"])).body == given.content


async def test_one_bad_item_fails_no_other(street: Street) -> None:
    given = await street.given(3)
    await street.share(given[:2])
    await street.alice.site.sql("UPDATE pictures SET has_thumbnails = false WHERE id = $1 RETURNING 1", given[1].id)
    private = await street.alice.picture(9, tags="/Private")
    base = street.alice.uri
    wanted = [
        (given[0].uri, "thumbnails", None),
        (given[1].uri, "small", 404),
        (private.uri, "original", 403),
        (f"{base}/pictures/{uuid4()}", "original", 404),
        ("https://elsewhere.test/users/x/pictures/1", "original", 404),
        (f"{base}/pictures/not-an-id", "large", 404),
        (f"{street.bob.uri}/pictures/{private.id}", "original", 404),
        (given[0].uri, "original", None),
    ]
    answer = await street.post({"pictures": [{"id": uri, "variant": variant} for uri, variant, _ in wanted]})
    said = answer.json["pictures"]
    assert [one["id"] for one in said] == [uri for uri, _, _ in wanted]
    assert [one.get("error", {}).get("status") for one in said] == [status for _, _, status in wanted]
    assert set(said[0]["urls"]) == {"small", "medium", "large"}
    assert all("url" not in one for one in said if "error" in one)


async def test_only_previews(street: Street) -> None:
    (given,) = await street.given(1)
    await street.share([given], originals=False)
    answer = await street.post(
        {"pictures": [{"id": given.uri, "variant": "original"}, {"id": given.uri, "variant": "large"}]}
    )
    refused, granted = answer.json["pictures"]
    assert refused["error"]["status"] == 403
    assert granted["url"]
    assert "sha256" not in granted


BAD = [
    b"",
    b"[]",
    b"nonsense",
    b'{"pictures": []}',
    b'{"pictures": {}}',
    b'{"pictures": [1]}',
    b'{"pictures": [{"id": 1}]}',
    b'{"pictures": [{"id": ""}]}',
    b'{"pictures": [{"id": "x", "variant": "huge"}]}',
    b'{"pictures": [{"id": "x", "variant": ["small"]}]}',
    b'{"pictures": [{"id": "x", "attachment": 1}]}',
    b'{"pictures": [{"id": "a\\u0000b"}]}',
    b'{"pictures": [{"id": "\\ud800"}]}',
    b'{"pictures": [{"id": "x", "n": 1e400}]}',
    b'{"pictures": [{"id": "x", "id": "y"}]}',
    b'{"pictures": [{"id": "' + b"x" * 2049 + b'"}]}',
    json.dumps(_asking(*map(str, range(501)))).encode(),
    b'{"pictures": ' + b"[" * 40 + b"]" * 40 + b"}",
]


@pytest.mark.parametrize("path", ["/access", "/access/archives"])
async def test_what_is_no_question(street: Street, path: str) -> None:
    for body in BAD:
        answer = await street.post(body, path=path)
        expected = (200, 400) if path.endswith("archives") else (400,)
        assert answer.status in expected, (body[:60], answer.body)
        if answer.status == 200:
            assert answer.json["pictures"] == 0
    bad = {"pictures": [{"id": "x"}], "archive": "x"}
    assert (await street.post(bad, path="/access/archives")).status == 400
    assert (await street.post({"pictures": [{"id": "x"}], "filename": 5}, path="/access/archives")).status == 400


async def test_size_and_kind_of_body(street: Street) -> None:
    assert (await street.post(b'{"a": "' + b"x" * 300_000 + b'"}')).status == 413
    assert (await street.post(_asking("x"), Content_Type="text/plain")).status == 415
    assert (await street.post(_asking("x"), Content_Encoding="gzip")).status == 415
    assert (await street.post(_asking("x"), Content_Type="application/activity+json")).status == 200


async def test_who_does_not_prove_to_be_somebody(street: Street) -> None:
    (given,) = await street.given(1)
    await street.share([given])
    unsigned = await street.post(_asking(given.uri), signed=False)
    assert unsigned.status == 401
    assert "Accept-Signature" in unsigned.headers
    old = await street.post(_asking(given.uri), created=datetime.now(UTC) - timedelta(hours=2))
    assert old.status == 401
    other = await street.post(_asking(given.uri), Digest="SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
    assert other.status == 401
    # The server of a holder is not the holder.
    instance = await street.post(_asking(given.uri), actor="instance")
    assert instance.json["pictures"][0]["error"]["status"] == 403
    nobody = await street.bob.person.call("GET", f"{street.alice.site.url}/access")
    assert nobody.status in (404, 405)


async def test_a_replayed_question_for_another_body_is_refused(street: Street) -> None:
    (given,) = await street.given(1)
    await street.share([given])
    sent: dict[str, Any] = {}
    original = street.bob.site.client.post

    def record(url: str, **keywords: Any) -> Any:
        sent.update(keywords)
        return original(url, **keywords)

    street.bob.site.client.post = record  # type: ignore[method-assign,assignment]
    try:
        assert (await street.post(_asking("x"))).status == 200
    finally:
        del street.bob.site.client.post
    sent["data"] = json.dumps(_asking(given.uri)).encode()
    async with street.bob.site.client.post(f"{street.alice.site.url}/access", **sent) as response:
        assert response.status == 401


async def test_blocked_servers_get_nothing(street: Street) -> None:
    (given,) = await street.given(1)
    await street.share([given])
    host = street.bob.uri.split("/")[2]
    visitors = next(
        mount.app._app._visitors  # type: ignore[attr-defined]
        for mount in street.alice.site.app.asgi._mounts  # type: ignore[attr-defined]
        if mount.route == "/access"
    )
    visitors._blocked = lambda name: name == host
    assert (await street.post(_asking(given.uri))).status == 403
    await street.forget()
    item = (await street.bob.person.get("/pictures"))["items"][0]
    assert item["thumbnails"] == {"small": None, "medium": None, "large": None}


async def test_rates(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive, "OF_HOLDER", 2)
    statuses = [(await street.post(_asking("x"))).status for _ in range(5)]
    assert 429 in statuses
    assert statuses[0] == 200
    monkeypatch.setattr(receive, "UNPROVED", 2)
    refused = [(await street.post(_asking("x"), signed=False)) for _ in range(5)]
    assert [one.status for one in refused][-1] == 429
    assert int(refused[-1].headers["Retry-After"]) >= 1


async def test_no_more_at_once_than_can_be_held(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive, "MOST_OF_ADDRESS", 0)
    answer = await street.post(_asking("x"))
    assert answer.status == 429
    app = next(
        mount.app._app  # type: ignore[attr-defined]
        for mount in street.alice.site.app.asgi._mounts  # type: ignore[attr-defined]
        if mount.route == "/access"
    )
    assert isinstance(app, SignedQuestions)
    assert app._in_hand == 0
    assert not app._of_address
