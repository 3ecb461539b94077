"""Messages between servers of one domain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from federation.signatures import keys
from federation.signatures.models import BadSignature
from federation.signatures.mutual import (
    LARGEST_SEQUENCE,
    MOST_BYTES,
    checked,
    claimed_key,
    fingerprint,
    key_id_of,
    origin_of,
    signed,
)

ORIGIN = "https://b1.d.test"
URL = "https://d.test/internal/v1/heartbeats?x=1"
PRIVATE = keys.generate_ed25519()
KEY_ID = key_id_of(ORIGIN)
PUBLIC = keys.public_key(KEY_ID, f"{ORIGIN}/actor", PRIVATE.public_key())
BODY = b'{"users": 3}'


def message(body: bytes = BODY, *, key_id: str = KEY_ID, sequence: int = 7, key: Any = PRIVATE) -> dict[str, str]:
    return signed("POST", URL, body, key_id=key_id, key=keys.private_key(key_id, key), sequence=sequence)


def check(headers: dict[str, str], body: bytes = BODY, *, method: str = "POST", url: str = URL, **later: float) -> Any:
    now = datetime.now(UTC) + timedelta(**later)
    return checked(method, url, list(headers.items()), body, key=PUBLIC, now=now)


@pytest.mark.parametrize("body", [BODY, b""])
def test_a_message_proves_its_sender(body: bytes) -> None:
    headers = message(body)
    found = check(headers, body)
    assert (found.key_id, found.sequence) == (KEY_ID, 7)
    assert len(found.nonce) >= 16
    assert abs((found.created - datetime.now(UTC)).total_seconds()) < 60
    assert claimed_key(list(headers.items())) == KEY_ID
    assert origin_of(KEY_ID) == ORIGIN
    assert check(message(body), body).nonce != found.nonce


def test_headers_of_the_way_do_not_matter() -> None:
    headers = message() | {"Host": "resolver.internal:8000", "X-Forwarded-For": "10.0.0.1", "Content-Type": "a/b"}
    assert check({name.lower(): value for name, value in headers.items()}).sequence == 7


def test_nothing_of_it_can_be_changed() -> None:
    headers = message()
    changes: list[tuple[dict[str, str], dict[str, Any]]] = [
        (headers, {"body": b'{"users": 4}'}),
        (headers, {"body": b""}),
        (headers, {"method": "PUT"}),
        (headers, {"url": URL.replace("d.test", "e.test")}),
        (headers, {"url": URL + "&y"}),
        (headers | {"Apx-Sequence": "8"}, {}),
        (headers | {"Content-Digest": message(b"x")["Content-Digest"]}, {"body": b"x"}),
        (headers | {"Signature": message()["Signature"]}, {}),
        (headers | {"Signature-Input": headers["Signature-Input"].replace('nonce="', 'nonce="A')}, {}),
        (headers, {"seconds": 301}),
        (headers, {"seconds": -301}),
    ]
    assert check(headers, seconds=290).sequence == 7
    for changed, how in changes:
        with pytest.raises(BadSignature):
            check(changed, **how)


@pytest.mark.parametrize("missing", ["Content-Digest", "Apx-Sequence", "Signature-Input", "Signature"])
def test_nothing_of_it_can_be_left_out(missing: str) -> None:
    headers = message()
    del headers[missing]
    with pytest.raises(BadSignature):
        check(headers)


@pytest.mark.parametrize("component", ['"@method" ', '"@target-uri" ', '"content-digest" ', ' "apx-sequence"'])
def test_everything_must_be_covered(component: str) -> None:
    headers = message()
    headers["Signature-Input"] = headers["Signature-Input"].replace(component, "", 1)
    with pytest.raises(BadSignature):
        check(headers)


@pytest.mark.parametrize("sequence", [0, -1, LARGEST_SEQUENCE + 1])
def test_a_sequence_is_a_number_that_can_grow(sequence: int) -> None:
    with pytest.raises(BadSignature):
        check(message(sequence=sequence))


def test_other_keys_prove_nothing() -> None:
    with pytest.raises(BadSignature):
        check(message(key=keys.generate_ed25519()))
    with pytest.raises(BadSignature):
        check(message(key_id=key_id_of("https://b2.d.test")))
    with pytest.raises(BadSignature):
        rsa = keys.generate_rsa()
        public = keys.public_key(KEY_ID, f"{ORIGIN}/actor", rsa.public_key())
        checked("POST", URL, list(message(key=rsa).items()), BODY, key=public, now=datetime.now(UTC))
    with pytest.raises(BadSignature):
        check(message(b"x" * (MOST_BYTES + 1)), b"x" * (MOST_BYTES + 1))


@pytest.mark.parametrize(
    "name",
    [
        "",
        ORIGIN,
        f"{ORIGIN}/actor",
        f"{ORIGIN}/x/actor#ed25519-key",
        "ftp://b1/actor#ed25519-key",
        "/actor#ed25519-key",
    ],
)
def test_names_of_other_keys_are_nobodys(name: str) -> None:
    with pytest.raises(BadSignature):
        origin_of(name)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("signature-input", "")],
        [("signature-input", "x")],
        [("signature-input", "a=();keyid=5")],
        [("signature-input", 'a=();keyid="k", b=();keyid="l"')],
        [("signature-input", 'a=();keyid="k"')] * 2,
        [("signature-input", "a=" + "(" * 5000)],
        [("signature-input", "\xff")],
    ],
)
def test_nonsense_claims_no_key(headers: list[tuple[str, str]]) -> None:
    with pytest.raises(BadSignature):
        claimed_key(headers)


def test_a_fingerprint_can_be_compared() -> None:
    one, other = keys.multibase(PRIVATE), keys.multibase(keys.generate_ed25519())
    assert fingerprint(one) == fingerprint(one) != fingerprint(other)
    assert len(fingerprint(one).split("-")) == 8
