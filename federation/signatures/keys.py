"""Keys, made and read: RSA in PEM, Ed25519 as Multikey (FEP-521a); weak ones are refused."""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

from federation.signatures.base58 import decode, encode
from federation.signatures.models import Algorithm, PrivateKey, PublicKey, WeakKey

RSA_BITS = 2048
_BITS = range(2048, 8193)
_LONGEST_PEM = 16_384
_LONGEST_MULTIBASE = 4096
_ED25519_PUBLIC = b"\xed\x01"
_RSA_PUBLIC = b"\x85\x24"

AnyPublic = rsa.RSAPublicKey | ed25519.Ed25519PublicKey
AnyPrivate = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


def generate_rsa() -> rsa.RSAPrivateKey:
    """A new RSA key of 2048 bits. Takes tens to hundreds of milliseconds: not for the event loop."""
    return rsa.generate_private_key(public_exponent=65_537, key_size=RSA_BITS)


def generate_ed25519() -> ed25519.Ed25519PrivateKey:
    """A new Ed25519 key."""
    return ed25519.Ed25519PrivateKey.generate()


def public_pem(key: AnyPrivate | AnyPublic) -> str:
    """The public half of `key` as PEM (SubjectPublicKeyInfo)."""
    return _public(key).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def private_pem(key: AnyPrivate) -> bytes:
    """`key` as unencrypted PEM (PKCS #8): seal it before it is stored."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def multibase(key: AnyPrivate | AnyPublic) -> str:
    """`publicKeyMultibase` of FEP-521a: base58-btc of the multicodec prefix and the key."""
    public = _public(key)
    if isinstance(public, ed25519.Ed25519PublicKey):
        return "z" + encode(_ED25519_PUBLIC + public.public_bytes_raw())
    return "z" + encode(_RSA_PUBLIC + public.public_bytes(Encoding.DER, PublicFormat.PKCS1))


def from_pem(pem: str) -> AnyPublic:
    """The public key written in `pem`. Raises WeakKey for anything that is no RSA or Ed25519 key we accept."""
    if len(pem) > _LONGEST_PEM or not pem.isascii() or "-----BEGIN " not in pem:
        raise WeakKey("no PEM")
    try:
        key = load_pem_public_key(pem.strip().encode("ascii"))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise WeakKey("no public key in PEM") from None
    return _checked(key)


def from_multibase(text: str) -> AnyPublic:
    """The public key written as `publicKeyMultibase`. Raises WeakKey likewise."""
    if not text.startswith("z") or len(text) > _LONGEST_MULTIBASE:
        raise WeakKey("no base58-btc multibase")
    try:
        raw = decode(text[1:])
        if raw.startswith(_ED25519_PUBLIC):
            return ed25519.Ed25519PublicKey.from_public_bytes(raw[2:])
        if raw.startswith(_RSA_PUBLIC):
            return _checked(load_der_public_key(raw[2:]))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise WeakKey("no public key in multibase") from None
    raise WeakKey("no key of a kind we know")


def private_from_pem(pem: bytes) -> AnyPrivate:
    """The private key in unencrypted PEM. Raises WeakKey for anything else."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise WeakKey("no private key in PEM") from None
    if not isinstance(key, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        raise WeakKey("a key of another kind")
    return key


def public_key(key_id: str, owner: str, key: AnyPublic) -> PublicKey:
    """`key` with its names."""
    return PublicKey(key_id, owner, _algorithm(key), key)


def private_key(key_id: str, key: AnyPrivate) -> PrivateKey:
    """`key` with its name."""
    return PrivateKey(key_id, _algorithm(key), key)


def _algorithm(key: AnyPublic | AnyPrivate) -> Algorithm:
    return "rsa" if isinstance(key, rsa.RSAPublicKey | rsa.RSAPrivateKey) else "ed25519"


def _public(key: AnyPrivate | AnyPublic) -> AnyPublic:
    return key.public_key() if isinstance(key, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) else key


def _checked(key: object) -> AnyPublic:
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    if not isinstance(key, rsa.RSAPublicKey):
        raise WeakKey("a key of another kind")
    # A small exponent is legal; an even or giant one makes checking meaningless or slow.
    exponent = key.public_numbers().e
    if key.key_size not in _BITS or exponent % 2 == 0 or not 3 <= exponent < 2**32:
        raise WeakKey("an RSA key of a size that is not accepted")
    return key
