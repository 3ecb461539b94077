"""Is this a Google Takeout? Told by a look at the first names. Blocks."""

from __future__ import annotations

import itertools
import os
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from archypix.takeout.catalogue import is_picture, looks_like_one
from archypix.takeout.parts import DAMAGED, TARS, ZIPS, is_archive
from archypix.takeout.sidecars import LARGEST, Facts, parse

LOOKED_AT: Final = 5000
READ: Final = 20


def recognises(path: Path) -> bool:
    """Whether a file or folder is an export of Google Photos, or a folder of parts of one."""
    if path.is_file():
        return is_archive(path) and looks_like_one(_in_archive(path))
    if not path.is_dir():
        return False
    archives = sorted(each for each in path.iterdir() if each.is_file() and is_archive(each))
    return (
        any(looks_like_one(_in_archive(each)) for each in archives[:3])
        or looks_like_one(_in_folder(path))
        or any(map(_is_sidecar, itertools.islice(_json_files(path), READ)))
    )


def _json_files(path: Path) -> Iterator[Path]:
    """JSON files that are called as those of older exports; other programs call theirs so, too."""
    for inside in itertools.islice(_in_folder(path), LOOKED_AT):
        if inside.suffix == ".json" and is_picture(inside.stem):
            yield path.joinpath(*inside.parts[path.name == "Takeout" :])


def _is_sidecar(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return isinstance(parse(file.read(LARGEST)), Facts)
    except OSError:
        return False


def _in_archive(path: Path) -> Iterator[PurePosixPath]:
    try:
        if path.name.lower().endswith(ZIPS):
            with zipfile.ZipFile(path) as archive:
                yield from _paths(archive.namelist())
        elif path.name.lower().endswith(TARS):
            with tarfile.open(path, "r|*") as packed:
                yield from _paths(entry.name for entry in itertools.islice(packed, 20))
    except (OSError, *DAMAGED):
        return


def _in_folder(path: Path) -> Iterator[PurePosixPath]:
    """Paths below the folder, and below the one above it where this is a folder called Takeout."""
    prefix = ["Takeout"] if path.name == "Takeout" else []
    count = 0
    for folder, folders, names in os.walk(path):
        folders.sort()
        inside = Path(folder).relative_to(path).parts
        if len(inside) >= 3:
            folders.clear()
        yield from _paths("/".join([*prefix, *inside, name]) for name in (*folders, *names))
        count += len(names)
        if count > LOOKED_AT:
            return


def _paths(names: Iterator[str] | list[str]) -> Iterator[PurePosixPath]:
    for name in itertools.islice(names, LOOKED_AT):
        path = PurePosixPath(name)
        if path.parts:
            yield path
