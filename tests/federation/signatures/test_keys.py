"""Keys as PEM and as multibase; weak and damaged ones are refused."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.signatures import base58, keys
from federation.signatures.models import WeakKey
from tests.federation.signatures.house import ED25519, RSA


def _pem(key: object) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("key", [RSA.key, ED25519.key], ids=["rsa", "ed25519"])
def test_keys_there_and_back(key: keys.AnyPrivate) -> None:
    public = key.public_key()
    assert keys.from_pem(keys.public_pem(key)) == public
    assert keys.from_multibase(keys.multibase(key)) == public
    assert keys.private_from_pem(keys.private_pem(key)).public_key() == public
    assert keys.from_pem(f"\n{keys.public_pem(key)}\n\n") == public


# One key as Fedify publishes it in both forms, and one Ed25519 Multikey of its making.
FEDIFY_PEM = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAsgzIOf0G/YiBMiRCXNUf
wGUOi6fQl4UIi5OV6qN7G9v2JcLXAlcJNmiFsG7ieEC61iU0HBYdH3F/IqJLmgRP
7uE+AU6xwWUliwd+r72xNP2PlxMi3p3TanjpU9UB1DqDV646YRubfO5LoK6OGqkA
gFrAkKZYNTSJPU8k23/BtjP2afCcbZauEiC1YK7kYVwwJn42jgf70wnOe1FSKTp3
9S5NvVGqZK3IBbvMdMX5O3jwg1ObKeAMM5b6AERcjkTi6DHND9zOfITE/mTsaPHV
qXv3GOgsAKazbHrVxHq0nP/AGDmqI8ywCnGC0ByRGKNNlA57mylXsAj/ztUl6SBB
1QIDAQAB
-----END PUBLIC KEY-----
"""
FEDIFY_MULTIBASE = (
    "z4MXj1wBzi9jUstyPMtKFDPw7RGqV1Uj6QwpjG8LuZsguY9gzYx3Hzf2w6VcqLcMXtYHdLc3uEM5MX2R3j4eRR9J93wqWsrftZJbrcLc5mWi3aRd"
    "mjs4w3qVssDoFwqpb6Z9Ted7EEUWEwn36EZKo9HZZyyAENRVS5cF9Fv6AzYoEzcrch3NYm82duMQGKEbU4nJGx1pfsxaBy92JsnWCuhHKM3keTHC"
    "VJ4ywz791o8m674JnTsZ13Eo4ywnDc2uAFa5Kt3xKp5iqbPT8vKrwGFghi6Ta4S6FFh65CDcSe4EX3gDNTMunPSxGSt31UEF6cXe3daJDJKbSKhc"
    "TZBJW9gTbLLo29Vj2GHBDJznVgpoAgJNjmmZr"
)
FEDIFY_ED25519 = "z6Mkp6ezmLxtpNeQaUhp65RgoD3G5y4evmzronx9Lf98JwWe"


def test_keys_as_others_write_them() -> None:
    key = keys.from_pem(FEDIFY_PEM)
    assert keys.from_multibase(FEDIFY_MULTIBASE) == key
    assert (keys.public_pem(key), keys.multibase(key)) == (FEDIFY_PEM, FEDIFY_MULTIBASE)
    assert keys.multibase(keys.from_multibase(FEDIFY_ED25519)) == FEDIFY_ED25519


WEAK = {
    "RSA of 1024 bits": lambda: _pem(rsa.generate_private_key(public_exponent=65_537, key_size=1024)),
    "an elliptic curve": lambda: _pem(ec.generate_private_key(ec.SECP256R1())),
    "DSA": lambda: _pem(dsa.generate_private_key(2048)),
    "a private key": lambda: keys.private_pem(RSA.key).decode(),
    "nothing": lambda: "",
    "words": lambda: "not a key",
    "cut off": lambda: keys.public_pem(RSA.key)[:-60],
    "damaged": lambda: keys.public_pem(RSA.key).replace("A", "B"),
    "giant": lambda: keys.public_pem(RSA.key) + "x" * 20_000,
    "beyond ASCII": lambda: keys.public_pem(RSA.key) + "é",
}


@pytest.mark.parametrize("made", WEAK.values(), ids=WEAK.keys())
def test_weak_or_damaged_pem(made) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(WeakKey):
        keys.from_pem(made())


DAMAGED = ["", "z", "x6Mk", "z0OIl", "z6Mk", "u7QE", "z" + "1" * 5000, "z" + base58.encode(b"\xed\x01" + b"x" * 31)]


@pytest.mark.parametrize("text", DAMAGED)
def test_damaged_multibase(text: str) -> None:
    with pytest.raises(WeakKey):
        keys.from_multibase(text)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60))
def test_base58_there_and_back(raw: bytes) -> None:
    assert base58.decode(base58.encode(raw)) == raw


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.binary(max_size=60))
def test_any_text_is_a_key_or_weak(text: str, raw: bytes) -> None:
    pem = f"-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----"
    multibase = f"z{base58.encode(raw)}"
    for read, written in ((keys.from_pem, pem), (keys.from_multibase, text), (keys.from_multibase, multibase)):
        try:
            read(written)
        except WeakKey:
            pass
