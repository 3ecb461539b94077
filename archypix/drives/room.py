"""The services of drives, made once and shared by the API, the WebDAV face and the loops."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from archypix.core.database import Database
from archypix.core.loops import every
from archypix.drives.brake import Brake
from archypix.drives.locks import Locks, LockService
from archypix.drives.properties import Properties
from archypix.drives.scraps import Scraps
from archypix.drives.tokens import DriveTokens
from archypix.drives.undo import Undo
from archypix.operations.service import OperationService
from archypix.storage.interface import Storage

SWEEP_SECONDS = 60.0
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Drives:
    """Everything that drives need beside hierarchies. What was undoable is forgotten after `days` days."""

    tokens: DriveTokens
    brake: Brake
    locks: Locks
    held: LockService
    properties: Properties
    scraps: Scraps
    undo: Undo
    days: int

    @classmethod
    def on(
        cls, database: Database, storage: Storage, operations: OperationService, *, origin: str, days: int
    ) -> Drives:
        """The services of a server that clients reach at `origin`."""
        return cls(
            tokens=DriveTokens(database, origin=origin),
            brake=Brake(database),
            locks=Locks(),
            held=LockService(database),
            properties=Properties(),
            scraps=Scraps(database, storage),
            undo=Undo(database, operations),
            days=days,
        )

    @property
    def services(self) -> tuple[object, ...]:
        """What views ask for."""
        return (self.tokens, self.brake, self.held, self.undo)

    @property
    def loops(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """What runs beside the server."""
        return {
            "locks of drives": every(SWEEP_SECONDS, self.held.sweep),
            "scraps of drives": every(SWEEP_SECONDS, self.scraps.sweep),
            "deeds on drives": every(HOUR, self.brake.sweep),
            "revoked drives": every(HOUR, self._forget_revoked),
        }

    async def _forget_revoked(self) -> None:
        await self.tokens.sweep(self.days)
