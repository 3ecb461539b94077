"""What the errors of an S3 service mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import aiohttp
from botocore.exceptions import BotoCoreError, ClientError

from archypix.core.errors import ArchypixError, OutOfSpace, Unavailable
from archypix.storage.errors import NoSuchObject

_ABSENT: Final = frozenset({"404", "NoSuchKey", "NotFound"})
_FULL: Final = frozenset({"507", "QuotaExceeded", "InsufficientStorage", "InsufficientCapacity", "XMinioStorageFull"})
_REFUSED: Final = frozenset({"401", "403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"})


@contextmanager
def s3_errors() -> Iterator[None]:
    """Within the block, whatever the SDK raises comes out as an error of the domain."""
    try:
        yield
    except ClientError as error:
        raise from_service(error) from error
    except (BotoCoreError, aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Unavailable("The object store does not answer.", log_detail=f"storage: {error!r}") from error


def code_of(error: ClientError) -> str:
    """The service's own word for what went wrong; a status where it gave none."""
    return str(error.response.get("Error", {}).get("Code", ""))


def from_service(error: ClientError) -> ArchypixError:
    """The error of the domain that an answer of the service amounts to."""
    code = code_of(error)
    log = f"storage: {error.operation_name}: {code} {error.response.get('Error', {}).get('Message')}"
    if code in _ABSENT:
        return NoSuchObject()
    if code in _FULL:
        return OutOfSpace("The object store is full.", log_detail=log)
    if code in _REFUSED:
        return Unavailable("The object store refuses this server's keys.", log_detail=log)
    if code == "NoSuchBucket":
        return Unavailable("The bucket of the object store is gone.", log_detail=log)
    return Unavailable("The object store reports an error.", log_detail=log)
