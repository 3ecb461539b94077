"""Chooses the storage that the settings ask for."""

from __future__ import annotations

from pathlib import Path

from archypix.core.settings import Settings
from archypix.storage.interface import Storage
from archypix.storage.local import LocalStorage
from archypix.storage.signing import Signer


def open_storage(settings: Settings, secret: bytes, *, files: Path | None = None) -> Storage:
    """The storage of this installation, to be started by the caller.

    `secret` (32 bytes) signs addresses and must be the same for all servers of an installation; `files` is the folder
    of local storage, by default `files` in the data directory.
    """
    return storage_for(settings, Signer(secret), files=files)


def storage_for(settings: Settings, signer: Signer, *, files: Path | None = None) -> Storage:
    """The same with a signer that the files app shares."""
    if settings.uses_s3:
        return s3_storage(settings, signer)
    return LocalStorage(files or settings.data / "files", signer)


def s3_storage(settings: Settings, signer: Signer) -> Storage:
    """Storage in the bucket of the settings."""
    # The SDK costs time and memory in each process: only where it is used.
    from archypix.storage.s3 import S3Storage  # noqa: PLC0415
    from archypix.storage.s3_bucket import S3Config  # noqa: PLC0415

    config = S3Config(
        bucket=settings.s3_bucket,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key.get_secret_value(),
        region=settings.s3_region,
        endpoint=settings.s3_endpoint,
        public_endpoint=settings.s3_public_endpoint,
    )
    return S3Storage(config, signer)
