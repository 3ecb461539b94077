"""What the inbox asks of the rooms below it: handlers of activities, and answers to whether something concerns us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from archypix.core.database import Connection
from federation.documents.synchronization import Synchronization

if TYPE_CHECKING:
    from collections.abc import Sequence

    from federation.actors.models import LocalActor
    from federation.outbound.client import Budget
    from federation.remote.models import RemoteActor


class Denied(Exception):
    """An activity is refused: `status` is a 4xx, `detail` one sentence that its sender may see."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class Postponed(Exception):
    """An activity cannot be applied yet; it is tried again after the usual back-off, a bounded number of times."""

    def __init__(self, reason: str, *, after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


@dataclass(frozen=True, slots=True)
class Inbound:
    """One activity whose signature and origins hold.

    `types` are the activity's types, those of our own included (`["Offer", "apx:Share"]`); `type` is the first.
    `object_id` is the id of its object: the first, where there are several; `object_ids` has all. `object` is the
    embedded object, and only if it may be believed: its id has the actor's origin, and whoever owns it (`attributedTo`,
    `actor`, or its own id for an actor) is the actor. Otherwise it is None, and a handler that needs it fetches
    `object_id` in `prepare`. `raw_object` is what was sent, to be read for nothing but ids. `recipients` are all ids
    that the activity is addressed to. `target` is the local actor whose inbox it was posted to, None for the shared
    inbox. `actor_row` is the actor's row in `remote_actors`; in `check`, which runs before anything is stored, it is 0
    for an actor that was not known before. `budget` bounds what is fetched because of this activity. `synchronization`
    is what its sender said beside it of a collection, covered by the signature; None in `check`.
    """

    activity: dict[str, Any]
    id: str
    type: str
    types: tuple[str, ...]
    actor: RemoteActor
    actor_row: int
    object_id: str | None
    object_ids: tuple[str, ...]
    object: dict[str, Any] | None
    raw_object: dict[str, Any] | None
    recipients: frozenset[str]
    target: LocalActor | None
    budget: Budget
    received_at: datetime
    synchronization: Synchronization | None = None


class Handler:
    """Takes activities of some types. Subclass it, and give it to the inbox at assembly.

    Several handlers may have the same type: they are asked in the order in which they were given, until one says that
    the activity was its own.
    """

    types: frozenset[str] = frozenset()

    async def check(self, connection: Connection, inbound: Inbound) -> None:
        """Raise `Denied` where the actor may not do this (PROTOCOL §4.9).

        Asked before the answer: reads only, few and by key. What it lets through may have changed by the time of
        `apply`, which therefore asks again where it matters.
        """

    async def prepare(self, inbound: Inbound) -> Any:
        """Whatever must be fetched first; runs outside any transaction, and its result is given to `apply`.

        Remote trouble that may pass (`FetchError.retryable`) is tried again later; other `FetchError`s end the activity
        without effect, as `Denied` does.
        """

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        """The effects, in the transaction that marks the activity as done; False where it is not this handler's.

        No remote calls. `Denied` ends the activity without effect.
        """
        raise NotImplementedError


class Relevance(Protocol):
    """Knows whether an activity that names nobody here concerns us nevertheless (PROTOCOL §4.8)."""

    async def relevant(self, connection: Connection, inbound: Inbound) -> bool:
        """Whether to take it: its actor is followed from here, or it is about something held here. Reads by key."""
        ...


class Synchronizer(Protocol):
    """Keeps what others say of collections beside their activities."""

    async def heard(self, connection: Connection, actor_uri: str, account_id: int, said: Synchronization) -> None:
        """`actor_uri` said this to an account here. Called in the transaction in which the activity ends, whatever
        became of it, after its effects."""
        ...


class Held(Exception):
    """An activity concerns somebody who is about to move: it waits, and that counts as no attempt."""


class Elsewhere(Protocol):
    """Knows who of this server lives at another one of its domain by now, or is about to, and passes on what comes."""

    async def resident(self, path: str) -> LocalActor | None:
        """The actor who had the inbox `path` here; None where nobody had, `Denied` (410) where nothing is passed on."""
        ...

    async def is_leaving(self, uri: str) -> bool:
        """Whether a local actor is about to move, or just has: soon messages of theirs may come from outside."""
        ...

    async def concerns(self, uris: Sequence[str]) -> bool:
        """Whether one of these ids names somebody to whom messages are passed on. From memory, mostly."""
        ...

    async def take(
        self, connection: Connection, item: Any, uris: Sequence[str], sender: int
    ) -> tuple[frozenset[int], bool]:
        """Have an accepted activity (an `inbox.models.Leased`) passed on to all whom it concerns: which accounts those
        are, and whether it lay in an inbox of theirs, so that nobody here has to do with it.

        `uris` are the ids that it names, `sender` the actor's row. `Held` where somebody is about to move.
        """
        ...

    async def refuse_held(
        self, connection: Connection, item: Any, uris: Sequence[str], sender: int, passed: frozenset[int]
    ) -> None:
        """Return where nobody whom it concerns is about to move, or will be until this transaction ends, and none but
        the accounts `passed` have moved; else `Held`."""
        ...


class Followed(Protocol):
    """Knows who is followed from here: of limited servers, only those are heard."""

    async def followed(self, connection: Connection, actor_uri: str) -> bool:
        """Whether some account here follows `actor_uri`, or has asked to."""
        ...


class Severance(Protocol):
    """Ends what ties a person to somebody they block; moderation calls it in the transaction of the block."""

    async def sever(self, connection: Connection, account_id: int, remote_actor_id: int) -> None:
        """End the follows between the two, both ways, and tell the other through the outbox."""
        ...

    async def sever_host(self, connection: Connection, host: str, account_id: int | None) -> None:
        """End all follows between `account_id` (None: everybody here) and the people of `host`."""
        ...
