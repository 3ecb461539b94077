"""Following people on any server, and those who follow people here: the rules, without HTTP."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.errors import ArchypixError, Conflict, Fault, Forbidden, Invalid, NotFound
from archypix.events.store import emit
from archypix.notices.service import withdraw
from archypix.pictures.cursor import Position, encode_cursor, fingerprint
from federation.actors.models import LocalActor
from federation.actors.service import ActorService
from federation.follows import followers_store, handles, store
from federation.follows.models import REQUESTED, Follow, Follower, Found
from federation.follows.paging import behind
from federation.follows.ties import Ties
from federation.moderation.models import Verdict
from federation.outbound.errors import Denied, FetchError, Gone, Refused, Unreachable
from federation.outbound.models import Budget
from federation.remote.models import RemoteActor
from federation.remote.service import RemoteActors

MOST_FOLLOWS = 5_000
# What looking for one handle may cause: WebFinger and actor, each perhaps by way of another host, and keys.
LOOKUP_FETCHES = 8
LOOKUP_SECONDS = 15.0
LONGEST_HANDLE = 2_048


class FollowService:
    """Follows of every account. `verdict` is what moderation says of a host."""

    def __init__(
        self,
        database: Database,
        actors: ActorService,
        remote: RemoteActors,
        ties: Ties,
        *,
        verdict: Callable[[str], Verdict],
    ) -> None:
        self._database = database
        self._actors = actors
        self._remote = remote
        self._ties = ties
        self._verdict = verdict

    # Following

    async def follow(self, account_id: int, handle: str) -> tuple[Follow, bool]:
        """Follow `@name@host` (other forms and addresses of profiles too); (the follow, whether it is new).

        Sent again where it was not answered, or refused. `Invalid` for what is no handle or oneself, `NotFound` where
        nobody is called so, `Forbidden` (`host_blocked`), `Conflict` (`unreachable`, `moved`, `has_moved`, `blocked`,
        `too_many`).
        """
        person = await self._actors.of_account(account_id)
        if person.moved_to is not None:
            raise Conflict("You have moved to another account: follow from there.", code="has_moved")
        found = await self._find(handle)
        if found.uri == person.uri:
            raise Invalid("This is you.", faults=(Fault("handle", "Nobody follows themselves."),), code="oneself")
        if found.moved_to is not None:
            raise Conflict(f"This account has moved to {found.moved_to}.", code="moved")
        return await self._ask(person, found)

    async def look(self, account_id: int, handle: str) -> Found:
        """Who is called so, without doing anything to them. Raises as `follow` does where nobody can be found."""
        person = await self._actors.of_account(account_id)
        found = await self._find(handle)
        async with self._database.transaction() as connection:
            profile = await store.profile_of(connection, await self._row(connection, found))
        return Found(profile, is_me=found.uri == person.uri, is_local=isinstance(found, LocalActor))

    async def _find(self, handle: str) -> LocalActor | RemoteActor:
        local = handles.local_name(_checked(handle), self._ties.addresses)
        if local is not None:
            return await self._local(local)
        return await self._resolve(handles.whole(handle, self._ties.addresses))

    async def _local(self, name: str) -> LocalActor:
        user, _, slug = name.partition(".")
        actor = await (self._actors.collection(user, slug) if slug else self._actors.of_name(user))
        if actor is None or actor.deleted or actor.suspended:
            raise _nobody()
        return actor

    async def _resolve(self, handle: str) -> RemoteActor:
        host = handles.host(handle)
        if host is not None and self._verdict(host) == "blocked":
            raise _blocked()
        try:
            found = await self._remote.resolve(handle, budget=Budget(LOOKUP_FETCHES, LOOKUP_SECONDS))
        except FetchError as error:
            raise _trouble(error) from error
        if self._verdict(found.host) == "blocked":
            raise _blocked()
        if found.gone:
            raise _nobody()
        return found

    async def _ask(self, person: LocalActor, found: LocalActor | RemoteActor) -> tuple[Follow, bool]:
        assert person.account_id is not None
        async with self._database.transaction() as connection:
            row = await self._row(connection, found)
            if await store.is_blocked(connection, person.account_id, row):
                raise Conflict("You have blocked this account.", code="blocked")
            row_id, is_new = await self._ties.ask(connection, person, row)
            if is_new and await store.count_follows(connection, person.account_id) > MOST_FOLLOWS:
                raise Conflict(f"{MOST_FOLLOWS} follows are the most.", code="too_many")
            follow = await store.follow(connection, person.account_id, row_id)
        assert follow is not None
        return follow, is_new

    async def _row(self, connection: Connection, found: LocalActor | RemoteActor) -> int:
        if isinstance(found, LocalActor):
            return await self._ties.row_of(connection, found)
        return await self._remote.row(connection, found)

    async def follows(
        self, account_id: int, *, state: str | None, cursor: str | None, limit: int
    ) -> tuple[list[Follow], str | None]:
        """A page of those whom the account follows, the latest first, and the cursor of the next."""
        mark = fingerprint({"account": account_id, "list": "follows", "state": state})
        after = None if cursor is None else behind(cursor, mark)
        async with self._database.connection() as connection:
            found = await store.follows(connection, account_id, state, after, limit + 1)
        return _page(found, mark, limit)

    async def one(self, account_id: int, follow_id: UUID) -> Follow:
        """One whom the account follows; `NotFound`."""
        async with self._database.connection() as connection:
            found = await store.follow(connection, account_id, follow_id)
        if found is None:
            raise NotFound("You follow nobody with this id.")
        return found

    async def unfollow(self, account_id: int, follow_id: UUID) -> None:
        """Follow somebody no longer, and tell them; `NotFound`."""
        person = await self._actors.of_account(account_id)
        async with self._database.transaction() as connection:
            row = await store.lock_follow(connection, account_id, follow_id)
            if row is None:
                raise NotFound("You follow nobody with this id.")
            await self._ties.withdraw(connection, person, row)

    # Being followed

    async def followers(
        self, account_id: int, *, of: str | None, state: str | None, cursor: str | None, limit: int
    ) -> tuple[list[Follower], str | None]:
        """A page of those who follow the person, or the collection `of`, the latest first, and the next cursor."""
        name = of if of is not None else (await self._actors.of_account(account_id)).name
        if "\0" in name:
            raise Invalid("There is no such name.", faults=(Fault("of", "No NUL."),))
        mark = fingerprint({"account": account_id, "list": "followers", "state": state, "of": name})
        after = None if cursor is None else behind(cursor, mark)[1]
        async with self._database.connection() as connection:
            found = await followers_store.followers(connection, account_id, name, state, after, limit + 1)
        return _page(found, mark, limit)

    async def accept(self, account_id: int, follower_id: UUID) -> Follower:
        """Let somebody who asked follow, and tell them; nothing where they follow already. `NotFound`."""
        async with self._database.transaction() as connection:
            row = await followers_store.lock_follower(connection, account_id, follower_id)
            if row is None:
                raise _no_follower()
            if row.state == "pending":
                await self._ties.accept(connection, await self._ties.actor(connection, row.actor_id), row)
                await withdraw(connection, account_id, REQUESTED, str(row.id))
                await emit(
                    connection, account_id, "follower.added", {"id": str(row.id), "actor": row.remote_uri[:1000]}
                )
            found = await followers_store.follower(connection, account_id, follower_id)
        assert found is not None
        return found

    async def remove(self, account_id: int, follower_id: UUID) -> None:
        """Let somebody follow no longer, or not at all, and tell them; `NotFound`."""
        async with self._database.transaction() as connection:
            row = await followers_store.lock_follower(connection, account_id, follower_id)
            if row is None:
                raise _no_follower()
            await self._ties.reject(connection, await self._ties.actor(connection, row.actor_id), row)
            await withdraw(connection, account_id, REQUESTED, str(row.id))


def _page(found: list, mark: str, limit: int) -> tuple[list, str | None]:  # type: ignore[type-arg]
    """The first `limit` rows and the cursor behind them; there is one row more where another page follows."""
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], encode_cursor(Position(last.created_at, last.id), mark)


def _checked(handle: str) -> str:
    if len(handle) > LONGEST_HANDLE or any(
        ord(character) < 32 or 0xD800 <= ord(character) < 0xE000 for character in handle
    ):
        raise Invalid("This is no handle.", faults=(Fault("handle", "As in @name@example.org."),), code="bad_handle")
    return handle


def _trouble(error: FetchError) -> ArchypixError:
    """What a person is told when somebody could not be looked up."""
    if isinstance(error, Gone):
        return _nobody()
    if isinstance(error, Denied):
        return Conflict("That server does not tell us about this account.", code="refused", log_detail=error.detail)
    if isinstance(error, Unreachable):
        return Conflict(
            "That server does not answer now. Try again later.", code="unreachable", log_detail=error.detail
        )
    if isinstance(error, Refused):
        return Forbidden("This server does not ask there.", code="host_refused", log_detail=error.detail)
    return Conflict("What that server answers cannot be read.", code="misbehaved", log_detail=error.detail)


def _nobody() -> NotFound:
    return NotFound("Nobody can be found under this handle.")


def _no_follower() -> NotFound:
    return NotFound("No follower has this id.")


def _blocked() -> Forbidden:
    return Forbidden("This server has nothing to do with that one.", code="host_blocked")
