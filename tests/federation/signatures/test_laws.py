"""What holds for every request: order of headers does not matter, every change does, nothing else is ever raised."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, MappingKeyResolver
from http_message_signatures.algorithms import RSA_V1_5_SHA256
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.signatures.accept import wishes
from federation.signatures.components import Message
from federation.signatures.models import BadSignature, Kind, SignedRequest
from federation.signatures.verify import claims, naming, verify
from tests.federation.signatures.house import ACTOR, ED25519, KEY_ID, NOW, RSA, public, signed_request

_TOKEN = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=10).map("X-A".__add__)
_VALUE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)
_SEGMENT = st.text("abzABZ019-._~!$&'()*+,;=:@", max_size=8) | st.sampled_from(["%C3%A9", "%2F", "%2f", ".."])
_PATH = st.lists(_SEGMENT, max_size=4).map(lambda parts: "/" + "/".join(parts))
_QUERY = st.none() | st.text("ab=&+?/%", max_size=8).map(lambda text: text.replace("%", "%20"))
_HOST = st.sampled_from(["bob.example", "bob.example:8443", "localhost:8001", "127.0.0.1:9", "BOB.example"])
_KINDS = st.sampled_from(list(Kind))
_KEYS = st.sampled_from([RSA, ED25519])


@st.composite
def _plain(draw: st.DrawFn) -> SignedRequest:
    query = draw(_QUERY)
    url = f"https://{draw(_HOST)}{draw(_PATH)}" + ("" if query is None else f"?{query}")
    method = draw(st.sampled_from(["GET", "POST", "PUT"]))
    headers = draw(st.lists(st.tuples(_TOKEN, _VALUE), max_size=5))
    body = None if method == "GET" else draw(st.none() | st.binary(max_size=60))
    return SignedRequest(method, url, [("Content-Type", "application/activity+json"), *headers], body)


def _holds(request: SignedRequest, key: object = RSA) -> None:
    verify(request, naming(claims(request, now=NOW), ACTOR), public(key))  # type: ignore[arg-type]


@settings(max_examples=120, deadline=None)
@given(_plain(), _KINDS, _KEYS, st.randoms(use_true_random=False), st.integers(-300, 300))
def test_what_is_signed_verifies_in_any_order_of_headers(plain, kind, key, random, seconds) -> None:  # type: ignore[no-untyped-def]
    signed = signed_request(kind, key, created=NOW + timedelta(seconds=seconds), plain=plain)
    headers = [(random.choice([name, name.lower(), name.upper()]), f" {value}\t") for name, value in signed.headers]
    random.shuffle(headers)
    # Lines of one name keep their order on the wire.
    headers.sort(key=lambda pair: pair[0].lower().startswith("x-"))
    _holds(SignedRequest(signed.method, signed.url, headers, signed.body), key)


@settings(max_examples=250, deadline=None)
@given(_plain(), _KINDS, st.data())
def test_every_tampering_is_refused(plain, kind, data) -> None:  # type: ignore[no-untyped-def]
    signed = signed_request(kind, plain=plain)
    changed = data.draw(st.sampled_from([_method, _url, _body, _header, _no_header, _signature, _twice]))(signed, data)
    if changed is None:
        return
    with pytest.raises(BadSignature):
        _holds(changed)


def _method(signed: SignedRequest, data: st.DataObject) -> SignedRequest:
    others = [method for method in ("GET", "POST", "PUT", "DELETE") if method != signed.method]
    return SignedRequest(data.draw(st.sampled_from(others)), signed.url, signed.headers, signed.body)


def _url(signed: SignedRequest, data: st.DataObject) -> SignedRequest:
    scheme, _, rest = signed.url.partition("://")
    host, _, path = rest.partition("/")
    added = data.draw(st.sampled_from(["x", "/", "%20", "."]))
    other = data.draw(
        st.sampled_from(
            [f"{scheme}://x{host}/{path}", f"{scheme}://{host}/{added}{path}", f"{scheme}://{host}:1/{path}"]
        )
    )
    return SignedRequest(signed.method, other, signed.headers, signed.body)


def _body(signed: SignedRequest, data: st.DataObject) -> SignedRequest:
    body = signed.body or b""
    place = data.draw(st.integers(0, len(body)))
    other = body[:place] + b"!" + body[place:]
    return SignedRequest(signed.method, signed.url, signed.headers, other)


_COVERED = ("content-type", "date", "host", "digest", "content-digest", "signature-input")
_UNCOVERED = {Kind.RFC9421: {"date"}, Kind.CAVAGE: set[str]()}


def _covered(signed: SignedRequest, data: st.DataObject) -> int:
    names = {name.lower() for name, _ in signed.headers}
    kind = Kind.RFC9421 if "signature-input" in names else Kind.CAVAGE
    places = [
        place
        for place, (name, _) in enumerate(signed.headers)
        if name.lower() in _COVERED and name.lower() not in _UNCOVERED[kind]
    ]
    return data.draw(st.sampled_from(places))


def _header(signed: SignedRequest, data: st.DataObject) -> SignedRequest:
    place = _covered(signed, data)
    headers = list(signed.headers)
    name, value = headers[place]
    at = data.draw(st.integers(0, len(value)))
    added = data.draw(st.sampled_from(["x", '"', "\0", "é", ",", "=", ";", "0"]))
    headers[place] = (name, value[:at] + added + value[at:])
    return SignedRequest(signed.method, signed.url, headers, signed.body)


def _no_header(signed: SignedRequest, data: st.DataObject) -> SignedRequest | None:
    place = _covered(signed, data)
    if signed.headers[place][0] == "Host" and any(name == "Signature-Input" for name, _ in signed.headers):
        return None  # The target says the same, and it is signed.
    headers = [pair for index, pair in enumerate(signed.headers) if index != place]
    return SignedRequest(signed.method, signed.url, headers, signed.body)


def _signature(signed: SignedRequest, data: st.DataObject) -> SignedRequest:
    [claim] = claims(signed, now=NOW)
    place = data.draw(st.integers(0, len(claim.signature) - 1))
    flipped = bytearray(claim.signature)
    flipped[place] ^= data.draw(st.integers(1, 255))
    old, new = base64.b64encode(claim.signature).decode(), base64.b64encode(flipped).decode()
    headers = [(name, value.replace(old, new)) for name, value in signed.headers]
    return SignedRequest(signed.method, signed.url, headers, signed.body)


def _twice(signed: SignedRequest, data: st.DataObject) -> SignedRequest:
    place = _covered(signed, data)
    return SignedRequest(signed.method, signed.url, [*signed.headers, signed.headers[place]], signed.body)


_JUNK = st.text(st.characters(exclude_categories=["Cs"]), max_size=80) | st.text(
    '()"=;:,?*@!-_.abkeyidcreatedheaderssignature0123456789 ', max_size=120
)


@settings(max_examples=400, deadline=None)
@given(_JUNK, _JUNK, st.sampled_from(["Signature", "Signature-Input", "Digest", "Content-Digest", "Date", "Host"]))
def test_headers_of_any_content_are_refused_and_nothing_else(one: str, two: str, name: str) -> None:
    whole = signed_request(Kind.RFC9421 if "Content" in name or "Input" in name else Kind.CAVAGE)
    candidates = [
        [("Signature", one), ("Signature-Input", two)],
        [("Signature", one)],
        [*whole.headers, (one, two)],
        [(key, one if key == name else value) for key, value in whole.headers],
    ]
    for headers in candidates:
        try:
            claims(SignedRequest("POST", whole.url, headers, whole.body), now=NOW)
        except BadSignature:
            pass
    wishes(one, algorithm="rsa", key_id=KEY_ID)


class _Plain:
    """A request as the library's own integrations hand it over."""

    def __init__(self, request: SignedRequest) -> None:
        self.method, self.url, self.headers = request.method, request.url, dict(request.headers)


