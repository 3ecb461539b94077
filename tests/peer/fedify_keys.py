"""Keys for a Fedify peer, made beforehand: it would make RSA keys of 4096 bits for everybody at its start."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519

from federation.signatures import keys as ours


def write_keys(data: Path, users: Sequence[str]) -> None:
    """Write `keys.json` as the peer reads it."""
    keys = {user: {"rsa": _rsa(), "ed": _ed25519()} for user in users}
    (data / "keys.json").write_text(json.dumps(keys))


def _rsa() -> dict[str, Any]:
    numbers = ours.generate_rsa().private_numbers()
    public = {"kty": "RSA", "alg": "RS256", "n": _integer(numbers.public_numbers.n), "e": "AQAB", "ext": True}
    secrets = {
        "d": numbers.d,
        "p": numbers.p,
        "q": numbers.q,
        "dp": numbers.dmp1,
        "dq": numbers.dmq1,
        "qi": numbers.iqmp,
    }
    private = public | {name: _integer(value) for name, value in secrets.items()}
    return _pair(private, public)


def _ed25519() -> dict[str, Any]:
    key = ed25519.Ed25519PrivateKey.generate()
    public = {"kty": "OKP", "crv": "Ed25519", "x": _text(key.public_key().public_bytes_raw()), "ext": True}
    return _pair(public | {"d": _text(key.private_bytes_raw())}, public)


def _pair(private: dict[str, Any], public: dict[str, Any]) -> dict[str, Any]:
    return {"privateKey": private | {"key_ops": ["sign"]}, "publicKey": public | {"key_ops": ["verify"]}}


def _integer(value: int) -> str:
    return _text(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
