"""How fast time passes for what waits: back-off, leases, quiet times. Tests of trouble have no days to spend."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """`scale` is 1, or less in tests: every wait of minutes, hours and days is that much shorter."""

    scale: float = 1.0

    def seconds(self, usual: float, *, least: float = 0.0) -> float:
        """A wait of `usual` seconds at this pace; `least` where a shorter one would break something."""
        return usual if self.scale == 1.0 else max(usual * self.scale, min(least, usual))


USUAL = Pace()
