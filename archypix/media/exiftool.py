"""ExifTool, where it is installed: it puts metadata blocks into HEIC and AVIF files."""

from __future__ import annotations

import ctypes
import shutil
import signal
import subprocess
from pathlib import Path

from archypix.media.blocks import Blocks
from archypix.media.boxes import Malformed

SECONDS = 60.0
_PR_SET_PDEATHSIG = 1
_EXIF, _XMP = "exif.bin", "xmp.bin"
# The file's name is ours: nothing that a stranger chose is ever an argument.
_ARGUMENTS = ("-config", "", "-q", "-q", "-overwrite_original")


def find() -> str | None:
    """Where ExifTool is; None where it is not installed."""
    return shutil.which("exiftool")


def write_blocks(tool: str, path: Path, new: Blocks) -> None:
    """Put blocks into a HEIC or AVIF file in place, in a folder that is this call's own; without XMP it loses its own.

    Raises `Malformed` when it cannot.
    """
    arguments = []
    for name, tag, content in ((_EXIF, "EXIF", new.exif), (_XMP, "XMP", new.xmp)):
        if content is not None:
            (path.parent / name).write_bytes(content)
            arguments.append(f"-{tag}<={name}")
        elif tag == "XMP":
            arguments.append("-XMP:all=")
    try:
        done = subprocess.run(
            [tool, *_ARGUMENTS, *arguments, path.name],
            cwd=path.parent,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(path.parent)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            preexec_fn=_die_with_parent,
        )
    except subprocess.TimeoutExpired as problem:
        raise Malformed("ExifTool takes too long") from problem
    if done.returncode != 0:
        raise Malformed("ExifTool cannot write it")


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
