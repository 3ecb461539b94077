"""Requests in our own profile, signed by us and by Fedify: both understand both, and Fedify signs them again."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from federation.signatures import keys
from federation.signatures.models import BadSignature, Kind, PrivateKey, PublicKey, SignedRequest
from federation.signatures.sign import sign
from federation.signatures.verify import claims, naming, verify
from tests.federation.signatures.house import with_headers
from tests.peer import installing
from tests.programs import needs_program

FILE = json.loads((Path(__file__).parent / "vectors" / "profile.json").read_text())
VECTORS = FILE["vectors"]
AT = datetime.fromisoformat(FILE["at"])
OURS = [vector for vector in VECTORS if vector["by"] == "archypix"]
THEIRS = [vector for vector in VECTORS if vector["by"] == "fedify"]


def _name(vector: dict[str, Any]) -> str:
    return f"{vector['by']} {vector['kind']} {vector['key']}: {vector['name']}"


def _request(vector: dict[str, Any], headers: list[list[str]] | None = None) -> SignedRequest:
    given = vector["request"]
    pairs = [(name, value) for name, value in (headers or given["headers"])]
    return SignedRequest(given["method"], given["url"], pairs, _bytes(given["body"]))


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode()


def _public(name: str) -> PublicKey:
    key = FILE["keys"][name]
    return keys.public_key(key["id"], FILE["owner"], keys.from_pem(key["public_pem"]))


@pytest.mark.parametrize("vector", VECTORS, ids=_name)
def test_a_vector_verifies(vector: dict[str, Any]) -> None:
    request = _request(vector)
    claim = naming(claims(request, now=AT), FILE["owner"])
    assert claim.kind == vector["kind"]
    verify(request, claim, _public(vector["key"]))


@pytest.mark.parametrize("vector", VECTORS, ids=_name)
def test_a_vector_for_another_method_or_target_does_not(vector: dict[str, Any]) -> None:
    given = _request(vector)
    others = [
        SignedRequest("PUT", given.url, given.headers, given.body),
        SignedRequest(given.method, given.url.replace("/users", "/Users").replace("/inbox", "/inbox2"), given.headers),
        with_headers(given, {"host": "evil.example"}),
    ]
    for other in others:
        request = SignedRequest(other.method, other.url, other.headers, given.body)
        with pytest.raises(BadSignature):
            verify(request, naming(claims(request, now=AT), FILE["owner"]), _public(vector["key"]))


@pytest.mark.parametrize("vector", [one for one in OURS if one["key"] == "ed25519"], ids=_name)
def test_ours_with_ed25519_are_signed_again(vector: dict[str, Any]) -> None:
    key = FILE["keys"]["ed25519"]
    private = keys.private_from_pem(key["private_pem"].encode())
    assert keys.multibase(private) == key["multibase"]
    made = {"host", "date", "content-digest", "signature", "signature-input"}
    plain = _request(vector, [pair for pair in vector["request"]["headers"] if pair[0].lower() not in made])
    again = sign(plain, PrivateKey(key["id"], "ed25519", private), Kind.RFC9421, created=AT)  # type: ignore[arg-type]
    assert [*plain.headers, *again.items()] == [tuple(pair) for pair in vector["request"]["headers"]]


def test_fedify_verifies_ours_and_refuses_them_tampered_with() -> None:
    # Fedify leaves queries out of what draft-cavage covers, ours keeps them: there the two cannot meet.
    taken = [
        one for one in OURS if one["key"] == "rsa" and not (one["kind"] == "cavage" and "?" in one["request"]["url"])
    ]
    good = [_job(vector, vector["request"]) for vector in taken]
    bad = [_job(vector, vector["request"] | _tampered(vector["request"])) for vector in taken]
    answers = _fedify(good + bad)
    assert [answer["verified"] for answer in answers] == [True] * len(good) + [False] * len(bad)
    assert all(answer["keyId"] == FILE["keys"]["rsa"]["id"] for answer in answers[: len(good)])


def test_fedify_signs_its_own_again() -> None:
    key = FILE["keys"]["rsa"]
    jobs = [
        {
            "do": "sign",
            "spec": vector["kind"],
            "key": key["private_jwk"],
            "keyId": key["id"],
            "at": FILE["at"],
            "request": vector["request"] | {"headers": vector["unsigned"]},
        }
        for vector in THEIRS
    ]
    signed = [sorted(answer["headers"]) for answer in _fedify(jobs)]
    assert signed == [sorted(vector["request"]["headers"]) for vector in THEIRS]


def _tampered(given: dict[str, Any]) -> dict[str, Any]:
    if given["body"] is not None:
        return {"body": given["body"] + " "}
    path, mark, query = given["url"].partition("?")
    return {"url": f"{path}x{mark}{query}"}


def _job(vector: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    key = FILE["keys"][vector["key"]]
    return {"do": "verify", "owner": FILE["owner"], "keyId": key["id"], "pem": key["public_pem"], "request": request}


def _fedify(jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    script = installing.fedify() / "signatures.mjs"
    done = subprocess.run(
        [needs_program("node"), script], input=json.dumps(jobs), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    assert not [answer for answer in answers if "error" in answer]
    return answers
