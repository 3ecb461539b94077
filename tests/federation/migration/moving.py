"""What stories of moves have in common: a person with a password, and the way from one account to the other."""

from __future__ import annotations

from typing import Any

from archypix.accounts.administration import AdministrationService
from archypix.accounts.models import COMMAND_LINE
from archypix.accounts.passwords import Passwords
from tests.federation.sharing.houses import House, Somebody, until

PASSWORD = "correct horse battery"


async def with_password(house: House, name: str) -> Somebody:
    """A new person who can confirm what they do."""
    person = await house.person(name)
    passwords = Passwords(memory_kib=8, passes=1)
    administration = AdministrationService(house.site.database, passwords)
    await administration.reset_password(COMMAND_LINE, name, PASSWORD)
    passwords.close()
    return person


async def name_alias(new: Somebody, old: Somebody) -> None:
    """The new account says that the old one is its own too."""
    changed = await new.send("PATCH", "/account/profile", {"also_known_as": [old.uri]})
    assert changed["also_known_as"] == [old.uri]


async def move(old: Somebody, new: Somebody) -> None:
    """Move from one account to the other, as a person would."""
    await name_alias(new, old)
    moved = await old.send("POST", "/account/move", {"target": new.handle, "password": PASSWORD})
    assert moved["moved_to"] == new.uri


async def knows_of_move(house: House, old: Somebody, new: Somebody) -> None:
    """Wait until a server has heard of it."""

    async def heard() -> bool:
        target = await house.site.sql("SELECT moved_to FROM remote_actors WHERE uri = $1", old.uri)
        return bool(target == new.uri)

    await until(heard, f"{house.site.url} hears that {old.handle} moved")


async def notices(person: Somebody, kind: str) -> list[dict[str, Any]]:
    """What a person was told of this kind."""
    return [one["data"] for one in (await person.get("/notices"))["items"] if one["kind"] == kind]


async def told(person: Somebody, kind: str) -> dict[str, Any]:
    """The first notice of this kind, once it is there."""

    async def look() -> list[dict[str, Any]]:
        return await notices(person, kind)

    return (await until(look, f"{person.handle} is told {kind}"))[0]
