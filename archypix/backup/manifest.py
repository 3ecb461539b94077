"""The manifest of a backup: written last and whole, read with suspicion."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from archypix.backup.disk import write_durably
from archypix.backup.models import FORMAT, Manifest
from archypix.core.errors import StartupError

NAME: Final = "manifest.json"
LARGEST: Final = 64 << 20
_SHAPE: Final = TypeAdapter(Manifest)


def write(folder: Path, manifest: Manifest) -> None:
    """Put the manifest into the folder of a backup, on disk when this returns. Blocks."""
    content = asdict(manifest)
    document = {"manifest": content, "sha256": _digest(content)}
    write_durably(folder / NAME, json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n")


def read(folder: Path) -> Manifest:
    """The manifest of the backup in `folder`; `StartupError` where there is none that holds. Blocks."""
    path = folder / NAME
    try:
        with open(path, "rb") as file:
            document = json.loads(file.read(LARGEST))
    except FileNotFoundError:
        raise StartupError(f"There is no whole backup in {folder}.") from None
    except OSError as error:
        raise StartupError(f"The manifest {path} cannot be read: {error.strerror}.") from error
    except ValueError:
        raise StartupError(f"The manifest {path} is damaged.") from None
    return _checked(path, document)


def _checked(path: Path, document: Any) -> Manifest:
    if not isinstance(document, dict) or not isinstance(document.get("manifest"), dict):
        raise StartupError(f"The manifest {path} is damaged.")
    if document["manifest"].get("format") != FORMAT:
        raise StartupError(f"The backup in {path.parent} was made by another version of Archypix: it cannot be read.")
    if document.get("sha256") != _digest(document["manifest"]):
        raise StartupError(f"The manifest {path} is damaged.")
    try:
        manifest = _SHAPE.validate_python(document["manifest"])
    except ValidationError:
        raise StartupError(f"The manifest {path} is damaged.") from None
    if any(not _lies_inside(part.file) for part in manifest.parts()):
        raise StartupError(f"The manifest {path} names files outside of the backup.")
    return manifest


def _lies_inside(file: str) -> bool:
    parts = file.split("/")
    return len(parts) <= 2 and all(part and not part.startswith(".") and "\0" not in part for part in parts)


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
