"""How the OpenAPI document describes the routes that raw ASGI serves here."""

from __future__ import annotations

from typing import Any

SECURITY: list[dict[str, list[str]]] = [{"bearer": []}, {"session": []}]
PROBLEM = {"description": "A problem document (RFC 9457).", "content": {"application/problem+json": {}}}
ID = {"type": "string", "format": "uuid"}

INGESTED: dict[str, Any] = {
    "type": "object",
    "required": ["id", "duplicate", "in_trash", "filename", "sha256", "size", "media_type", "kind", "state", "tags"],
    "properties": {
        "id": ID,
        "duplicate": {"type": "boolean", "description": "The bytes were in the library already."},
        "in_trash": {"type": "boolean", "description": "The picture they are is in the trash."},
        "filename": {"type": "string"},
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "size": {"type": "integer", "minimum": 1},
        "media_type": {"type": "string"},
        "kind": {"type": "string", "enum": ["image", "raw", "video", "other"]},
        "state": {"type": "string", "enum": ["processing", "ready", "failed"]},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
}
REPLACED: dict[str, Any] = {
    "type": "object",
    "required": ["id", "changed", "version", "sha256", "size", "state"],
    "properties": {
        "id": ID,
        "changed": {"type": "boolean", "description": "False when these are the bytes it had."},
        "version": {"type": "integer", "minimum": 1},
        "sha256": {"type": "string"},
        "size": {"type": "integer"},
        "state": {"type": "string", "enum": ["processing", "ready", "failed"]},
    },
}
FORM: dict[str, Any] = {
    "type": "object",
    "required": ["file"],
    "additionalProperties": False,
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "tags": {"type": "string", "description": 'A JSON list of at most 100 paths: `["/Photos/Alps"]`.'},
        "file_date": {"type": "string", "description": "The file's own date, a wall clock: `2018-03-02T10:00:00`."},
        "filename": {"type": "string", "description": "Instead of the name in the form's part."},
        "batch": {"type": "string", "format": "uuid", "description": "An id that uploads of one batch share."},
    },
}
BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {"schema": FORM},
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        "image/*": {"schema": {"type": "string", "format": "binary"}},
        "video/*": {"schema": {"type": "string", "format": "binary"}},
    },
}


def _query(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": {"type": "string"}}


def _header(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "description": description, "schema": {"type": "string"}}


PARAMETERS = [
    _query("filename", "The file's name, with a raw body."),
    _query("tags", "As in the form."),
    _query("file_date", "As in the form."),
    _query("batch", "As in the form."),
    _header("X-Filename", "The file's name, with a raw body: UTF-8, percent-encoded."),
    _header("X-Content-SHA256", "The file's SHA-256 in hexadecimal; another one is refused."),
    _header("Content-Digest", "The same as `sha-256=:BASE64:` (RFC 9530)."),
]
ERRORS = {
    "400": PROBLEM, "401": PROBLEM, "403": PROBLEM, "408": PROBLEM, "413": PROBLEM, "415": PROBLEM, "422": PROBLEM,
    "429": PROBLEM, "503": PROBLEM, "507": PROBLEM,
}  # fmt: skip


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


POST_PICTURE: dict[str, Any] = {
    "summary": "Take in one file, as a multipart form or as a raw body.",
    "tags": ["uploads"],
    "security": SECURITY,
    "parameters": PARAMETERS,
    "requestBody": BODY,
    "responses": {
        "200": _json("These bytes are in the library already; tags that came with them were added.", INGESTED),
        "201": _json("A new picture, being processed.", INGESTED),
        **ERRORS,
    },
}
PUT_FILE: dict[str, Any] = {
    "summary": "Put another file over a picture's; the one it had is kept as the library's setting says.",
    "tags": ["uploads"],
    "security": SECURITY,
    "parameters": [{"name": "picture_id", "in": "path", "required": True, "schema": ID}, *PARAMETERS],
    "requestBody": BODY,
    "responses": {
        "200": _json("The picture has this file now.", REPLACED),
        "404": PROBLEM,
        "409": PROBLEM,
        **ERRORS,
    },
}
