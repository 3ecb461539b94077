"""Requests under the domain's name reach the backend where somebody lives, as they were."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from aiohttp import web

from archypix.core import clock
from federation.signatures import keys
from federation.signatures.models import Kind, SignedRequest
from federation.signatures.sign import sign
from federation.signatures.verify import claims, verify
from tests.resolver.domain import Domain, FakeBackend

ACTIVITY = "application/activity+json"


async def test_a_signature_holds_behind_the_resolver(domain: Domain, backend: FakeBackend) -> None:
    await backend.has("alice")
    key = keys.private_key("https://x.test/users/xenia#main-key", keys.generate_rsa())
    public = keys.public_key(key.id, "https://x.test/users/xenia", key.key.public_key())
    proved = []

    async def inbox(request: web.Request) -> web.Response:
        # The address as the sender knew it: what a backend makes of Host, path and query.
        url = f"https://{request.headers['Host']}{request.raw_path}"
        seen = SignedRequest(request.method, url, list(request.headers.items()), await request.read())
        for claim in claims(seen, now=clock.now()):
            verify(seen, claim, public)
            proved.append((claim.kind, request.headers["X-Forwarded-For"], request.headers["X-Forwarded-Proto"]))
        return web.Response(status=202, headers={"Set-Cookie": "a=b", "X-Told": "yes"})

    backend.views["/users/alice/inbox"] = inbox
    for kind in Kind:
        path, body = "/users/%61lice/inbox?x=%2F1&y", b'{"type": "Follow"}'
        given = [("Content-Type", ACTIVITY), ("Content-Length", str(len(body))), ("Host", "d.test")]
        request = SignedRequest("POST", f"https://d.test{path}", given, body)
        headers = dict(given) | sign(request, key, kind, created=clock.now())
        del headers["Content-Length"]
        spoofed = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "d.test", "Cookie": "mine=1"}
        said = await domain.ask("POST", path, headers=headers | spoofed, body=body)
        assert said.status == 202, said.body
        assert "Set-Cookie" not in said.headers
        assert said.headers["X-Told"] == "yes"
    assert proved == [(kind, "203.0.113.9", "https") for kind in Kind]
    assert "cookie" not in backend.asked[-1][2]
    # A signed GET is the backend's alone to judge, each time.
    backend.shows("/users/alice/followers", "yours", control="public, max-age=600")
    for _ in range(2):
        request = SignedRequest("GET", "https://d.test/users/alice/followers", [("Host", "d.test")])
        headers = {"Host": "d.test", **sign(request, key, Kind.RFC9421, created=clock.now())}
        assert (await domain.ask("GET", "/users/alice/followers", headers=headers)).body == b"yours"
    assert len(backend.paths("/users/alice/followers")) == 2


async def test_what_is_public_is_kept_as_long_as_it_is_said_to_be_new(domain: Domain, backend: FakeBackend) -> None:
    await backend.has("bella")
    backend.shows("/users/bella", "first", control="public, max-age=600", ETag='"1"')
    said = await domain.get("/users/bella", Accept=ACTIVITY)
    backend.shows("/users/bella", "second", control="public, max-age=600", ETag='"2"')
    again = await domain.get("/users/bella", Accept=ACTIVITY)
    assert said.body == again.body == b"first"
    assert int(again.headers["Age"]) >= 0
    assert len(backend.paths("/users/bella")) == 1
    assert (await domain.get("/users/bella", Accept=ACTIVITY, If_None_Match='"1"')).status == 304
    assert (await domain.ask("HEAD", "/users/bella", headers={"Accept": ACTIVITY})).body == b""
    # The other face of the same address is another answer.
    assert (await domain.get("/users/bella", Accept="text/html")).body == b"second"
    assert (await domain.get("/users/bella?page=2", Accept=ACTIVITY)).body == b"second"
    assert (await domain.get("/@bella/x")).status == 404


async def test_a_backend_that_is_away_is_stood_in_for(domain: Domain, backend: FakeBackend) -> None:
    await backend.has("cleo")
    backend.shows("/users/cleo", "as it was")
    backend.shows("/users/cleo/secret", "only once", control="private, max-age=600")
    assert (await domain.get("/users/cleo")).body == b"as it was"
    assert (await domain.get("/users/cleo/secret")).body == b"only once"
    backend.shows("/users/cleo", "in trouble", status=502)
    assert (await domain.get("/users/cleo")).body == b"as it was"
    await backend.stop()
    assert (await domain.get("/users/cleo")).body == b"as it was"
    for path in ("/users/cleo/secret", "/users/cleo/unseen"):
        said = await domain.get(path)
        assert (said.status, said.code) == (503, "backend_away")
        assert "Retry-After" in said.headers
    await domain.silence(backend)
    assert (await domain.get("/users/cleo")).body == b"as it was"
    await backend.come_back()
    await backend.beat()
    await domain.app.ground.backends.load()
    backend.shows("/users/cleo", "as it is")
    assert (await domain.get("/users/cleo")).body == b"as it is"


async def test_pages_are_kept_in_each_language(domain: Domain, backend: FakeBackend) -> None:
    await backend.has("fred")

    async def page(request: web.Request) -> web.Response:
        headers = {"Cache-Control": "public, max-age=600", "Vary": "Accept, Accept-Language"}
        return web.Response(text=request.headers.get("Accept-Language", "none"), headers=headers)

    backend.views["/users/fred"] = page
    wanted = ("fr-CA,fr;q=0.9,en;q=0.8", "fr", "en-GB", "de", "fr")
    said = [(await domain.get("/users/fred", Accept_Language=language)).body for language in wanted]
    said.append((await domain.get("/users/fred")).body)
    assert said == [b"fr", b"fr", b"en", b"en", b"fr", b"en"]
    assert len(backend.paths("/users/fred")) == 2


@pytest.mark.parametrize(
    ("control", "headers"),
    [
        ("private, max-age=60", {}),
        ("no-store", {}),
        ("public", {}),
        ("public, max-age=60", {"Vary": "Accept, Signature"}),
        ("public, max-age=60", {"Vary": "*"}),
        ("public, max-age=60", {"Set-Cookie": "a=b"}),
        ("public, max-age=60", {"Content-Encoding": "br"}),
    ],
)
async def test_what_is_not_for_everybody_is_not_kept(
    domain: Domain, backend: FakeBackend, control: str, headers: dict[str, str]
) -> None:
    if not backend.people:
        await backend.has(f"p{backend.number}")
    path = f"/users/p{backend.number}"
    backend.shows(path, "mine", control=control, **headers)
    for _ in range(2):
        assert (await domain.get(path)).body == b"mine"
    assert len(backend.paths(path)) == 2


async def test_long_answers_flow_through(domain: Domain, backend: FakeBackend) -> None:
    await backend.has("dino")
    long = "x" * (3 << 20)

    async def streamed(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Cache-Control": "public, max-age=600"})
        await response.prepare(request)
        for at in range(0, len(long), 1 << 18):
            await response.write(long[at : at + (1 << 18)].encode())
        return response

    backend.shows("/users/dino/declared", long, control="public, max-age=600")
    backend.views["/users/dino/streamed"] = streamed
    for path in ("/users/dino/declared", "/users/dino/streamed"):
        assert (await domain.get(path)).body == long.encode()


async def test_many_who_ask_at_once_ask_once(domain: Domain, backend: FakeBackend) -> None:
    await backend.has("emma")

    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(0.3)
        return web.Response(text="here", headers={"Cache-Control": "public, max-age=600"})

    backend.views["/users/emma"] = slow
    said = await asyncio.gather(*(domain.get("/users/emma") for _ in range(30)))
    assert {one.body for one in said} == {b"here"}
    assert len(backend.paths("/users/emma")) == 1


async def test_heads_have_no_bodies(domain: Domain, backend: FakeBackend) -> None:
    await backend.has("felix")
    backend.shows("/users/felix", "a body", control="no-store")
    for path, status in (
        ("/users/felix", 200),
        ("/users/felix/nothing", 404),
        ("/users/nobody_here", 404),
        ("/.well-known/webfinger?resource=acct:nobody_here@d.test", 404),
    ):
        said = await domain.ask("HEAD", path)
        assert (said.status, said.body) == (status, b"")
    assert (await domain.ask("HEAD", "/users/felix")).headers["Content-Length"] == "6"


async def test_redirects_and_refusals_go_back_as_they_are(domain: Domain, backend: FakeBackend) -> None:
    await backend.has("fiona")

    async def elsewhere(request: web.Request) -> web.Response:
        return web.Response(status=303, headers={"Location": "https://b1.d.test/login"})

    backend.views["/users/fiona/away"] = elsewhere
    backend.shows("/users/fiona/no", "no", status=401, control="no-store")
    said = await domain.get("/users/fiona/away")
    assert (said.status, said.headers["Location"]) == (303, "https://b1.d.test/login")
    assert (await domain.get("/users/fiona/no")).status == 401


async def test_those_who_are_gone_are_gone(domain: Domain, backend: FakeBackend) -> None:
    await backend.has("greta")
    await backend.beat(deleted=["greta"])
    backend.shows("/users/greta", '{"type": "Tombstone"}', status=410, control="public, max-age=0")
    assert (await domain.get("/users/greta")).body == b'{"type": "Tombstone"}'
    await backend.stop()
    await domain.silence(backend)
    for said in (await domain.get("/users/greta/outbox"), await domain.ask("POST", "/users/greta/inbox", body=b"{}")):
        assert (said.status, said.code) == (410, "gone")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/users/nobody_here", 404),
        ("/users/Alice", 404),
        ("/users/../internal/v1/names", 422),
        ("/users/x/../../internal/v1/names", 422),
        ("/users/%2e%2e/internal", 422),
        ("/users/x/./y", 422),
        ("/users/x/%2e%2e/y", 422),
        ("/users/%00", 404),
        ("/users/" + "x" * 5000, 422),
        ("/users/a%0d%0aHost:%20evil", 404),
        ("//users/alice", 404),
    ],
)
async def test_addresses_of_nobody(domain: Domain, path: str, status: int) -> None:
    said = await domain.get(path)
    assert said.status == status
    assert said.code


async def test_only_the_domain_is_answered_for(domain: Domain, backend: FakeBackend) -> None:
    await backend.has("hugo")
    before = len(backend.asked)
    for host in ("b1.d.test", "x.test", "d.test:8443", "d.test.evil.test"):
        assert (await domain.ask("GET", "/users/hugo", host=host)).code == "other_host"
    assert len(backend.asked) == before
    backend.shows("/users/hugo", "here")
    for host in ("d.test", "D.TEST", "d.test:443"):
        assert (await domain.ask("GET", "/users/hugo", host=host)).status == 200


async def test_a_message_to_all_reaches_all(domain: Domain, backend: FakeBackend, other: FakeBackend) -> None:
    await _alone(domain, backend, other)
    taken = []

    def takes(who: FakeBackend, status: int) -> None:
        async def inbox(request: web.Request) -> web.Response:
            taken.append((who.number, await request.read()))
            return web.Response(status=status, text="said")

        who.views["/inbox"] = inbox

    takes(backend, 202)
    takes(other, 202)
    said = await domain.ask("POST", "/inbox", body=b"letter")
    assert (said.status, said.body) == (202, b"said")
    assert sorted(taken) == sorted([(backend.number, b"letter"), (other.number, b"letter")])
    # The worst counts, so that whoever sends tries again.
    for worse, becomes in ((400, 400), (401, 401), (429, 429), (503, 503)):
        takes(other, worse)
        assert (await domain.ask("POST", "/inbox", body=b"letter")).status == becomes
    await other.stop()
    said = await domain.ask("POST", "/inbox", body=b"letter")
    assert (said.status, said.code) == (503, "unavailable")
    assert "Retry-After" in said.headers
    # One that has been away for days is not waited for.
    await domain.sql(
        "UPDATE backends SET heard_at = now() - $2::interval WHERE origin = $1", other.origin, timedelta(days=2)
    )
    await domain.app.ground.backends.load()
    assert (await domain.ask("POST", "/inbox", body=b"letter")).status == 202


async def test_messages_are_bounded(domain: Domain, backend: FakeBackend) -> None:
    await backend.has("jonas")
    said = await domain.ask("POST", "/users/jonas/inbox", body=b"x" * ((1 << 20) + 1))
    assert (said.status, said.code) == (413, "too_large")
    await backend.stop()
    said = await domain.ask("POST", "/users/jonas/inbox", body=b"{}")
    assert (said.status, said.code) == (503, "backend_away")
    assert (await domain.ask("POST", "/users/nobody_here/inbox", body=b"{}")).status == 404
    assert not backend.paths("/users/jonas/inbox")


async def test_what_all_backends_have_in_common(domain: Domain, backend: FakeBackend, other: FakeBackend) -> None:
    await _alone(domain, backend, other)
    backend.shows("/public.css", "body {}", control="public, max-age=600")
    other.shows("/public.css", "body {}", control="public, max-age=600")
    assert (await domain.get("/public.css")).body == b"body {}"
    # Portraits were once at the domain's own address; whose they are, only their backend knows.
    other.shows("/avatars/here", "a face", control="public, max-age=600")
    assert (await domain.get("/avatars/here")).body == b"a face"
    assert (await domain.get("/avatars/nowhere")).status == 404
    await other.stop()
    assert (await domain.get("/avatars/here")).body == b"a face"


async def test_what_is_kept_for_all_was_asked_for_by_nobody(domain: Domain, backend: FakeBackend) -> None:
    await backend.has("kaspar")
    backend.shows("/users/kaspar", "whole", control="public, max-age=600")
    private = {
        "Cookie": "mine=1",
        "Range": "bytes=0-1",
        "X-Mine": "yes",
        "If-None-Match": '"1"',
    }
    said = await domain.ask("GET", "/users/kaspar", headers=private | {"Accept-Language": "de, fr-mine;q=0.5"})
    assert (said.status, said.body) == (200, b"whole")
    _, _, seen, _ = backend.asked[-1]
    assert not {name.lower() for name in private} & set(seen)
    # Of the languages that somebody reads, only the one in which they are answered.
    assert seen["accept-language"] == "fr"
    # With a token it is no question of anybody's, though the token is not for backends.
    assert (await domain.get("/users/kaspar", Authorization="Bearer x")).body == b"whole"
    assert len(backend.paths("/users/kaspar")) == 2
    assert "authorization" not in backend.asked[-1][2]


async def test_a_request_does_not_go_in_circles(domain: Domain, backend: FakeBackend) -> None:
    await backend.has("ludwig")

    async def mirror(request: web.Request) -> web.Response:
        said = await domain.ask("GET", request.raw_path, headers={"Via": request.headers["Via"]})
        return web.Response(status=said.status, body=said.body)

    backend.views["/users/ludwig"] = mirror
    assert (await domain.get("/users/ludwig")).status == 503
    assert len(backend.paths("/users/ludwig")) == 1


async def _alone(domain: Domain, *backends: FakeBackend) -> None:
    """Let no other backend belong to the domain any more."""
    origins = [backend.origin for backend in backends]
    await domain.sql("UPDATE backends SET state = 'refused' WHERE NOT origin = ANY ($1::text[])", origins)
    await domain.app.ground.backends.load()
