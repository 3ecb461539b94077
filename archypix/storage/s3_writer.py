"""`Writer` of S3: small objects in one request, larger ones in parts, and nothing visible before the end."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from io import BytesIO
from types import TracebackType
from typing import Any, Final, Protocol, Self

from archypix.core.clock import now
from archypix.core.errors import TooLarge
from archypix.storage.interface import ObjectInfo
from archypix.storage.keys import check_key
from archypix.storage.s3_errors import s3_errors
from archypix.storage.s3_multipart import cancel
from archypix.storage.threads import Threads

STAGING: Final = "staging/"
PART: Final = 8 << 20
MOST_PARTS: Final = 9_000


class Bucket(Protocol):
    """What a writer needs of the storage it writes to."""

    client: Any
    name: str
    threads: Threads

    async def info(self, key: str) -> ObjectInfo: ...

    async def delete(self, keys: Iterable[str]) -> None: ...

    async def copy(self, source: str, target: str) -> ObjectInfo: ...


class S3Writer:
    """Holds at most one part in memory, and the copy of it that is being sent."""

    def __init__(self, bucket: Bucket, *, media_type: str, size: int | None, key: str | None, hashing: bool) -> None:
        self.size = 0
        self._bucket = bucket
        self._media_type = media_type
        self._key = key
        self._digest = hashlib.sha256() if hashing else None
        self._part_size = max(PART, -(-(size or 0) // MOST_PARTS))
        self._pending: list[bytes] = []
        self._held = 0
        self._hashed = 0  # chunks of `_pending` that the digest has seen
        self._upload: tuple[str, str] | None = None  # key and id of the multipart upload
        self._parts: list[dict[str, Any]] = []
        self._over = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.abort()

    async def write(self, chunk: bytes) -> None:
        self._require_open()
        if not chunk:
            return
        self._pending.append(chunk)
        self._held += len(chunk)
        self.size += len(chunk)
        if self._held >= self._part_size:
            await self._send_part()

    async def finish(self) -> bytes:
        self._require_open()
        if self._digest is None:
            raise ValueError("opened without hashing")
        await self._bucket.threads.run(self._hash)
        return self._digest.digest()

    async def commit(self, key: str) -> ObjectInfo:
        check_key(key)
        self._require_open()
        if self._key not in (None, key):
            raise ValueError("the writer was opened for another key")
        info = await (self._put(key) if self._upload is None else self._complete(key))
        self._over = True
        return info

    async def abort(self) -> None:
        if not self._over:
            self._over = True
            self._pending.clear()
            if self._upload is not None:
                key, upload_id = self._upload
                await cancel(self._bucket.client, {"Bucket": self._bucket.name, "Key": key, "UploadId": upload_id})

    def _require_open(self) -> None:
        if self._over:
            raise ValueError("the writer is closed")

    async def _send_part(self) -> None:
        if len(self._parts) >= MOST_PARTS:
            raise TooLarge("The file is larger than storage takes.")
        if self._upload is None:
            self._upload = await self._begin(self._key or STAGING + secrets.token_hex(16))
        key, upload_id = self._upload
        number = len(self._parts) + 1
        body = BytesIO(await self._bucket.threads.run(self._take))
        with s3_errors():
            answer = await self._bucket.client.upload_part(
                Bucket=self._bucket.name, Key=key, UploadId=upload_id, PartNumber=number, Body=body
            )
        self._parts.append({"PartNumber": number, "ETag": answer["ETag"]})

    async def _begin(self, key: str) -> tuple[str, str]:
        with s3_errors():
            answer = await self._bucket.client.create_multipart_upload(
                Bucket=self._bucket.name, Key=key, ContentType=self._media_type
            )
        return key, answer["UploadId"]

    async def _put(self, key: str) -> ObjectInfo:
        body = BytesIO(await self._bucket.threads.run(self._take))
        with s3_errors():
            answer = await self._bucket.client.put_object(
                Bucket=self._bucket.name, Key=key, Body=body, ContentType=self._media_type
            )
        return ObjectInfo(key, self.size, answer["ETag"].strip('"'), now())

    async def _complete(self, key: str) -> ObjectInfo:
        assert self._upload is not None
        if self._pending:
            await self._send_part()
        where, upload_id = self._upload
        with s3_errors():
            await self._bucket.client.complete_multipart_upload(
                Bucket=self._bucket.name, Key=where, UploadId=upload_id, MultipartUpload={"Parts": self._parts}
            )
        if where == key:
            # Some services do not tell the entity tag of what they have put together.
            return await self._bucket.info(key)
        try:
            return await self._bucket.copy(where, key)
        finally:
            await self._bucket.delete([where])

    def _take(self) -> bytes:
        """In a thread: what is pending, as one piece, hashed."""
        self._hash()
        chunks, self._pending, self._held, self._hashed = self._pending, [], 0, 0
        return b"".join(chunks)

    def _hash(self) -> None:
        if self._digest is not None:
            for chunk in self._pending[self._hashed :]:
                self._digest.update(chunk)
            self._hashed = len(self._pending)
