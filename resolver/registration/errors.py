"""What can go wrong when somebody registers, beyond what a backend's registration knows."""

from __future__ import annotations

from archypix.core.errors import Unavailable


class NoRoom(Unavailable):
    """No backend may take anybody at this moment."""

    code = "no_room"

    def __init__(self) -> None:
        super().__init__("No server of this domain takes new people at this moment. Try again later.", retry_after=60.0)


class NotYet(Unavailable):
    """No backend could finish it; nothing is left of it."""

    code = "not_registered"

    def __init__(self, *, log_detail: str | None = None) -> None:
        super().__init__(
            "No server could make the account at this moment. Nothing was kept: try again.",
            log_detail=log_detail,
            retry_after=10.0,
        )
