"""The strict profile: what must be covered, how old a signature may be, which headers are refused."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta

import pytest

from federation.signatures.models import BadSignature, Claim, Kind, SignedRequest
from federation.signatures.verify import claims, naming, verify
from tests.federation.signatures.house import (
    ACTOR,
    BODY,
    ED25519,
    INBOX,
    KEY_ID,
    NOW,
    OTHER_RSA,
    RSA,
    hand_cavage,
    hand_rfc9421,
    header,
    public,
    request,
    sha256,
    signed_request,
    stamp,
    with_headers,
)

DIGEST = f"sha-256=:{sha256(BODY)}:"
LINES = ['"@method": POST', f'"@target-uri": {INBOX}', f'"content-digest": {DIGEST}']
COVERED = '"@method" "@target-uri" "content-digest"'
DATE = "Sat, 21 Nov 2026 12:00:00 GMT"
CAVAGE = {
    "(request-target)": "post /users/bob/inbox",
    "host": "bob.example",
    "date": DATE,
    "digest": f"SHA-256={sha256(BODY)}",
}


def _accepted(given: SignedRequest) -> Claim:
    claim = naming(claims(given, now=NOW), ACTOR)
    verify(given, claim, public(RSA))
    return claim


def _refused(given: SignedRequest) -> None:
    with pytest.raises(BadSignature):
        _accepted(given)


def _rfc9421(headers: dict[str, str], **fields: str) -> SignedRequest:
    return with_headers(request(), {"Host": "bob.example", "Content-Digest": DIGEST} | fields | headers)


def _cavage(signature: str, **changes: str | None) -> SignedRequest:
    own = {"Host": "bob.example", "Date": DATE, "Digest": CAVAGE["digest"], "Signature": signature}
    return with_headers(request(), own | changes)


def test_a_request_without_signatures_claims_nothing() -> None:
    assert claims(request(), now=NOW) == []


@pytest.mark.parametrize("kind", Kind)
def test_what_we_sign_keeps_to_the_profile(kind: Kind) -> None:
    claim = _accepted(signed_request(kind))
    assert (claim.kind, claim.key_id, claim.created) == (kind, KEY_ID, NOW)
    for key in (OTHER_RSA, ED25519):
        with pytest.raises(BadSignature):
            verify(request(), claim, public(key))


@pytest.mark.parametrize("kind", Kind)
def test_ed25519_signs_both_kinds(kind: Kind) -> None:
    given = signed_request(kind, ED25519)
    verify(given, naming(claims(given, now=NOW), ACTOR), public(ED25519))


# RFC 9421 by hand

RFC_TAKEN = {
    "the least": hand_rfc9421(COVERED, LINES),
    "parts of the target": hand_rfc9421(
        '"@method" "@authority" "@path" "@query" "content-digest"',
        ['"@method": POST', '"@authority": bob.example', '"@path": /users/bob/inbox', '"@query": ?', LINES[2]],
    ),
    "another order and more": hand_rfc9421(
        '"content-digest" "host" "@scheme" "@target-uri" "@request-target" "@method"',
        [
            LINES[2],
            '"host": bob.example',
            '"@scheme": https',
            LINES[1],
            '"@request-target": /users/bob/inbox',
            LINES[0],
        ],
    ),
    "the algorithm said": hand_rfc9421(
        COVERED, LINES, parameters=f';created={stamp()};alg="rsa-v1_5-sha256";keyid="{KEY_ID}"'
    ),
    "nonce and tag": hand_rfc9421(
        COVERED, LINES, parameters=f';nonce="n";tag="t";created={stamp()};keyid="{KEY_ID}"', label="*x.y-1"
    ),
    "five minutes ago": hand_rfc9421(COVERED, LINES, parameters=f';created={stamp(seconds=-300)};keyid="{KEY_ID}"'),
    "five minutes ahead": hand_rfc9421(COVERED, LINES, parameters=f';created={stamp(seconds=300)};keyid="{KEY_ID}"'),
    "old with an end to come": hand_rfc9421(
        COVERED, LINES, parameters=f';created={stamp(hours=-11)};expires={stamp(minutes=1)};keyid="{KEY_ID}"'
    ),
}


@pytest.mark.parametrize("headers", RFC_TAKEN.values(), ids=RFC_TAKEN.keys())
def test_rfc9421_is_taken(headers: dict[str, str]) -> None:
    _accepted(_rfc9421(headers))


RFC_REFUSED = {
    "no method": hand_rfc9421('"@target-uri" "content-digest"', LINES[1:]),
    "no target": hand_rfc9421('"@method" "content-digest"', [LINES[0], LINES[2]]),
    "no query among the parts": hand_rfc9421(
        '"@method" "@authority" "@path" "content-digest"',
        [LINES[0], '"@authority": bob.example', '"@path": /users/bob/inbox', LINES[2]],
    ),
    "no digest": hand_rfc9421('"@method" "@target-uri"', LINES[:2]),
    "nothing covered": hand_rfc9421("", []),
    "no creation": hand_rfc9421(COVERED, LINES, parameters=f';keyid="{KEY_ID}"'),
    "no key": hand_rfc9421(COVERED, LINES, parameters=f";created={stamp()}"),
    "an empty key": hand_rfc9421(COVERED, LINES, parameters=f';created={stamp()};keyid=""'),
    "a key that is no text": hand_rfc9421(COVERED, LINES, parameters=f";created={stamp()};keyid=abc"),
    "creation in words": hand_rfc9421(COVERED, LINES, parameters=f';created="{stamp()}";keyid="{KEY_ID}"'),
    "creation with a fraction": hand_rfc9421(COVERED, LINES, parameters=f';created={stamp()}.5;keyid="{KEY_ID}"'),
    "creation before time": hand_rfc9421(COVERED, LINES, parameters=f';created=-1;keyid="{KEY_ID}"'),
    "creation beyond time": hand_rfc9421(COVERED, LINES, parameters=f';created=999999999999999;keyid="{KEY_ID}"'),
    "too old": hand_rfc9421(COVERED, LINES, parameters=f';created={stamp(seconds=-301)};keyid="{KEY_ID}"'),
    "from the future": hand_rfc9421(COVERED, LINES, parameters=f';created={stamp(seconds=301)};keyid="{KEY_ID}"'),
    "over": hand_rfc9421(
        COVERED, LINES, parameters=f';created={stamp(hours=-1)};expires={stamp(seconds=-1)};keyid="{KEY_ID}"'
    ),
    "too long a life": hand_rfc9421(
        COVERED, LINES, parameters=f';created={stamp()};expires={stamp(hours=12, seconds=1)};keyid="{KEY_ID}"'
    ),
    "over before it began": hand_rfc9421(
        COVERED, LINES, parameters=f';created={stamp(seconds=100)};expires={stamp(seconds=50)};keyid="{KEY_ID}"'
    ),
    "another algorithm said": hand_rfc9421(
        COVERED, LINES, parameters=f';created={stamp()};alg="hmac-sha256";keyid="{KEY_ID}"'
    ),
    "the other algorithm for RSA said": hand_rfc9421(
        COVERED, LINES, parameters=f';created={stamp()};alg="rsa-pss-sha512";keyid="{KEY_ID}"'
    ),
    "another key's algorithm said": hand_rfc9421(
        COVERED, LINES, parameters=f';created={stamp()};alg="ed25519";keyid="{KEY_ID}"'
    ),
    "a parameter nobody knows": hand_rfc9421(COVERED, LINES, parameters=f';created={stamp()};keyid="{KEY_ID}";x=1'),
    "a component nobody knows": hand_rfc9421(f'{COVERED} "@planet"', [*LINES, '"@planet": earth']),
    "a component of answers": hand_rfc9421(f'{COVERED} "@status"', [*LINES, '"@status": 200']),
    "its own parameters": hand_rfc9421(f'{COVERED} "@signature-params"', [*LINES, '"@signature-params": x']),
    "a header that is not there": hand_rfc9421(f'{COVERED} "x-none"', [*LINES, '"x-none": ']),
    "a header in capitals": hand_rfc9421(f'{COVERED} "Host"', [*LINES, '"Host": bob.example']),
    "a header twice": hand_rfc9421(f'{COVERED} "host" "host"', [*LINES, *['"host": bob.example'] * 2]),
    "@query-param": hand_rfc9421(f'{COVERED} "@query-param";name="a"', [*LINES, '"@query-param";name="a": 1']),
    ";bs": hand_rfc9421(f'{COVERED} "host";bs', [*LINES, '"host";bs: :Ym9iLmV4YW1wbGU=:']),
    ";sf": hand_rfc9421('"@method" "@target-uri" "content-digest";sf', [*LINES[:2], f'"content-digest";sf: {DIGEST}']),
    ";key": hand_rfc9421(
        '"@method" "@target-uri" "content-digest";key="sha-256"',
        [*LINES[:2], f'"content-digest";key="sha-256": :{sha256(BODY)}:'],
    ),
    ";req": hand_rfc9421('"@method";req "@target-uri" "content-digest"', ['"@method";req: POST', *LINES[1:]]),
    ";tr": hand_rfc9421(f'{COVERED} "host";tr', [*LINES, '"host";tr: bob.example']),
    "forty headers": hand_rfc9421(
        " ".join([COVERED, *(f'"x-{i}"' for i in range(40))]), [*LINES, *(f'"x-{i}": 1' for i in range(40))]
    ),
    "another method": hand_rfc9421(COVERED, ['"@method": GET', *LINES[1:]]),
    "another target": hand_rfc9421(COVERED, [LINES[0], '"@target-uri": https://bob.example/inbox', LINES[2]]),
    "another digest": hand_rfc9421(COVERED, [*LINES[:2], f'"content-digest": sha-256=:{sha256(b"x")}:']),
    "another's key": hand_rfc9421(COVERED, LINES, key=OTHER_RSA),
}


@pytest.mark.parametrize("headers", RFC_REFUSED.values(), ids=RFC_REFUSED.keys())
def test_rfc9421_is_refused(headers: dict[str, str]) -> None:
    _refused(_rfc9421(headers, **{f"x-{i}": "1" for i in range(40)}))


GOOD = hand_rfc9421(COVERED, LINES)
RFC_ABUSED = {
    "no Signature": {"Signature-Input": GOOD["Signature-Input"]},
    "other labels": GOOD | {"Signature": GOOD["Signature"].replace("sig1", "sig2")},
    "a label more": GOOD | {"Signature": GOOD["Signature"] + ", b=:AAAA:"},
    "a label twice": {name: f"{value}, {value}" for name, value in GOOD.items()},
    "text for bytes": GOOD | {"Signature": 'sig1="abc"'},
    "no bytes": GOOD | {"Signature": "sig1=::"},
    "a list for a list in brackets": GOOD | {"Signature-Input": "sig1=abc"},
    "empty": {"Signature-Input": "", "Signature": ""},
    "junk": {"Signature-Input": "\x7f{[(", "Signature": "=;;"},
    "NUL": GOOD | {"Signature-Input": GOOD["Signature-Input"] + "\0"},
    "a line break": GOOD | {"Signature-Input": GOOD["Signature-Input"] + '\r\n"x"'},
    "beyond ASCII": GOOD | {"Signature-Input": GOOD["Signature-Input"].replace("alice", "alicé")},
    "giant": GOOD | {"Signature-Input": GOOD["Signature-Input"] + ', b=("' + "x" * 100_000 + '")'},
    "giant signature": GOOD | {"Signature": GOOD["Signature"] + ", b=:" + "A" * 100_000 + ":"},
    "five signatures": {
        name: ", ".join(value.replace("sig1", f"sig{i}") for i in range(5)) for name, value in GOOD.items()
    },
    "cut off": GOOD | {"Signature": GOOD["Signature"][:100] + ":"},
    "another digest beside it": GOOD | {"Digest": f"SHA-256={sha256(b'x')}"},
    "another host": GOOD | {"Host": "evil.example"},
    "a digest of no kind": GOOD | {"Content-Digest": "md5=:AAAA:"},
    "a digest cut off": GOOD | {"Content-Digest": DIGEST[:-10] + ":"},
    "a second digest that does not fit": GOOD | {"Content-Digest": f"{DIGEST}, sha-512=:{sha256(BODY)}:"},
}


@pytest.mark.parametrize("headers", RFC_ABUSED.values(), ids=RFC_ABUSED.keys())
def test_headers_of_rfc9421_that_are_abused(headers: dict[str, str]) -> None:
    _refused(_rfc9421(headers))


def test_sha512_is_a_digest_too() -> None:
    digest = f"sha-512=:{base64.b64encode(hashlib.sha512(BODY).digest()).decode()}:"
    headers = hand_rfc9421(COVERED, [*LINES[:2], f'"content-digest": {digest}, x-new=:AAAA:'])
    _accepted(_rfc9421(headers, **{"Content-Digest": f"{digest}, x-new=:AAAA:"}))


# draft-cavage by hand

CREATED = {"(request-target)": CAVAGE["(request-target)"], "host": "bob.example", "digest": CAVAGE["digest"]}


def _created(at: int, end: int | None = None, algorithm: str = "hs2019") -> str:
    lines = CREATED | {"(created)": str(at)} | ({"(expires)": str(end)} if end is not None else {})
    more = f'algorithm="{algorithm}",created={at},' + (f"expires={end}," if end is not None else "")
    return hand_cavage(lines, more=more)


CAVAGE_TAKEN = {
    "the least": hand_cavage(CAVAGE),
    "hs2019": hand_cavage(CAVAGE, more='algorithm="hs2019",'),
    "no algorithm": hand_cavage(CAVAGE, more=""),
    "more headers": hand_cavage({"user-agent": "x/1"} | CAVAGE | {"content-type": "application/activity+json"}),
    "blanks": hand_cavage(CAVAGE).replace(",", " , "),
    "capitals in names": hand_cavage(CAVAGE).replace(" host date", " Host Date"),
    "something new": hand_cavage(CAVAGE, more='algorithm="rsa-sha256",version="2",'),
    "creation": _created(stamp(seconds=-299)),
    "an end to come": _created(stamp(hours=-11), stamp(minutes=1)),
}


@pytest.mark.parametrize("signature", CAVAGE_TAKEN.values(), ids=CAVAGE_TAKEN.keys())
def test_cavage_is_taken(signature: str) -> None:
    _accepted(_cavage(signature))


def _without(name: str) -> dict[str, str]:
    return {key: value for key, value in CAVAGE.items() if key != name}


CAVAGE_REFUSED = {
    **{f"no {name}": hand_cavage(_without(name)) for name in CAVAGE},
    "created without the headers": hand_cavage(_without("date"), more=f'algorithm="hs2019",created={stamp()},'),
    "creation with an old algorithm": _created(stamp(), algorithm="rsa-sha256"),
    "too old a creation": _created(stamp(seconds=-301)),
    "creation in the future": _created(stamp(seconds=301)),
    "an end too far": _created(stamp(), stamp(hours=13)),
    "over": _created(stamp(hours=-2), stamp(hours=-1)),
    "an unsigned end, over": hand_cavage(CAVAGE, more=f"expires={stamp(seconds=-1)},"),
    "creation in words": _created(stamp()).replace(f"created={stamp()}", 'created="now"'),
    "another algorithm": hand_cavage(CAVAGE, more='algorithm="hmac-sha256",'),
    "another key's algorithm": hand_cavage(CAVAGE, more='algorithm="ed25519",'),
    "a hash that is not ours": hand_cavage(CAVAGE, more='algorithm="rsa-sha512",'),
    "a header twice": hand_cavage(CAVAGE).replace(" host date", " host host date"),
    "a header that is not there": hand_cavage(CAVAGE | {"x-none": ""}),
    "a pseudo header nobody knows": hand_cavage(CAVAGE | {"(planet)": "earth"}),
    "a parameter twice": hand_cavage(CAVAGE, more='keyId="https://evil.example/key",'),
    "no key": hand_cavage(CAVAGE).replace("keyId", "keyID"),
    "no headers": hand_cavage(CAVAGE).replace("headers=", "header="),
    "no signature": hand_cavage(CAVAGE).replace("signature=", "sig="),
    "an empty signature": hand_cavage(CAVAGE).partition("signature=")[0] + 'signature=""',
    "no base64": hand_cavage(CAVAGE).partition("signature=")[0] + 'signature="%%%"',
    "a quote left open": hand_cavage(CAVAGE)[:-1],
    "a comma at the end": hand_cavage(CAVAGE) + ",",
    "empty": "",
    "NUL": hand_cavage(CAVAGE) + "\0",
    "beyond ASCII": hand_cavage(CAVAGE).replace("alice", "alicé"),
    "giant": hand_cavage(CAVAGE, more=f'x="{"x" * 100_000}",'),
    "many headers": hand_cavage(CAVAGE | {f"x-{i}": "1" for i in range(40)}),
    "the method in capitals": hand_cavage(CAVAGE | {"(request-target)": "POST /users/bob/inbox"}),
    "another path": hand_cavage(CAVAGE | {"(request-target)": "post /inbox"}),
    "another host": hand_cavage(CAVAGE | {"host": "evil.example"}),
    "another date": hand_cavage(CAVAGE | {"date": "Sat, 21 Nov 2026 12:00:01 GMT"}),
    "another digest": hand_cavage(CAVAGE | {"digest": f"SHA-256={sha256(b'x')}"}),
    "another's key": hand_cavage(CAVAGE, key=OTHER_RSA),
}


@pytest.mark.parametrize("signature", CAVAGE_REFUSED.values(), ids=CAVAGE_REFUSED.keys())
def test_cavage_is_refused(signature: str) -> None:
    _refused(_cavage(signature, **{f"x-{i}": "1" for i in range(40)}))


CAVAGE_HEADERS: dict[str, tuple[str, str]] = {
    "another host": ("host", "evil.example"),
    "the host with a port": ("host", "bob.example:8443"),
    "a date of two days ago": ("date", "Thu, 19 Nov 2026 12:00:00 GMT"),
    "a date in two days": ("date", "Mon, 23 Nov 2026 12:00:00 GMT"),
    "a date in other words": ("date", "2026-11-21T12:00:00Z"),
    "a date of another zone": ("date", "Sat, 21 Nov 2026 12:00:00 CET"),
    "a date that is none": ("date", "Sat, 31 Feb 2026 12:00:00 GMT"),
    "a digest of another body": ("digest", f"SHA-256={sha256(b'x')}"),
    "a digest of no kind": ("digest", "MD5=AAAA"),
    "a digest twice": ("digest", f"SHA-256={sha256(BODY)},SHA-256={sha256(BODY)}"),
    "a digest without a name": ("digest", sha256(BODY)),
    "a digest with NUL": ("digest", f"SHA-256={sha256(BODY)}\0"),
}


@pytest.mark.parametrize(("name", "value"), CAVAGE_HEADERS.values(), ids=CAVAGE_HEADERS.keys())
def test_headers_under_cavage_that_do_not_do_even_signed(name: str, value: str) -> None:
    _refused(_cavage(hand_cavage(CAVAGE | {name: value}), **{name.capitalize(): value}))


@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, name) for kind in Kind for name in ("Host", "Date", "Content-Type")]
    + [(Kind.CAVAGE, "Digest"), (Kind.RFC9421, "Content-Digest")],
)
def test_a_header_that_came_twice(kind: Kind, name: str) -> None:
    given = signed_request(kind)
    twice = [*given.headers, (name.lower(), header(given, name))]
    _refused(SignedRequest(given.method, given.url, twice, given.body))


def test_a_cavage_signature_that_came_twice() -> None:
    given = signed_request(Kind.CAVAGE)
    _refused(SignedRequest(given.method, given.url, [*given.headers, ("Signature", header(given, "Signature"))], BODY))


# Times, targets, bodies


@pytest.mark.parametrize("kind", Kind)
def test_the_window_is_a_setting(kind: Kind) -> None:
    old = signed_request(kind, created=NOW - timedelta(minutes=50))
    _refused(old)
    assert claims(old, now=NOW, window=3600)


@pytest.mark.parametrize("kind", Kind)
def test_a_body_where_none_was_signed(kind: Kind) -> None:
    given = signed_request(kind, plain=request("POST", INBOX, None))
    _accepted(given)
    _refused(SignedRequest(given.method, given.url, given.headers, BODY))


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    "url",
    [
        "https://bob.example/users/b%6fb?q=%2F&x=a+b",
        "https://bob.example/users/b%6Fb//./..;a=1?",
        "http://localhost:8001/users/bob",
        "https://bob.example",
        "https://BOB.example:443/x",
    ],
)
def test_targets_as_on_the_wire(kind: Kind, url: str) -> None:
    given = signed_request(kind, plain=request("GET", url, None))
    _accepted(given)
    for other in (
        url.replace("%6", "%36"),
        url + "&",
        url.replace("example", "example.evil"),
        url.replace("8001", "8002"),
    ):
        if other != url:
            _refused(SignedRequest("GET", other, given.headers, None))


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    "url",
    [
        "",
        "/users/bob",
        "https://bob.example/é",
        "https://bob.example/a b",
        "https://u@bob.example/",
        "x:y",
        "https://b/%zz",
    ],
)
def test_targets_that_cannot_be_signed(kind: Kind, url: str) -> None:
    given = signed_request(kind)
    _refused(SignedRequest("POST", url, given.headers, BODY))
    with pytest.raises(BadSignature):
        signed_request(kind, plain=request("POST", url))


def test_a_query_may_be_missing_under_cavage_for_reading_only() -> None:
    # Fedify, bovine and older Mastodon leave it out.
    lines = {"(request-target)": "get /users/bob/outbox", "host": "bob.example", "date": DATE}
    headers = [("Host", "bob.example"), ("Date", DATE), ("Signature", hand_cavage(lines))]
    _accepted(SignedRequest("GET", "https://bob.example/users/bob/outbox?page=2", headers, None))
    lines["(request-target)"] = "post /users/bob/outbox"
    headers[2] = ("Signature", hand_cavage(lines))
    _refused(SignedRequest("POST", "https://bob.example/users/bob/outbox?page=2", headers, None))


# Several signatures


def _two(first: dict[str, str], second: dict[str, str]) -> SignedRequest:
    return _rfc9421({name: f"{first[name]}, {second[name]}" for name in first})


def _by(key_id: str, label: str) -> dict[str, str]:
    return hand_rfc9421(COVERED, LINES, parameters=f';created={stamp()};keyid="{key_id}"', label=label)


def test_of_several_signatures_exactly_one_is_the_actors() -> None:
    both = _two(_by("https://relay.example/actor#main-key", "relay"), _by(KEY_ID, "sig1"))
    assert _accepted(both).label == "sig1"
    assert naming(claims(both, now=NOW), "https://relay.example/actor").label == "relay"
    with pytest.raises(BadSignature):
        naming(claims(both, now=NOW), "https://other.example/users/x")


def test_two_signatures_of_the_actor_are_none() -> None:
    _refused(_two(_by(KEY_ID, "a"), _by(f"{ACTOR}#other-key", "b")))
    _refused(_two(_by(KEY_ID, "a"), _by(KEY_ID, "b")))


def test_the_actors_key_goes_before_others_of_its_server() -> None:
    both = _two(_by("https://alice.example/actor#main-key", "a"), _by(f"{ACTOR}/main-key", "b"))
    assert naming(claims(both, now=NOW), ACTOR).label == "b"
    neighbours = _two(_by("https://alice.example/keys/1", "a"), _by("https://alice.example/keys/2", "b"))
    with pytest.raises(BadSignature):
        naming(claims(neighbours, now=NOW), ACTOR)


def test_one_signature_outside_of_the_profile_spoils_the_others() -> None:
    _refused(_two(_by(KEY_ID, "a"), hand_rfc9421('"@method"', LINES[:1], label="b")))


def test_several_lines_of_signatures_are_one_header() -> None:
    first, second = _by("https://relay.example/actor#main-key", "a"), _by(KEY_ID, "b")
    given = _rfc9421(first)
    _accepted(SignedRequest(given.method, given.url, [*given.headers, *second.items()], BODY))
