"""Parts of an export: a folder, or archives of it that are read without unpacking them. All of it blocks.

An archive is a stranger's: what leads out of it, is no plain file, or is packed tighter than any picture is passed
over and named.
"""

from __future__ import annotations

import itertools
import os
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, Protocol

from archypix.takeout.layout import clean_path
from archypix.takeout.sidecars import LARGEST
from archypix.uploads.folders import Unreadable

ZIPS: Final = (".zip",)
TARS: Final = (".tgz", ".tar.gz", ".tar")
MOST_ENTRIES: Final = 5_000_000
# Pictures and films are packed already: what grows by more than this is made to fill a disk.
TIGHTEST: Final = 100
SLACK: Final = 64 << 20
LARGEST_HEADER: Final = 1 << 20
CHUNK: Final = 1 << 20
_TAKEOUT: Final = re.compile(r"Takeout(?: ?\(?\d{1,3}\)?)?")
# How the libraries say that an archive is damaged.
DAMAGED: Final = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a part: its path in the export and its bytes. `changed` is the wall clock that goes with it.

    `file` is where it lies, for one that is unpacked.
    """

    path: PurePosixPath
    size: int
    changed: datetime | None = None
    file: Path | None = None


class Opened(Protocol):
    """Something to read from."""

    def read(self, size: int = ..., /) -> bytes: ...


# A member with the means to read it, which hold until the next one is asked for.
Visit = tuple[Member, Callable[[], IO[bytes]]]


class Part(Protocol):
    """One part; files come in an order of its own, the same each time."""

    name: Path

    def visit(self) -> Iterator[Visit | Unreadable]:
        """Every file in it, and what could not be looked at."""
        ...


def parts_of(path: Path) -> list[Part]:
    """The parts that a path names: an archive, a folder full of archives, or a folder."""
    if path.is_file():
        return [_archive(path)]
    archives = sorted(each for each in path.iterdir() if each.is_file() and is_archive(each))
    return [_archive(each) for each in archives] + [FolderPart(path)]


def is_archive(path: Path) -> bool:
    """Whether a file is an archive, by its name."""
    return path.name.lower().endswith(ZIPS + TARS)


def _archive(path: Path) -> Part:
    return ZipPart(path) if path.name.lower().endswith(ZIPS) else TarPart(path)


class FolderPart:
    """Files that somebody has unpacked."""

    def __init__(self, name: Path) -> None:
        self.name = name

    def visit(self) -> Iterator[Visit | Unreadable]:
        for folder, folders, names in os.walk(self.name, followlinks=False):
            folders.sort()
            for name in sorted(names):
                file = Path(folder, name)
                try:
                    status = file.lstat()
                except OSError as error:
                    yield Unreadable(file, error.strerror or "cannot be read")
                    continue
                path = clean_path(str(file.relative_to(self.name)))
                if path is not None and stat.S_ISREG(status.st_mode):
                    yield Member(_in_export(path), status.st_size, _clock(status.st_mtime), file), _opener(file)


class ZipPart:
    """A zip archive, read by its directory."""

    def __init__(self, name: Path) -> None:
        self.name = name

    def visit(self) -> Iterator[Visit | Unreadable]:
        try:
            with zipfile.ZipFile(self.name) as archive:
                entries = archive.infolist()
                if len(entries) > MOST_ENTRIES:
                    yield Unreadable(self.name, "it has too many entries")
                    return
                overlapping = _overlapping(entries)
                for entry in entries:
                    if entry.is_dir():
                        continue
                    if reason := "it shares its bytes with others" if id(entry) in overlapping else _refused(entry):
                        yield Unreadable(self.name / entry.filename[:200], reason)
                        continue
                    path = clean_path(entry.filename)
                    assert path is not None
                    member = Member(path, entry.file_size, _date(entry.date_time))
                    yield member, _zip_opener(archive, entry)
        except DAMAGED as error:
            yield Unreadable(self.name, f"the archive is damaged: {error}")
        except OSError as error:
            yield Unreadable(self.name, error.strerror or "cannot be read")


class TarPart:
    """A tar archive, packed or not, read from its beginning to its end."""

    def __init__(self, name: Path) -> None:
        self.name = name

    def visit(self) -> Iterator[Visit | Unreadable]:
        try:
            packed = not self.name.name.lower().endswith(".tar")
            with tarfile.open(self.name, "r|gz" if packed else "r|", tarinfo=_Header, bufsize=CHUNK) as archive:
                most = self.name.stat().st_size * (TIGHTEST if packed else 1) + SLACK
                for number, entry in enumerate(archive):
                    archive.members.clear()  # type: ignore[attr-defined]  # or every header stays in memory
                    if number > MOST_ENTRIES or entry.offset_data + entry.size > most:
                        yield Unreadable(self.name, "it is packed tighter than pictures are")
                        return
                    path = clean_path(entry.name)
                    if path is None:
                        yield Unreadable(self.name / "…", "its path leads out of the archive")
                    elif entry.isreg() and not entry.issparse():
                        yield Member(path, entry.size, _clock(entry.mtime)), _tar_opener(archive, entry)
        except DAMAGED as error:
            yield Unreadable(self.name, f"the archive is damaged: {error}")
        except OSError as error:
            yield Unreadable(self.name, error.strerror or f"the archive is damaged: {error}")


class _Header(tarfile.TarInfo):
    """A header whose long names and attributes may not take all memory."""

    def _proc_member(self, archive: tarfile.TarFile) -> Any:
        if not self.isreg() and self.size > LARGEST_HEADER:
            raise tarfile.ReadError("a header is too large")
        return super()._proc_member(archive)  # type: ignore[misc]


def _refused(entry: zipfile.ZipInfo) -> str:
    """Why an entry of a zip archive is not read; empty where it is."""
    mode = entry.external_attr >> 16
    if clean_path(entry.filename) is None:
        return "its path leads out of the archive"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "it is no plain file"
    if entry.flag_bits & 0x1:
        return "it is locked by a password"
    if entry.file_size > entry.compress_size * TIGHTEST + SLACK:
        return "it is packed tighter than pictures are"
    return ""


def _overlapping(entries: list[zipfile.ZipInfo]) -> set[int]:
    """Entries that have bytes in common with others: few bytes that are made to look like many files."""
    found = set()
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    for entry, following in itertools.pairwise(ordered):
        if entry.header_offset + 30 + entry.compress_size > following.header_offset:
            found |= {id(entry), id(following)}
    return found


def _in_export(path: PurePosixPath) -> PurePosixPath:
    """The path as the export has it, wherever a part was unpacked; a second folder `Takeout` gets a number."""
    for place, name in enumerate(path.parts):
        if _TAKEOUT.fullmatch(name):
            return PurePosixPath("Takeout", *path.parts[place + 1 :])
    return path


def _opener(file: Path) -> Callable[[], IO[bytes]]:
    return lambda: open(file, "rb")


def _zip_opener(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: archive.open(entry)


def _tar_opener(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> Callable[[], IO[bytes]]:
    def opened() -> IO[bytes]:
        file = archive.extractfile(entry)
        assert file is not None
        return file

    return opened


def read_small(visit: Visit) -> bytes | None:
    """The content of a small file; None where it is larger than such files are. Raises as reading does."""
    member, opened = visit
    if member.size > LARGEST:
        return None
    with opened() as file:
        return file.read(LARGEST + 1)


def copy_out(visit: Visit, target: Path) -> None:
    """Write a file of an archive to `target`: exactly as many bytes as its header says; OSError otherwise."""
    member, opened = visit
    left = member.size
    with opened() as source, open(target, "xb") as file:
        while block := source.read(min(CHUNK, left + 1)):
            left -= len(block)
            if left < 0:
                break
            file.write(block)
    if left:
        raise OSError(f"it does not have the {member.size} bytes that its header says")


def _clock(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds)
    except (ValueError, OverflowError, OSError):
        return None


def _date(values: tuple[int, ...]) -> datetime | None:
    try:
        year, month, day, hour, minute, second = values[:6]
        return datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
