"""Large objects put together inside S3 from other objects, without their bytes passing through this process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from archypix.core.errors import ArchypixError
from archypix.storage.s3_errors import s3_errors

logger = logging.getLogger(__name__)
AT_ONCE: Final = 4
COPIED_WHOLE: Final = 5 << 30  # the most that S3 copies in one request
RANGE: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Piece:
    """A source object, or the bytes `start` to `stop` (exclusive) of one."""

    key: str
    start: int = 0
    stop: int | None = None


def ranges(key: str, size: int) -> list[Piece]:
    """A large object cut into pieces that S3 copies in one request each."""
    return [Piece(key, start, min(start + RANGE, size)) for start in range(0, size, RANGE)]


async def join(client: Any, bucket: str, target: str, media_type: str, pieces: Sequence[Piece]) -> None:
    """Make `pieces`, each but the last of 5 MiB or more, one object. Nothing is left on failure."""
    with s3_errors():
        begun = await client.create_multipart_upload(Bucket=bucket, Key=target, ContentType=media_type)
    upload = {"Bucket": bucket, "Key": target, "UploadId": begun["UploadId"]}
    try:
        parts = await _copy_all(client, upload, pieces)
        with s3_errors():
            await client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    except BaseException:
        await cancel(client, upload)
        raise


async def cancel(client: Any, upload: dict[str, str]) -> None:
    """Give up a multipart upload (`Bucket`, `Key`, `UploadId`)."""
    try:
        with s3_errors():
            await client.abort_multipart_upload(**upload)
    except ArchypixError as error:
        # What ends an upload is usually the very fault that keeps this from working; the sweep does it later.
        logger.warning("an unfinished upload stays in the bucket for now: %s", error)


async def _copy_all(client: Any, upload: dict[str, str], pieces: Sequence[Piece]) -> list[dict[str, Any]]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def copy(number: int, piece: Piece) -> dict[str, Any]:
        source: dict[str, Any] = {"CopySource": {"Bucket": upload["Bucket"], "Key": piece.key}}
        if piece.stop is not None:
            source["CopySourceRange"] = f"bytes={piece.start}-{piece.stop - 1}"
        async with gate:
            with s3_errors():
                answer = await client.upload_part_copy(**upload, PartNumber=number, **source)
        return {"PartNumber": number, "ETag": answer["CopyPartResult"]["ETag"]}

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(copy(number, piece)) for number, piece in enumerate(pieces, 1)]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    return [task.result() for task in tasks]
