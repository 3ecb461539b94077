"""The secrets of an installation in one file of the backup, sealed by a passphrase where there is one."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from archypix.backup.disk import write_part
from archypix.backup.models import Part
from archypix.core.errors import StartupError
from archypix.core.runtime.datadir import SECRET_BYTES, SECRET_NAME, DataDir
from archypix.core.secrets import MASTER, derive

FILE: Final = "secrets.json"
LARGEST: Final = 16 << 20
SHORTEST_PASSPHRASE: Final = 8
# 128 MiB and half a second for each guess.
COST: Final = {"n": 1 << 17, "r": 8, "p": 1}
BOUND: Final = b"archypix backup secrets"
OPEN_WITH = "Give the passphrase that it was made with: --passphrase-file FILE (or - for the standard input)."


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must be kept from others: the master secret, the files of the data directory, the database's own, and the
    text of the settings file, which may hold passwords.
    """

    master: bytes
    files: Mapping[str, bytes] = field(default_factory=dict)
    shared: Mapping[str, bytes] = field(default_factory=dict)
    settings: str = ""


def fingerprint(master: bytes) -> str:
    """What proves that a master secret is the same, and tells nothing of it."""
    return derive(master, "backup fingerprint").hex()


def files_of(data: DataDir) -> dict[str, bytes]:
    """The secrets in a data directory, by name. Blocks."""
    found = {}
    for path in sorted(data.secrets.iterdir()):
        if SECRET_NAME.fullmatch(path.name) and path.is_file() and path.stat().st_size == SECRET_BYTES:
            found[path.name] = path.read_bytes()
    return found


def write(folder: Path, secrets: Secrets, passphrase: str | None) -> Part:
    """Put the secrets into the folder of a backup, for this user alone. Blocks, for a second with a passphrase."""
    plain = json.dumps(
        {
            "master": secrets.master.hex(),
            "files": {name: value.hex() for name, value in secrets.files.items()},
            "shared": {name: value.hex() for name, value in secrets.shared.items()},
            "settings": secrets.settings,
        }
    ).encode()
    document = {"plain": json.loads(plain)} if passphrase is None else {"sealed": _seal(plain, passphrase)}
    return write_part(folder, FILE, json.dumps(document, indent=1).encode() + b"\n")


def read(folder: Path, passphrase: str | None) -> Secrets:
    """The secrets of a backup; `StartupError` where they are damaged or the passphrase is not theirs. Blocks."""
    try:
        with open(folder / FILE, "rb") as file:
            document = json.loads(file.read(LARGEST))
        if "sealed" in document:
            if passphrase is None:
                raise StartupError(f"The secrets of this backup are sealed. {OPEN_WITH}")
            document = {"plain": json.loads(_unseal(document["sealed"], passphrase))}
        plain = document["plain"]
        return Secrets(
            bytes.fromhex(plain["master"]), _bytes(plain["files"]), _bytes(plain["shared"]), str(plain["settings"])
        )
    except OSError as error:
        raise StartupError(f"The secrets in {folder} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError):
        raise StartupError(f"The secrets in {folder} are damaged.") from None


def restored_files(secrets: Secrets, *, master_in_file: bool) -> dict[str, bytes]:
    """The files that a data directory gets; the master secret among them where it belongs there."""
    files = {name: value for name, value in secrets.files.items() if name != MASTER and SECRET_NAME.fullmatch(name)}
    return files | ({MASTER: secrets.master} if master_in_file else {})


def _bytes(values: Mapping[str, str]) -> dict[str, bytes]:
    return {str(name): bytes.fromhex(value) for name, value in values.items()}


def _seal(plain: bytes, passphrase: str) -> dict[str, Any]:
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = AESGCM(_key(passphrase, salt, **COST)).encrypt(nonce, plain, BOUND)
    return {
        "kdf": "scrypt", **COST, "salt": salt.hex(), "cipher": "AES-256-GCM", "nonce": nonce.hex(),
        "content": base64.b64encode(sealed).decode(),
    }  # fmt: skip


def _unseal(sealed: Mapping[str, Any], passphrase: str) -> bytes:
    cost = {name: int(sealed[name]) for name in COST}
    # A file that was tampered with must not take all memory.
    if not (cost["n"] <= 1 << 20 and cost["r"] <= 32 and cost["p"] <= 16):
        raise ValueError("too costly")
    key = _key(passphrase, bytes.fromhex(sealed["salt"]), **cost)
    try:
        return AESGCM(key).decrypt(bytes.fromhex(sealed["nonce"]), base64.b64decode(sealed["content"]), BOUND)
    except InvalidTag:
        raise StartupError(f"This passphrase does not open the secrets of the backup. {OPEN_WITH}") from None


def _key(passphrase: str, salt: bytes, *, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(passphrase.encode(), salt=salt, n=n, r=r, p=p, maxmem=256 * n * r + (1 << 20), dklen=32)
