"""What people set of how other servers see them: words, portrait, earlier and later homes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from archypix.accounts import rules
from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict, Fault, Invalid, NotFound, Unavailable
from archypix.core.ids import new_id
from archypix.pictures import rows_store
from archypix.storage.interface import Storage
from archypix.storage.keys import Variant, thumbnail_key
from federation.actors import avatars_store
from federation.actors.models import Avatar, LocalActor, Property
from federation.actors.portraits import LARGEST_SOURCE, Square, portrait_of
from federation.actors.service import ActorService
from federation.documents.origins import origin
from federation.outbound.errors import FetchError
from federation.outbound.models import Budget
from federation.remote.models import RemoteActor

LONGEST_SUMMARY = 2000
PROPERTIES = 8
LONGEST_PROPERTY = (100, 500)
HOMES = 10
# Characters of an address as others may have it in a document (RFC 3986), so that nobody stumbles over it.
PLAIN_ADDRESS = re.compile(r"[!#$%&'()*+,./0-9:;=?@A-Z_a-z~\[\]-]{1,2048}")
FETCHES, SECONDS = 6, 12.0


class Resolver(Protocol):
    """The part of `RemoteActors` that is used here."""

    async def resolve(self, handle: str, *, budget: Budget | None = None) -> RemoteActor: ...

    async def get(self, uri: str, *, fresh: bool = False, budget: Budget | None = None) -> RemoteActor: ...


class ProfileService:
    """Changes actors on behalf of the people they belong to. Followers are told in the same transaction."""

    def __init__(
        self, database: Database, storage: Storage, actors: ActorService, remote: Resolver | None = None
    ) -> None:
        self._database = database
        self._storage = storage
        self._actors = actors
        self._remote = remote

    async def read(self, account_id: int) -> LocalActor:
        """The person's actor."""
        return await self._actors.of_account(account_id)

    async def change(self, account_id: int, values: Mapping[str, Any]) -> LocalActor:
        """Set those of `summary`, `properties`, `also_known_as`, `discoverable`, `approves_followers` and
        `shows_network` that are given, all or none.

        `also_known_as` are accounts elsewhere that are this person's too: handles or ids of actors, at most ten, in
        place of all that were named before. Handles are looked up. `Invalid` names what is too long, holds control
        characters, or leads nowhere.
        """
        actor = await self._actors.of_account(account_id)
        columns = dict(values)
        if "summary" in columns:
            columns["summary"] = _paragraphs(columns["summary"])
        if "properties" in columns:
            columns["properties"] = _properties(columns["properties"])
        if "also_known_as" in columns:
            columns["also_known_as"] = await self._homes(columns["also_known_as"])
        return await self._actors.change(actor.id, columns) if columns else actor

    # Portraits

    async def show_picture(self, account_id: int, picture_id: UUID, square: Square | None = None) -> LocalActor:
        """Make a portrait of a picture of the person's own library; a copy, which stays when the picture goes.

        `square` is the part of it that is shown; without it the middle.

        `NotFound`; `Conflict` (`received_picture`) for what others share, (`not_ready`) while it has no thumbnails.
        """
        actor = await self._actors.of_account(account_id)
        async with self._database.connection() as connection:
            picture = await rows_store.find(connection, account_id, picture_id=picture_id)
        if picture is None:
            raise NotFound("There is no picture with this id.")
        if picture.origin_uri is not None:
            raise Conflict("This picture is another person's.", code="received_picture")
        if not picture.has_thumbnails:
            raise Conflict("This picture has no thumbnails (yet).", code="not_ready")
        size: Variant = "medium" if square is None else "large"
        content = await portrait_of(await self._read(thumbnail_key(picture.blob_id, size)), square)
        avatar = Avatar(new_id(), "image/jpeg", content)
        async with self._database.transaction() as connection:
            await avatars_store.insert(connection, account_id, avatar)
            return await self._replace_avatar(connection, actor, avatar.id)

    async def show_no_picture(self, account_id: int) -> LocalActor:
        """Take the portrait away."""
        actor = await self._actors.of_account(account_id)
        async with self._database.transaction() as connection:
            return await self._replace_avatar(connection, actor, None)

    async def avatar(self, avatar_id: UUID) -> Avatar:
        """A portrait that somebody shows; `NotFound`."""
        async with self._database.connection() as connection:
            found = await avatars_store.find(connection, avatar_id)
        if found is None:
            raise NotFound("There is no such portrait (any more).")
        return found

    async def _replace_avatar(self, connection: Connection, actor: LocalActor, avatar_id: UUID | None) -> LocalActor:
        changed = await self._actors.change_within(connection, actor.id, {"avatar_id": avatar_id})
        assert actor.account_id is not None
        await avatars_store.delete_unused(connection, actor.account_id)
        return changed

    async def _read(self, key: str) -> bytes:
        reader = await self._storage.open(key)
        try:
            if reader.info.size > LARGEST_SOURCE:
                raise Invalid("Nothing can be made of this picture.")
            return b"".join([chunk async for chunk in reader.chunks()])
        finally:
            await reader.close()

    # Homes

    async def _homes(self, homes: Sequence[str]) -> list[str]:
        if len(homes) > HOMES:
            raise _fault("also_known_as", f"At most {HOMES} other accounts.")
        budget = Budget(FETCHES * HOMES, SECONDS)
        uris = [await self._home(home, f"also_known_as.{at}", budget) for at, home in enumerate(homes)]
        return list(dict.fromkeys(uris))

    async def _home(self, home: str, path: str, budget: Budget) -> str:
        if not home.startswith(("https://", "http://")):
            return (await self._resolve(home, path, budget)).uri
        try:
            origin(home)
            fits = PLAIN_ADDRESS.fullmatch(home)
        except ValueError:
            fits = None
        if fits is None:
            raise _fault(path, "This is no address of an account.")
        return home

    async def _resolve(self, handle: str, path: str, budget: Budget) -> RemoteActor:
        if self._remote is None:
            raise Unavailable("Other servers cannot be asked.")
        try:
            return await self._remote.resolve(handle, budget=budget)
        except Invalid as error:
            raise _fault(path, error.detail) from None
        except FetchError as error:
            raise _fault(path, "This account cannot be found.") from error


def _paragraphs(text: str) -> str:
    """Text of several lines; `Invalid` where it is too long or holds control characters other than line ends."""
    normal = unicodedata.normalize("NFC", text[: LONGEST_SUMMARY * 4]).replace("\r\n", "\n").strip()
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in normal if character != "\n"):
        raise _fault("summary", "Control characters are not allowed here.")
    if len(normal) > LONGEST_SUMMARY:
        raise _fault("summary", f"At most {LONGEST_SUMMARY} characters.")
    return normal


def _properties(items: Sequence[Property]) -> list[dict[str, str]]:
    """Lines of a profile as their column has them; `Invalid` names the one that is too long."""
    if len(items) > PROPERTIES:
        raise _fault("properties", f"At most {PROPERTIES} lines.")
    longest_name, longest_value = LONGEST_PROPERTY
    return [
        {
            "name": rules.line(item.name, path=f"properties.{at}.name", least=1, most=longest_name),
            "value": rules.line(item.value, path=f"properties.{at}.value", most=longest_value),
        }
        for at, item in enumerate(items)
    ]


def _fault(path: str, detail: str) -> Invalid:
    return Invalid(detail, faults=(Fault(path, detail),))
