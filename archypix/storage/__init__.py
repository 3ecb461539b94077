"""Where the bytes of originals, thumbnails and uploads in flight live: local files or an S3 bucket."""

from archypix.storage.factory import open_storage, storage_for
from archypix.storage.interface import Storage

__all__ = ["Storage", "open_storage", "storage_for"]
