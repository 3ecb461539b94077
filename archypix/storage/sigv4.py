"""Presigned S3 addresses (AWS Signature Version 4 in the query), without a round through the SDK for each."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from urllib.parse import quote, urlsplit

LONGEST: Final = 7 * 86_400  # seconds; S3 refuses more
_ALGORITHM: Final = "AWS4-HMAC-SHA256"


class Presigner:
    """Signs addresses below `base`, the bucket's own address as clients reach it."""

    def __init__(self, base: str, region: str, access_key: str, secret_key: str) -> None:
        parts = urlsplit(base)
        self._base = f"{parts.scheme}://{parts.netloc}"
        self._host = _host(parts.scheme, parts.netloc)
        self._path = parts.path.rstrip("/") + "/"
        self._region = region
        self._access_key = access_key
        self._secret_key = secret_key
        self._day = ""
        self._key = b""

    def url(
        self,
        method: str,
        key: str,
        *,
        at: datetime,
        seconds: int,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """An address valid from `at` (aware) for `seconds`.

        `query` holds further parameters of the operation; `headers` (lower-case names) what the client must send.
        """
        if not 1 <= seconds <= LONGEST:
            raise ValueError(f"an address is valid for 1 to {LONGEST} seconds")
        stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        scope = f"{stamp[:8]}/{self._region}/s3/aws4_request"
        signed = {"host": self._host, **(headers or {})}
        names = ";".join(sorted(signed))
        parameters = {
            **(query or {}),
            "X-Amz-Algorithm": _ALGORITHM,
            "X-Amz-Credential": f"{self._access_key}/{scope}",
            "X-Amz-Date": stamp,
            "X-Amz-Expires": str(seconds),
            "X-Amz-SignedHeaders": names,
        }
        canonical = "&".join(sorted(f"{_escape(name)}={_escape(value)}" for name, value in parameters.items()))
        path = self._path + quote(key, safe="/-._~")
        lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        request = f"{method}\n{path}\n{canonical}\n{lines}\n{names}\nUNSIGNED-PAYLOAD"
        text = f"{_ALGORITHM}\n{stamp}\n{scope}\n{sha256(request.encode()).hexdigest()}"
        signature = hmac.digest(self._signing_key(stamp[:8]), text.encode(), "sha256").hex()
        return f"{self._base}{path}?{canonical}&X-Amz-Signature={signature}"

    def _signing_key(self, day: str) -> bytes:
        """The key of one day and region, derived once."""
        if day != self._day:
            key = f"AWS4{self._secret_key}".encode()
            for part in (day, self._region, "s3", "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._day, self._key = day, key
        return self._key


def window(now: datetime, seconds: int, granularity: int) -> tuple[datetime, int]:
    """Date and duration of an address that lasts at least `seconds`, and is the same within `granularity` seconds."""
    start = int(now.timestamp()) // granularity * granularity
    return datetime.fromtimestamp(start, UTC), min(seconds + granularity - 1, LONGEST)


def _escape(text: str) -> str:
    return quote(text, safe="-._~")


def _host(scheme: str, netloc: str) -> str:
    default = ":443" if scheme == "https" else ":80"
    return netloc.removesuffix(default)
