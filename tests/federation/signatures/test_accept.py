"""Accept-Signature: what we ask for we would take, and what others ask for we give if we can."""

from __future__ import annotations

import pytest

from federation.signatures.accept import Wish, accept_signature, wishes
from federation.signatures.models import BadSignature, Kind, SignedRequest
from federation.signatures.sign import sign
from federation.signatures.verify import claims, naming, verify
from tests.federation.signatures.house import ACTOR, KEY_ID, NOW, RSA, public, request


def _fulfilled(value: str, plain: SignedRequest) -> list[Wish]:
    return wishes(value, algorithm="rsa", key_id=KEY_ID, headers=[name for name, _ in plain.headers])


@pytest.mark.parametrize("plain", [request(), request("GET", "https://bob.example/users/bob", None)])
def test_what_we_ask_for_is_what_we_give_and_take(plain: SignedRequest) -> None:
    [wish] = _fulfilled(accept_signature(body=plain.body is not None), plain)
    added = sign(plain, RSA, Kind.RFC9421, created=NOW, wish=wish)
    given = SignedRequest(plain.method, plain.url, [*plain.headers, *added.items()], plain.body)
    claim = naming(claims(given, now=NOW), ACTOR)
    verify(given, claim, public(RSA))
    assert set(wish.components) <= set(claim.covered)


def test_a_challenge_with_a_nonce() -> None:
    plain = request()
    [wish] = _fulfilled('mine=("@method" "@authority" "date" "user-agent");created;nonce="n-1";tag="app"', plain)
    assert wish == Wish("mine", ("@method", "@authority", "date", "user-agent"), nonce="n-1", tag="app")
    headers = sign(plain, RSA, Kind.RFC9421, created=NOW, wish=wish)
    assert headers["Signature"].startswith("mine=:")
    assert 'nonce="n-1"' in headers["Signature-Input"]
    given = SignedRequest(plain.method, plain.url, [*plain.headers, *headers.items()], plain.body)
    verify(given, claims(given, now=NOW)[0], public(RSA))


@pytest.mark.parametrize(
    "value",
    [
        "",
        "junk(((",
        "sig1",
        "sig1=abc",
        'sig1=("@status")',
        'sig1=("@query-param";name="a")',
        'sig1=("x-none")',
        'sig1=("@method");alg="ed25519"',
        'sig1=("@method");keyid="https://other.example/key"',
        'sig1=("@method" "@method")',
        "sig1=(method)",
        'sig1=("@method");nonce=7',
        'sig1=("@method"), sig1=("@path")',
        'sig1=("@method")é',
        "sig1=(" + '"@method" ' * 1000 + ")",
    ],
)
def test_wishes_that_are_passed_over(value: str) -> None:
    assert _fulfilled(value, request()) == []


def test_a_wish_that_cannot_be_said() -> None:
    with pytest.raises(BadSignature):
        sign(request(), RSA, Kind.RFC9421, created=NOW, wish=Wish("sig1", ("x-none",)))
