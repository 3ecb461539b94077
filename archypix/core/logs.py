"""Logging: one line an event, as text or JSON, each with the id of the request that caused it."""

from __future__ import annotations

import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

import orjson

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

# Fields a log call may add with `extra=`; anything else in a record is logging's own.
EXTRA = ("method", "path", "status", "milliseconds", "child", "account", "picture", "job", "address")


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (identifier := request_id.get()) is not None:
            line["request_id"] = identifier
        line |= {name: getattr(record, name) for name in EXTRA if hasattr(record, name)}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


class TextFormatter(logging.Formatter):
    """Lines for people: time, level, logger, message, then what was added."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        parts = [f"{time} {record.levelname.lower():7} {record.name}: {record.getMessage()}"]
        parts += [f"{name}={getattr(record, name)}" for name in EXTRA if hasattr(record, name)]
        if (identifier := request_id.get()) is not None:
            parts.append(f"request={identifier}")
        text = " ".join(parts)
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def configure(level: str, form: str) -> None:
    """Send all logs of level `level` and above to standard error, as `text` or `json`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("hypercorn.access", "asyncio", "aiobotocore", "botocore", "aiohttp.access", "PIL", "pyvips"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
