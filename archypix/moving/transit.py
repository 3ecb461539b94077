"""Private keys on their way from one backend to another: sealed for the one that asked, and for nobody between."""

from __future__ import annotations

import base64
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from archypix.core.errors import Invalid

NONCE: Final = 12
PUBLIC: Final = 32
PURPOSE: Final = b"archypix moving keys"


class Opener:
    """A pair of keys for one reading of keys. `public` (base64) is what the other side seals for."""

    def __init__(self) -> None:
        self._private = X25519PrivateKey.generate()
        self.public = base64.b64encode(self._private.public_key().public_bytes_raw()).decode()

    def open(self, sealed: bytes) -> bytes:
        """What was sealed for us; `Invalid` where it was not, or was changed."""
        sender, nonce, text = sealed[:PUBLIC], sealed[PUBLIC : PUBLIC + NONCE], sealed[PUBLIC + NONCE :]
        try:
            shared = self._private.exchange(X25519PublicKey.from_public_bytes(sender))
            return _cipher(shared, sender).decrypt(nonce, text, None)
        except (InvalidTag, ValueError):
            raise Invalid("A key cannot be opened.", code="unopened_key") from None


def seal(public: str, secret: bytes) -> bytes:
    """`secret` for whoever has the private half of `public` (base64); `Invalid` where that is no key."""
    ours, nonce = X25519PrivateKey.generate(), os.urandom(NONCE)
    sender = ours.public_key().public_bytes_raw()
    try:
        shared = ours.exchange(X25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True)))
    except ValueError:
        raise Invalid("This is no key to seal for.", code="invalid_key") from None
    return sender + nonce + _cipher(shared, sender).encrypt(nonce, secret, None)


def _cipher(shared: bytes, sender: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=sender, info=PURPOSE).derive(shared))
