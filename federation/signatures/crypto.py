"""The arithmetic of signatures: the key alone decides which algorithm is used."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

_PADDING = padding.PKCS1v15()
_HASH = hashes.SHA256()


def holds(key: RSAPublicKey | Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    """Whether `signature` was made over `message` by the holder of `key`."""
    try:
        if isinstance(key, RSAPublicKey):
            key.verify(signature, message, _PADDING, _HASH)
        else:
            key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def signed(key: RSAPrivateKey | Ed25519PrivateKey, message: bytes) -> bytes:
    """The signature of `message`."""
    if isinstance(key, RSAPrivateKey):
        return key.sign(message, _PADDING, _HASH)
    return key.sign(message)
