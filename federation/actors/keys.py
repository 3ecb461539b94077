"""Keys of local actors: made in a thread, sealed at rest, opened to sign."""

from __future__ import annotations

import asyncio
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from archypix.core.secrets import derive
from federation.actors.models import KeyKind, NewKey, NewKeys
from federation.signatures import keys
from federation.signatures.models import PrivateKey

PURPOSE = "actor keys"
NONCE = 12


class CannotOpen(Exception):
    """A sealed key that this master secret does not open."""


class KeySafe:
    """Seals private keys with a key of its own, bound to the actor and the kind, so that rows cannot be exchanged."""

    def __init__(self, master: bytes) -> None:
        self._cipher = AESGCM(derive(master, PURPOSE))

    def seal(self, actor_id: int, kind: str, private: bytes) -> bytes:
        """`private` of the actor with this id, encrypted."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, private, _bound(actor_id, kind))

    def reveal(self, actor_id: int, kind: str, sealed: bytes) -> bytes:
        """The private key as PEM; `CannotOpen` where the master secret is another one."""
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], _bound(actor_id, kind))
        except InvalidTag:
            raise CannotOpen(
                f"key of actor {actor_id}: the secret of this server is not the one that sealed it"
            ) from None

    def matches(self, kind: str, public: str, private: bytes) -> bool:
        """Whether a private key (PEM) is the other half of `public`, as the rows of keys have it."""
        try:
            key = load_pem_private_key(private, password=None)
        except (TypeError, ValueError):
            return False
        if isinstance(key, RSAPrivateKey):
            return kind == "rsa" and keys.public_pem(key) == public
        return isinstance(key, Ed25519PrivateKey) and kind == "ed25519" and keys.multibase(key) == public

    def open(self, actor_id: int, kind: KeyKind, key_id: str, sealed: bytes) -> PrivateKey:
        """The key, ready to sign under the name `key_id`; `CannotOpen` where the master secret is another one."""
        pem = self.reveal(actor_id, kind, sealed)
        # The seal proves that these bytes are ours; to prove the primes prime again takes a tenth of a second.
        key = load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True)
        assert isinstance(key, RSAPrivateKey | Ed25519PrivateKey)
        return keys.private_key(key_id, key)


async def make_keys() -> NewKeys:
    """Both pairs for an actor. Making an RSA key takes a tenth of a second and more, of a thread."""
    return await asyncio.to_thread(_make)


def _make() -> NewKeys:
    rsa, ed25519 = keys.generate_rsa(), keys.generate_ed25519()
    return NewKeys(
        NewKey("rsa", keys.public_pem(rsa), keys.private_pem(rsa)),
        NewKey("ed25519", keys.multibase(ed25519), keys.private_pem(ed25519)),
    )


def _bound(actor_id: int, kind: str) -> bytes:
    return f"{actor_id} {kind}".encode()
