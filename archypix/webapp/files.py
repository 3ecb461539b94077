"""The built files of the application in memory, each as it is and as the build compressed it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from typing import Final

# What the build makes; never what some machine's tables say.
MEDIA_TYPES: Final = {
    ".html": b"text/html; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".json": b"application/json",
    ".svg": b"image/svg+xml",
    ".png": b"image/png",
    ".ico": b"image/x-icon",
    ".webp": b"image/webp",
    ".woff2": b"font/woff2",
    ".webmanifest": b"application/manifest+json",
}
# Compressed files stand beside what they are of. The better one is first.
CODINGS: Final = ((".br", b"br"), (".gz", b"gzip"))
# Names of assets have the hash of their content in them.
IMMUTABLE: Final = b"public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Coded:
    """The bytes of a file in one coding; `name` is empty for the file as it is."""

    name: bytes
    body: bytes
    etag: bytes


@dataclass(frozen=True, slots=True)
class File:
    """One file of the application; all of them are some hundred kilobytes. The last of `codings` is the file itself."""

    media_type: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    codings: tuple[Coded, ...]


def files(dist: Path | None, policy: bytes) -> dict[str, File]:
    """The files in `dist`, or else in the package, by their paths; pages have the content security policy `policy`."""
    root = dist or resources.files("archypix.webapp").joinpath("dist")
    found: dict[str, bytes] = {}
    if root.is_dir():
        _collect(root, "", found)
    return {name: _made(name, found, policy) for name in found if not name.endswith((".br", ".gz"))}


def _collect(folder: Traversable, prefix: str, found: dict[str, bytes]) -> None:
    for entry in folder.iterdir():
        # What the build notes for itself.
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            _collect(entry, f"{prefix}{entry.name}/", found)
        else:
            found[prefix + entry.name] = entry.read_bytes()


def _made(name: str, found: dict[str, bytes], policy: bytes) -> File:
    suffix = PurePosixPath(name).suffix
    headers = [
        (b"cache-control", IMMUTABLE if name.startswith("assets/") else b"no-cache"),
        (b"vary", b"accept-encoding"),
    ]
    if suffix == ".html":
        headers.append((b"content-security-policy", policy))
    tag = hashlib.sha256(found[name]).hexdigest()[:20]
    codings = [
        Coded(coding, found[name + ending], f'"{tag}-{coding.decode()}"'.encode())
        for ending, coding in CODINGS
        if name + ending in found
    ]
    own = Coded(b"", found[name], f'"{tag}"'.encode())
    return File(MEDIA_TYPES.get(suffix, b"application/octet-stream"), tuple(headers), (*codings, own))


def chosen(file: File, accepted: bytes) -> Coded:
    """The best coding of a file for an `Accept-Encoding`; the file itself where none of them is wanted."""
    wanted = _wanted(accepted)
    for coding in file.codings[:-1]:
        if coding.name in wanted:
            return coding
    return file.codings[-1]


def _wanted(accepted: bytes) -> set[bytes]:
    """The codings with a weight above zero. What is malformed is not wanted."""
    found = set()
    for part in accepted.lower().split(b","):
        name, _, weight = part.partition(b";")
        if not weight.strip() or weight.strip().removeprefix(b"q=").strip(b" 0.") != b"":
            found.add(name.strip())
    return found


def is_known(etag: bytes, known: bytes) -> bool:
    """Whether an `If-None-Match` names `etag`."""
    if known.strip() == b"*":
        return True
    return etag in {part.strip().removeprefix(b"W/") for part in known.split(b",")}
