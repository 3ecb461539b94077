"""Uploads as JSON."""

from __future__ import annotations

from typing import Any

from archypix.core.clock import rfc3339
from archypix.uploads.models import Ingested
from archypix.uploads.service import Known, Planned


def ingested_json(result: Ingested) -> dict[str, Any]:
    """What became of a file."""
    return {
        "id": str(result.id),
        "duplicate": result.duplicate,
        "in_trash": result.in_trash,
        "filename": result.filename,
        "sha256": result.sha256.hex(),
        "size": result.size,
        "media_type": result.media_type,
        "kind": result.kind,
        "state": result.state,
        "tags": result.tags,
    }


def planned_json(planned: Planned) -> dict[str, Any]:
    """An upload that is under way, or done."""
    upload = planned.upload
    return {
        "known": False,
        "id": str(upload.id),
        "state": upload.state,
        "filename": upload.filename,
        "size": upload.size,
        "sha256": upload.sha256.hex() if upload.sha256 else None,
        "batch": str(upload.batch_id) if upload.batch_id else None,
        "picture": str(upload.picture_id) if upload.picture_id else None,
        "expires_at": rfc3339(upload.expires_at),
        "parts": [
            {"number": part.number, "size": part.size, "url": part.url, "received": part.number in planned.received}
            for part in planned.parts
        ],
    }


def announced_json(answer: Known | Planned) -> dict[str, Any]:
    """What is to be done for one announced file: nothing, or to put its parts."""
    if isinstance(answer, Known):
        return {"known": True, "id": str(answer.picture_id), "in_trash": answer.in_trash}
    return planned_json(answer)
