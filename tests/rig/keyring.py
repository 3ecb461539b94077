"""RSA keys of a test run: so many are made, and then given out again in turn.

To make one takes a tenth of a second, and each person of each test has one. Among so few people as a test has, nobody
meets the same key twice.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from federation.signatures import keys

# Names the folder of the run in which they lie. Without one each key is a new one.
FOLDER = "TESTS_KEYS"
COUNT = 100

_make = keys.generate_rsa


def install() -> None:
    """From now on this process has its RSA keys from the run's folder, if there is one."""
    folder = os.environ.get(FOLDER)
    if folder is not None:
        keys.generate_rsa = Ring(Path(folder)).take


class Ring:
    """Keys in a folder, which processes share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self) -> RSAPrivateKey:
        """The next one."""
        number = self._turn()
        path = self._folder / f"{number % COUNT}.pem"
        try:
            pem = path.read_bytes()
        except FileNotFoundError:
            return self._made(path)
        # The primes were made here: to prove them prime again takes as long as to make others.
        key = load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True)
        assert isinstance(key, RSAPrivateKey)
        return key

    def _made(self, path: Path) -> RSAPrivateKey:
        key = _make()
        draft = path.with_suffix(f".{os.getpid()}.{id(key)}")
        draft.write_bytes(keys.private_pem(key))
        draft.rename(path)
        return key

    def _turn(self) -> int:
        """How many were taken before."""
        self._folder.mkdir(exist_ok=True)
        with open(self._folder / "taken", "a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            number = file.seek(0, os.SEEK_END)
            file.write(b".")
            return number
