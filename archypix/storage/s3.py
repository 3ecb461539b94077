"""Storage in a bucket of any S3-compatible service; clients get and put their bytes there, at presigned addresses."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from archypix.core.clock import now
from archypix.core.errors import Unavailable
from archypix.storage.blocking import open_source
from archypix.storage.disposition import content_disposition, may_be_shown, safe_media_type
from archypix.storage.errors import HashMismatch, NoSuchObject, SizeMismatch
from archypix.storage.hashing import Hasher
from archypix.storage.interface import DAY, INCOMING_AGE, Assembled, ObjectInfo, Part
from archypix.storage.keys import check_key, check_prefix, is_key, part_key, part_number, upload_prefix
from archypix.storage.parts import part_sizes, require_complete
from archypix.storage.s3_bucket import S3Config, ensure_bucket, open_client
from archypix.storage.s3_errors import s3_errors
from archypix.storage.s3_multipart import COPIED_WHOLE, Piece, cancel, join, ranges
from archypix.storage.s3_writer import STAGING, S3Writer
from archypix.storage.signing import Signer
from archypix.storage.sigv4 import window
from archypix.storage.threads import Threads

CHUNK: Final = 256 << 10
SOURCE_CHUNK: Final = 1 << 20
DELETED_AT_ONCE: Final = 1000


class S3Reader:
    """`Reader` of S3: each `chunks` is one request, and refused when the object was replaced meanwhile."""

    def __init__(self, client: Any, bucket: str, info: ObjectInfo) -> None:
        self.info = info
        self._client = client
        self._bucket = bucket

    async def chunks(self, start: int = 0, stop: int | None = None) -> AsyncGenerator[bytes, None]:
        end = self.info.size if stop is None else min(stop, self.info.size)
        if start >= end:
            return
        with s3_errors():
            answer = await self._client.get_object(
                Bucket=self._bucket, Key=self.info.key, Range=f"bytes={start}-{end - 1}", IfMatch=f'"{self.info.etag}"'
            )
            async with answer["Body"] as body:
                while data := await body.read(CHUNK):
                    start += len(data)
                    yield data
        if start != end:
            raise Unavailable("The file is damaged.", log_detail=f"storage: {self.info.key} ended early")

    async def close(self) -> None:
        """Nothing is held between requests."""


class S3Storage:
    """`Storage` in one bucket. Thumbnail addresses are this server's own, answered with a redirect."""

    def __init__(self, config: S3Config, signer: Signer) -> None:
        self.name = config.bucket
        self.threads = Threads()
        self.client: Any = None
        self._config = config
        self._signer = signer
        self._presigner = config.presigner()
        self._stack = AsyncExitStack()

    async def start(self) -> None:
        with s3_errors():
            self.client = await self._stack.enter_async_context(open_client(self._config))
        try:
            await ensure_bucket(self.client, self.name, self._config.region)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        await self._stack.aclose()
        self.threads.close()

    async def check(self) -> None:
        with s3_errors():
            await self.client.head_bucket(Bucket=self.name)

    async def put_file(
        self, key: str, path: Path, *, media_type: str, sha256: bytes | None = None, move: bool = False
    ) -> ObjectInfo:
        check_key(key)
        source = await self.threads.run(open_source, path)
        try:
            size = os.fstat(source).st_size
            hashing = sha256 is not None
            async with self.open_writer(media_type=media_type, size=size, key=key, hashing=hashing) as writer:
                while chunk := await self.threads.run(os.pread, source, SOURCE_CHUNK, writer.size):
                    await writer.write(chunk)
                if writer.size != size:
                    raise SizeMismatch("The file changed while it was being copied.")
                if hashing and await writer.finish() != sha256:
                    raise HashMismatch
                info = await writer.commit(key)
        finally:
            os.close(source)
        if move:
            await self.threads.run(path.unlink, missing_ok=True)
        return info

    def open_writer(
        self, *, media_type: str, size: int | None = None, key: str | None = None, hashing: bool = True
    ) -> S3Writer:
        return S3Writer(self, media_type=media_type, size=size, key=key, hashing=hashing)

    async def open(self, key: str) -> S3Reader:
        return S3Reader(self.client, self.name, await self.info(key))

    async def read(self, key: str, start: int = 0, stop: int | None = None) -> AsyncGenerator[bytes, None]:
        reader = await self.open(key)
        async for chunk in reader.chunks(start, stop):
            yield chunk

    async def stat(self, key: str) -> ObjectInfo | None:
        try:
            return await self.info(key)
        except NoSuchObject:
            return None

    async def exists(self, key: str) -> bool:
        return await self.stat(key) is not None

    async def delete(self, keys: Iterable[str]) -> None:
        names = [{"Key": check_key(key)} for key in keys]
        for first in range(0, len(names), DELETED_AT_ONCE):
            batch = names[first : first + DELETED_AT_ONCE]
            with s3_errors():
                answer = await self.client.delete_objects(Bucket=self.name, Delete={"Objects": batch, "Quiet": True})
            failed = [error for error in answer.get("Errors", []) if error.get("Code") != "NoSuchKey"]
            if failed:
                log = f"storage: {len(failed)} of {len(batch)} were not deleted, first: {failed[0]}"
                raise Unavailable("The object store did not delete everything.", log_detail=log)

    async def copy(self, source: str, target: str) -> ObjectInfo:
        check_key(target)
        info, media_type = await self._head(source)
        return await self._copy(info, target, media_type)

    async def list(self, prefix: str = "") -> AsyncIterator[ObjectInfo]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=check_prefix(prefix))
        with s3_errors():
            async for page in pages:
                for item in page.get("Contents", []):
                    if is_key(item["Key"]):
                        yield ObjectInfo(item["Key"], item["Size"], item["ETag"].strip('"'), item["LastModified"])

    def presign_get(
        self,
        key: str,
        *,
        expires_in: int,
        media_type: str,
        filename: str | None = None,
        inline: bool = True,
        granularity: int = 1,
        origin: str = "",  # noqa: ARG002 - the addresses are whole
    ) -> str:
        safe = safe_media_type(media_type)
        shown = inline and may_be_shown(safe)
        at, seconds = window(now(), expires_in, granularity)
        query = {
            "response-content-type": safe,
            "response-content-disposition": content_disposition(filename, inline=shown),
            "response-cache-control": f"private, max-age={expires_in}, immutable",
        }
        return self._presigner.url("GET", check_key(key), at=at, seconds=seconds, query=query)

    def presign_put(
        self,
        key: str,
        *,
        expires_in: int,
        size: int | None = None,
        max_size: int | None = None,
        origin: str = "",  # noqa: ARG002 - the addresses are whole
    ) -> str:
        if (size is None) == (max_size is None):
            raise ValueError("either size or max_size")
        headers = {} if size is None else {"content-length": str(size)}
        return self._presigner.url("PUT", check_key(key), at=now(), seconds=expires_in, headers=headers)

    def thumbnail_urls(self, blob_id: UUID, expires: int | None = None) -> dict[str, str]:
        return self._signer.thumbnail_urls(blob_id, expires)

    def local_path(self, key: str) -> Path | None:  # noqa: ARG002
        return None

    def direct_url(self, key: str, *, media_type: str, max_age: int) -> str | None:
        # Never good for longer than the address that led here.
        return self.presign_get(key, expires_in=max(1, max_age), media_type=media_type)

    def plan_upload(self, upload_id: UUID, size: int, *, expires_in: int, origin: str = "") -> Sequence[Part]:  # noqa: ARG002
        return [
            Part(n, length, self.presign_put(part_key(upload_id, n), expires_in=expires_in, size=length))
            for n, length in enumerate(part_sizes(size), 1)
        ]

    async def uploaded_parts(self, upload_id: UUID) -> dict[int, int]:
        found = [(part_number(info.key), info.size) async for info in self.list(upload_prefix(upload_id))]
        return {number: size for number, size in found if number is not None}

    async def digest_upload(self, upload_id: UUID, size: int) -> bytes:
        hasher = Hasher(self.threads)
        for number in range(1, len(await self._complete_parts(upload_id, size)) + 1):
            await hasher.add_all(self.read(part_key(upload_id, number)))
        if hasher.size != size:
            raise Unavailable("The upload is being changed.")
        return await hasher.digest()

    async def assemble(
        self, upload_id: UUID, key: str, *, size: int, media_type: str, sha256: bytes | None = None
    ) -> Assembled:
        check_key(key)
        if sha256 is not None and await self._is_there(key, size, sha256):
            return Assembled(size, sha256)
        sizes = await self._complete_parts(upload_id, size)
        names = [part_key(upload_id, number) for number in range(1, len(sizes) + 1)]
        if len(names) == 1:
            await self._copy_whole(names[0], key, media_type)
        else:
            await join(self.client, self.name, key, media_type, [Piece(name) for name in names])
        # Hashed as it lies under its key: a part may have been put anew while it was copied, and no condition on
        # copying is honoured by all services.
        found = await self._hash_object(key)
        if sha256 not in (None, found):
            await self.delete([key])
            raise HashMismatch
        return Assembled(size, found)

    async def discard(self, upload_id: UUID) -> None:
        await self.delete([info.key async for info in self.list(upload_prefix(upload_id))])

    async def free_bytes(self) -> int | None:
        return None

    async def sweep(self, *, incoming_age: timedelta = INCOMING_AGE) -> int:
        removed = 0
        for prefix, age in (("incoming/", incoming_age), (STAGING, DAY)):
            before = now() - age
            old = [info.key async for info in self.list(prefix) if info.modified < before]
            await self.delete(old)
            removed += len(old)
        for prefix in ("blobs/", "thumbs/", STAGING):
            removed += await self._cancel_uploads(prefix)
        return removed

    # Steps

    async def info(self, key: str) -> ObjectInfo:
        """What is known of the object; `NoSuchObject`."""
        return (await self._head(key))[0]

    async def _head(self, key: str) -> tuple[ObjectInfo, str]:
        """What is known of the object, and its media type."""
        with s3_errors():
            found = await self.client.head_object(Bucket=self.name, Key=check_key(key))
        info = ObjectInfo(key, found["ContentLength"], found["ETag"].strip('"'), found["LastModified"])
        return info, found.get("ContentType", "application/octet-stream")

    async def _copy(self, source: ObjectInfo, target: str, media_type: str) -> ObjectInfo:
        if source.size <= COPIED_WHOLE:
            etag = await self._copy_whole(source.key, target, media_type)
            return ObjectInfo(target, source.size, etag, now())
        await join(self.client, self.name, target, media_type, ranges(source.key, source.size))
        return await self.info(target)

    async def _copy_whole(self, source: str, target: str, media_type: str) -> str:
        with s3_errors():
            answer = await self.client.copy_object(
                Bucket=self.name,
                Key=target,
                CopySource={"Bucket": self.name, "Key": source},
                MetadataDirective="REPLACE",
                ContentType=media_type,
            )
        return str(answer["CopyObjectResult"]["ETag"]).strip('"')

    async def _complete_parts(self, upload_id: UUID, size: int) -> Sequence[int]:
        return require_complete(size, await self.uploaded_parts(upload_id))

    async def _is_there(self, key: str, size: int, sha256: bytes) -> bool:
        info = await self.stat(key)
        return info is not None and info.size == size and await self._hash_object(key) == sha256

    async def _hash_object(self, key: str) -> bytes:
        hasher = Hasher(self.threads)
        await hasher.add_all(self.read(key))
        return await hasher.digest()

    async def _cancel_uploads(self, prefix: str) -> int:
        """Give up multipart uploads that nobody has finished in a day; how many."""
        before = now() - DAY
        pages = self.client.get_paginator("list_multipart_uploads").paginate(Bucket=self.name, Prefix=prefix)
        stale = []
        with s3_errors():
            async for page in pages:
                stale += [item for item in page.get("Uploads", []) if item["Initiated"] < before]
        for item in stale:
            await cancel(self.client, {"Bucket": self.name, "Key": item["Key"], "UploadId": item["UploadId"]})
        return len(stale)
