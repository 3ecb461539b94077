"""Local actors: found or made on first need, their keys, their end."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from archypix.accounts.models import Actor
from archypix.accounts.store import audit
from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict, Invalid, NotFound, Unavailable
from federation.actors import avatars_store, store
from federation.actors.document import actor_document
from federation.actors.keys import CannotOpen, KeySafe, make_keys
from federation.actors.models import Kind, LocalActor, NewKeys, SealedKey
from federation.actors.speaking import Speaker
from federation.addresses import INSTANCE_NAME, SLUG_WHOLE, Addresses
from federation.documents.terms import PUBLIC
from federation.outbound.models import Signer
from federation.signatures.models import PrivateKey

SIGNERS = 1000
# Another server on the same database may have changed the key; what it signs meanwhile is refused and sent again.
SIGNER_SECONDS = 15.0
# Longer than anything is tried to be delivered.
KEYS_KEPT_AFTER_DELETION = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A signer, the row of its key, and until when it need not be asked whether that is still the one."""

    signer: Signer
    row: int
    until: float


class ActorService:
    """The actors of this server. `speaker` is set by who makes the outbox, which stands on this room."""

    def __init__(self, database: Database, addresses: Addresses, master: bytes) -> None:
        self._database = database
        self.addresses = addresses
        self._safe = KeySafe(master)
        self._signers: OrderedDict[int, _Kept] = OrderedDict()
        # Keys are made one after the other, so that strangers who look at many new people cannot take all cores.
        self._making = asyncio.Lock()
        self.speaker: Speaker | None = None

    async def start(self) -> None:
        """Let the addresses of all actors begin with the identity domain that is set."""
        async with self._database.connection() as connection:
            await store.rebase(connection, self.addresses.base, self.addresses.instance)

    # Finding

    async def of_account(self, account_id: int) -> LocalActor:
        """The actor of a person, made where there is none yet; `NotFound` where the account is deleted."""
        async with self._database.connection() as connection:
            found = await store.of_account(connection, account_id)
            if found is not None:
                return found
            name = await store.name_of_account(connection, account_id)
        if name is None:
            raise NotFound("This account is gone.")
        return await self._make("person", account_id, name, self.addresses.person(name))

    async def of_name(self, name: str) -> LocalActor | None:
        """The actor of the person called `name`, made on first need; deleted ones say so. None: nobody is called so.

        `Unavailable` for whoever lives at another server of the domain by now, or is on the way here: where to ask is
        for others to find out again, and nothing must tell them that there is nobody.
        """
        async with self._database.connection() as connection:
            found = await store.of_person(connection, name)
            account_id = await store.account_of(connection, name) if found is None else None
        if found is not None or account_id is None:
            return _at_home(found)
        return await self._make("person", account_id, name, self.addresses.person(name))

    async def collection(self, name: str, slug: str) -> LocalActor | None:
        """The actor of a public tag of the person called `name`; deleted ones say so. Raises as `of_name`."""
        async with self._database.connection() as connection:
            found = await store.collection(connection, name, slug)
            # Of somebody who is elsewhere, it is not for us to say what there is.
            return _at_home(found or await store.of_person(connection, name)) and found

    async def instance(self) -> LocalActor:
        """The actor of the server itself, made on first need."""
        async with self._database.connection() as connection:
            found = await store.instance(connection)
        return found or await self._make("instance", None, INSTANCE_NAME, self.addresses.instance)

    async def by_uri(self, uri: str) -> LocalActor | None:
        """The actor whose id is exactly `uri`; deleted ones say so."""
        place = self.addresses.place(uri)
        if place is None or place.rest:
            return None
        found = await self._at(place.name, place.slug)
        return found if found is not None and found.uri == uri else None

    async def owner_of(self, uri: str) -> LocalActor | None:
        """The actor below whose address `uri` lies, such as that of a followers collection or of an activity."""
        place = self.addresses.place(uri)
        return None if place is None else await self._at(place.name, place.slug)

    async def _at(self, name: str | None, slug: str | None) -> LocalActor | None:
        if name is None:
            return await self.instance()
        return await self.of_name(name) if slug is None else await self.collection(name, slug)

    async def by_id(self, actor_id: int) -> LocalActor | None:
        """The actor with this id; deleted ones say so."""
        async with self._database.connection() as connection:
            return await store.by_id(connection, actor_id)

    # Making

    async def _make(self, kind: Kind, account_id: int | None, name: str, uri: str) -> LocalActor:
        keys = await self.make_keys()
        async with self._database.transaction() as connection:
            made = await store.insert(connection, kind, account_id=account_id, slug=None, name=name, uri=uri)
            if made is not None:
                await store.insert_keys(connection, self._safe, made, keys)
        async with self._database.connection() as connection:
            found = await (
                store.instance(connection) if account_id is None else store.of_account(connection, account_id)
            )
        if found is None:
            raise NotFound("This account is gone.")
        return found

    async def make_keys(self) -> NewKeys:
        """Keys for an actor that is about to be made; takes a tenth of a second and more, so never in a transaction."""
        async with self._making:
            return await make_keys()

    async def create_collection_actor(
        self,
        connection: Connection,
        account_id: int,
        slug: str,
        *,
        keys: NewKeys,
        display_name: str = "",
        summary: str = "",
    ) -> LocalActor:
        """The actor of a public tag, inside the transaction that makes the tag public; `keys` from `make_keys`.

        Raises `Invalid` for a slug that is none, `Conflict` (`slug_taken`) for one that is or was in use: other servers
        remember a deleted actor and take nothing from it any more.
        """
        if not SLUG_WHOLE.fullmatch(slug):
            raise Invalid(
                "A short name has at most 60 characters: a to z, 0 to 9, hyphens and underscores between them."
            )
        name = await store.name_of_account(connection, account_id)
        if name is None:
            raise NotFound("This account is gone.")
        made = await store.insert(
            connection, "collection", account_id=account_id, slug=slug, name=f"{name}.{slug}",
            uri=self.addresses.collection(name, slug), display_name=display_name, summary=summary,
        )  # fmt: skip
        if made is None:
            raise Conflict("This short name is taken, or was once.", code="slug_taken")
        await store.insert_keys(connection, self._safe, made, keys)
        actor = await store.by_id(connection, made)
        assert actor is not None
        return actor

    # Keys

    async def signer(self, actor_id: int) -> Signer:
        """What signs an actor's requests; `NotFound` without a key, `Unavailable` where the key cannot be opened."""
        kept = self._signers.get(actor_id)
        if kept is not None and kept.until > time.monotonic():
            self._signers.move_to_end(actor_id)
            return kept.signer
        async with self._database.connection() as connection:
            row = await store.current_key(connection, actor_id, "rsa")
        if row is None:
            raise NotFound("This actor has no key.")
        key_id = self.addresses.key(row.uri)
        if kept is not None and (kept.row, kept.signer.key_id) == (row.id, key_id):
            signer = kept.signer
        else:
            signer = Signer(self._open(row, key_id))
        self._signers[actor_id] = _Kept(signer, row.id, time.monotonic() + SIGNER_SECONDS)
        self._signers.move_to_end(actor_id)
        while len(self._signers) > SIGNERS:
            self._signers.popitem(last=False)
        return signer

    def _open(self, row: SealedKey, key_id: str) -> PrivateKey:
        try:
            return self._safe.open(row.actor_id, row.kind, key_id, row.sealed)
        except CannotOpen as error:
            raise Unavailable("A key of this server cannot be opened.", log_detail=str(error)) from error

    async def instance_signer(self) -> Signer:
        """What signs the requests of the server itself."""
        return await self.signer((await self.instance()).id)

    async def instance_key(self) -> PrivateKey:
        """The Ed25519 key of the server itself, by which it proves to others of its domain who it is."""
        actor = await self.instance()
        async with self._database.connection() as connection:
            row = await store.current_key(connection, actor.id, "ed25519")
        if row is None:
            raise NotFound("This actor has no key.")
        return self._open(row, self.addresses.assertion_key(row.uri))

    async def rotate(self, actor_id: int, *, announce: bool = True, by: Actor | None = None) -> LocalActor:
        """Give an actor new keys; followers are told unless not `announce`. `NotFound` for one that is deleted.

        Where it is said who did it, the audit log keeps that.
        """
        keys = await self.make_keys()
        async with self._database.transaction() as connection:
            if not await store.lock(connection, actor_id):
                raise NotFound("This actor is gone.")
            await store.retire_keys(connection, actor_id)
            await store.insert_keys(connection, self._safe, actor_id, keys)
            await store.change(connection, actor_id, {})
            actor = await store.by_id(connection, actor_id)
            assert actor is not None
            if announce:
                await self.announce(connection, actor)
            if by is not None:
                await audit.record(connection, by, "keys.rotated", actor.name)
        self._signers.pop(actor_id, None)
        return actor

    # Changing

    async def announce(self, connection: Connection, actor: LocalActor, *, also: Sequence[int] = ()) -> None:
        """Send the actor, as it is now, to its followers and the rows `also`; in the transaction that changed it."""
        activity = {"type": "Update", "to": [PUBLIC], "cc": [actor.followers_uri], "object": self.document(actor)}
        await self.tell(connection, actor, activity, also=also)

    async def change(self, actor_id: int, values: Mapping[str, Any]) -> LocalActor:
        """Set columns of an actor and tell its followers; the actor then. `NotFound` for one that is deleted."""
        async with self._database.transaction() as connection:
            return await self.change_within(connection, actor_id, values)

    async def change_within(
        self, connection: Connection, actor_id: int, values: Mapping[str, Any], *, also: Sequence[int] = ()
    ) -> LocalActor:
        """As `change`, inside the caller's transaction; the rows `also` are told as well."""
        if not await store.lock(connection, actor_id):
            raise NotFound("This actor is gone.")
        await store.change(connection, actor_id, values)
        actor = await store.by_id(connection, actor_id)
        assert actor is not None
        await self.announce(connection, actor, also=also)
        return actor

    async def account_changed(self, connection: Connection, account_id: int) -> None:
        """Tell followers that a person shows another name, or is (no longer) disabled."""
        actor = await store.of_account(connection, account_id)
        if actor is not None and not actor.deleted:
            await self.change_within(connection, actor.id, {})

    async def tell(
        self, connection: Connection, actor: LocalActor, activity: dict[str, Any], *, also: Sequence[int] = ()
    ) -> None:
        """Say something to those who follow an actor, and to the rows `also`, in the caller's transaction."""
        if self.speaker is not None:
            await self.speaker.tell_followers(connection, actor, activity, also=also)

    # Ending

    async def delete(self, connection: Connection, actors: Sequence[LocalActor]) -> None:
        """End actors inside the caller's transaction. Their addresses answer 410 for ever.

        Those who follow them, and those whom they follow, are told.
        """
        for actor in actors:
            followed = await store.followed_by(connection, actor)
            farewell = {"type": "Delete", "to": [PUBLIC], "object": actor.uri}
            await self.tell(connection, actor, farewell, also=followed)
        await store.mark_deleted(connection, [actor.id for actor in actors])

    async def account_deleted(self, connection: Connection, account_id: int) -> None:
        """End the actors of an account that goes, its collections first."""
        actors = await store.actors_of(connection, account_id)
        await self.delete(connection, sorted(actors, key=lambda actor: actor.kind == "person"))
        await avatars_store.delete_all(connection, account_id)

    async def sweep(self) -> None:
        """Erase private keys that sign nothing any more."""
        async with self._database.connection() as connection:
            await store.erase_keys_of_deleted(connection, KEYS_KEPT_AFTER_DELETION)

    # Showing

    def document(self, actor: LocalActor) -> dict[str, Any]:
        """The actor as other servers read it; a deleted one is a Tombstone."""
        return actor_document(actor, self.addresses)


def _at_home(actor: LocalActor | None) -> LocalActor | None:
    if actor is not None and actor.away:
        raise Unavailable("This person lives at another server of the domain.")
    return actor
