"""`Expect: 100-continue` as it is meant: the word to go on is said when an application asks for the body, not before.

Hypercorn says it as soon as it has read the headers, so that who is refused sends everything first.
"""

from __future__ import annotations

from typing import Any

import h11
import hypercorn.protocol
from hypercorn.protocol.h11 import H11Protocol


class PatientProtocol(H11Protocol):
    """HTTP/1.1 whose clients wait until their bodies are wanted."""

    def __init__(self, app: Any, config: Any, *rest: Any) -> None:
        asking: Any = _Asking(app, self)
        super().__init__(asking, config, *rest)
        self.connection = _Silent(h11.SERVER, max_incomplete_event_size=config.h11_max_incomplete_size)

    async def invite(self) -> None:
        """Tell a client that waits for it to send its body."""
        connection = self.connection
        if (
            getattr(connection, "client_is_waiting_for_100_continue", False)
            and connection.our_state is h11.SEND_RESPONSE
        ):
            headers = self.config.response_headers("h11")
            await self._send_h11_event(h11.InformationalResponse(status_code=100, headers=headers))


class _Silent(h11.Connection):
    """Hides from Hypercorn that a client waits."""

    @property
    def they_are_waiting_for_100_continue(self) -> bool:
        return False


class _Asking:
    """The application, whose first wish for the body invites the client to send it."""

    def __init__(self, app: Any, protocol: PatientProtocol) -> None:
        self._app = app
        self._protocol = protocol

    async def __call__(self, scope: Any, receive: Any, send: Any, *rest: Any) -> None:
        async def asked() -> Any:
            await self._protocol.invite()
            return await receive()

        await self._app(scope, asked, send, *rest)


def install() -> None:
    """Let servers that start from now on be patient."""
    setattr(hypercorn.protocol, "H11Protocol", PatientProtocol)  # noqa: B010 - a name that it does not export
