"""How much one file may cost: pixels, time, memory; and how a process is held to it."""

from __future__ import annotations

import resource
from dataclasses import dataclass

from archypix.media.errors import TooManyPixels

GIB = 1 << 30

# A process writes three thumbnails; nothing it makes comes near this.
MAX_OUTPUT_BYTES = 64 << 20
# Nor into larger files is metadata written. The file and its copy are in memory as they are.
MAX_WRITTEN_BYTES = 512 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one examination: pixels (width × height), seconds, and bytes of address space."""

    max_pixels: int = 400_000_000
    timeout: float = 120.0
    memory: int = 3 * GIB

    def check_pixels(self, width: int, height: int) -> None:
        """Raise `TooManyPixels` when a picture of this size may not be decoded. Call it before decoding."""
        if width * height > self.max_pixels:
            raise TooManyPixels(width, height, self.max_pixels)


def apply_rlimits(limits: Limits) -> None:
    """Hold this process, for good, to the memory and file size of `limits`, and forbid core files."""
    _lower(resource.RLIMIT_AS, limits.memory)
    _lower(resource.RLIMIT_FSIZE, MAX_WRITTEN_BYTES + MAX_OUTPUT_BYTES)
    allow_output(MAX_OUTPUT_BYTES)
    _lower(resource.RLIMIT_CORE, 0)


def allow_cpu_for_next_file(limits: Limits) -> None:
    """Let this process use `limits.timeout` more seconds of CPU before the kernel ends it with SIGXCPU.

    Only the soft limit moves: a process may not raise its hard limit again for the file after.
    """
    usage = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(usage.ru_utime + usage.ru_stime + limits.timeout) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds if hard == resource.RLIM_INFINITY else min(seconds, hard), hard))


def allow_output(most: int) -> None:
    """Let this process write files of up to `most` bytes, until it is called again."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _lower(kind: int, most: int) -> None:
    hard = resource.getrlimit(kind)[1]
    value = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (value, value))