_RESOLVER = MappingKeyResolver(public_keys={KEY_ID: RSA.key.public_key()}, private_keys={KEY_ID: RSA.key})


@settings(max_examples=60, deadline=None)
@given(_plain().filter(lambda plain: len({name.lower() for name, _ in plain.headers}) == len(plain.headers)))
def test_the_library_with_its_own_resolver_agrees(plain: SignedRequest) -> None:
    message = _Plain(signed_request(Kind.RFC9421, plain=plain))
    verifier = HTTPMessageVerifier(signature_algorithm=RSA_V1_5_SHA256, key_resolver=_RESOLVER)
    verifier.validate_created_and_expires = lambda *_args, **_kwargs: None  # type: ignore[method-assign]
    [result] = verifier.verify(message, max_age=None, body=plain.body)
    theirs = _Plain(plain)
    signer = HTTPMessageSigner(signature_algorithm=RSA_V1_5_SHA256, key_resolver=_RESOLVER)
    signer.sign(
        theirs, key_id=KEY_ID, created=NOW, body=plain.body, covered_component_ids=("@method", "@target-uri", "@query")
    )
    again = SignedRequest(plain.method, plain.url, list(theirs.headers.items()), plain.body)
    _holds(again)
    [claim] = claims(again, now=NOW)
    assert (
        claim.base.decode()
        == signer.prepare(
            Message(again),
            key_id=KEY_ID,
            created=NOW,
            covered_component_ids=claim.covered,
            use_existing_digest=plain.body is not None,
        ).signature_base.decode()
    )
    assert result.parameters["keyid"] == KEY_ID
