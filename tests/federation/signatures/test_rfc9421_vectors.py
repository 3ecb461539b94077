"""The vectors of RFC 9421 Appendix B, with the library and our resolver of components.

They use algorithms and components outside of our profile, so they are checked on the layer below it.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, MappingKeyResolver, algorithms
from http_message_signatures.exceptions import InvalidSignature

from federation.signatures.components import Message, WireComponents
from federation.signatures.models import SignedRequest

FILE = json.loads((Path(__file__).parent / "vectors" / "rfc9421-appendix-b.json").read_text())
VECTORS = {vector["name"]: vector for vector in FILE["vectors"]}
ALGORITHMS = {
    "rsa-pss-sha512": algorithms.RSA_PSS_SHA512,
    "ecdsa-p256-sha256": algorithms.ECDSA_P256_SHA256,
    "hmac-sha256": algorithms.HMAC_SHA256,
    "ed25519": algorithms.ED25519,
}
DETERMINISTIC = [name for name, vector in VECTORS.items() if vector["alg"] in ("hmac-sha256", "ed25519")]


def _message(vector: dict[str, Any], *, signed: bool = True, **changed: str) -> Any:
    given = FILE[vector["message"]]
    headers = dict(given["headers"])
    if signed:
        headers["signature-input"] = vector["signature_input"]
        headers["signature"] = f"{vector['label']}=:{vector['signature']}:"
    headers |= changed
    if vector["message"] == "response":
        return SimpleNamespace(status_code=given["status"], headers=headers)
    return Message(SignedRequest(given["method"], given["target_uri"], list(headers.items()), given["body"].encode()))


def _keys(vector: dict[str, Any]) -> MappingKeyResolver:
    if vector["alg"] == "hmac-sha256":
        secret = base64.b64decode(FILE["hmac_secret_base64"])
        return MappingKeyResolver(public_keys={vector["keyid"]: secret}, private_keys={vector["keyid"]: secret})
    pair = FILE["keys"][vector["key"]]
    return MappingKeyResolver(
        public_keys={vector["keyid"]: pair["public_pem"].encode()},
        private_keys={vector["keyid"]: pair["private_pem"].encode()},
    )


def _verifier(vector: dict[str, Any]) -> HTTPMessageVerifier:
    return HTTPMessageVerifier(
        signature_algorithm=ALGORITHMS[vector["alg"]],
        key_resolver=_keys(vector),
        component_resolver_class=WireComponents,
    )


def test_all_six_are_there() -> None:
    assert sorted(VECTORS) == [f"B.2.{number}" for number in range(1, 7)]


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector_verifies(name: str) -> None:
    vector = VECTORS[name]
    [result] = _verifier(vector).verify(_message(vector), max_age=None)
    assert result.label == vector["label"]
    assert "\n".join(f"{key}: {value}" for key, value in result.covered_components.items()) == vector["base"]


@pytest.mark.parametrize("name", [name for name, vector in VECTORS.items() if "date" in vector["components"]])
def test_a_vector_with_another_date_does_not(name: str) -> None:
    vector = VECTORS[name]
    with pytest.raises(InvalidSignature):
        _verifier(vector).verify(_message(vector, date="Tue, 20 Apr 2021 02:07:57 GMT"), max_age=None)


@pytest.mark.parametrize("name", DETERMINISTIC)
def test_a_deterministic_vector_is_signed_again(name: str) -> None:
    vector = VECTORS[name]
    signer = HTTPMessageSigner(
        signature_algorithm=ALGORITHMS[vector["alg"]],
        key_resolver=_keys(vector),
        component_resolver_class=WireComponents,
    )
    prepared = signer.prepare(
        _message(vector, signed=False),
        key_id=vector["keyid"],
        created=datetime.fromtimestamp(vector["params"]["created"], tz=UTC),
        label=vector["label"],
        include_alg=False,
        covered_component_ids=tuple(vector["components"]),
        use_existing_digest=True,
    )
    assert prepared.signature_base.decode() == vector["base"]
    key = _keys(vector).resolve_private_key(vector["keyid"])
    signature = ALGORITHMS[vector["alg"]](private_key=key).sign(prepared.signature_base)
    assert base64.b64encode(signature).decode() == vector["signature"]
