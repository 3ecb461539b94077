"""The bucket: where it is, the client that talks to it, and its making."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import ClientError

from archypix.core.errors import ArchypixError
from archypix.storage.s3_errors import code_of, s3_errors
from archypix.storage.sigv4 import Presigner

logger = logging.getLogger(__name__)
CORS: Final = {
    "CORSRules": [
        {
            "AllowedOrigins": ["*"],
            "AllowedMethods": ["GET", "HEAD", "PUT"],
            "AllowedHeaders": ["*"],
            "ExposeHeaders": ["ETag", "Content-Range", "Content-Disposition"],
            "MaxAgeSeconds": 3600,
        }
    ]
}


@dataclass(frozen=True, slots=True)
class S3Config:
    """Where the bucket is. Without `endpoint`: AWS. `public_endpoint` is how clients reach the same service."""

    bucket: str
    access_key: str
    secret_key: str = field(repr=False)
    region: str = "us-east-1"
    endpoint: str = ""
    public_endpoint: str = ""

    @property
    def path_style(self) -> bool:
        """Whether the bucket's name goes into the path: for services of one's own, and names that no TLS name fits."""
        return bool(self.endpoint) or "." in self.bucket

    def presigner(self) -> Presigner:
        """What signs addresses for clients."""
        base = self.public_endpoint or self.endpoint or f"https://s3.{self.region}.amazonaws.com"
        whole = f"{base.rstrip('/')}/{self.bucket}" if self.path_style else base.replace("://", f"://{self.bucket}.", 1)
        return Presigner(whole, self.region, self.access_key, self.secret_key)


def open_client(config: S3Config) -> Any:
    """An SDK client with one pool of connections, to be entered as an async context."""
    options = AioConfig(
        signature_version="s3v4",
        connect_timeout=5,
        read_timeout=30,
        max_pool_connections=32,
        retries={"mode": "standard", "total_max_attempts": 4},
        # Checksums of the newer kind and signed bodies are what many services lack; hashes are verified here.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path" if config.path_style else "virtual", "payload_signing_enabled": False},
    )
    return _session().create_client(
        "s3",
        endpoint_url=config.endpoint or None,
        region_name=config.region,
        aws_access_key_id=config.access_key,
        aws_secret_access_key=config.secret_key,
        config=options,
    )


@cache
def _session() -> Any:
    """One for the process: it keeps the descriptions of the service, which take time to read."""
    return get_session()


async def ensure_bucket(client: Any, bucket: str, region: str) -> None:
    """Make the bucket where it is missing, open to pages of our own origin."""
    with s3_errors():
        try:
            await client.head_bucket(Bucket=bucket)
        except ClientError as error:
            if code_of(error) not in ("404", "NoSuchBucket"):
                raise
        else:
            return
        await _make(client, bucket, region)
    try:
        with s3_errors():
            await client.put_bucket_cors(Bucket=bucket, CORSConfiguration=CORS)
    except ArchypixError as error:
        logger.warning("the new bucket takes no CORS rules, which browsers need: %s", error)


async def _make(client: Any, bucket: str, region: str) -> None:
    more = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    try:
        await client.create_bucket(Bucket=bucket, **more)
    except ClientError as error:
        code = code_of(error)
        if code in ("InvalidLocationConstraint", "IllegalLocationConstraintException") and more:
            # Services of one's own often know no regions.
            await _make(client, bucket, "us-east-1")
        elif code != "BucketAlreadyOwnedByYou":  # when another server was faster
            raise
