"""What people say of groups: carried out, remembered, and taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict, Fault, Invalid, NotFound
from archypix.core.ids import new_id
from archypix.duplicates import groups_store, neighbours_store, store, verdicts_store
from archypix.duplicates.models import Group, Judgement, Ruling, Verdict
from archypix.events.store import emit
from archypix.journal import store as journal
from archypix.pictures import trash_store
from archypix.pictures.locks import lock_library
from archypix.pictures.trash import tell
from archypix.pictures.trash_store import Moved

NO_GROUP = "There is no such group of duplicates."
NO_VERDICT = "There is no verdict on this group."
NOT_IN_GROUP = "This picture is not in the group."
TRASHED = "Duplicates put into the trash"
MERGED = "Tags of duplicates given to the picture that is kept"
RESTORED = "Duplicates restored from the trash"
UNMERGED = "Tags of duplicates taken back"
CHANGED = "duplicates.changed"


class VerdictService:
    """Carries out rulings on groups."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rule(self, owner_id: int, group_id: UUID, ruling: Ruling) -> int:
        """Carry out a ruling on the owner's group and remember it; how many pictures went into the trash.

        `NotFound` without the group; `Invalid` for a ruling that says nothing, or more than one thing, or names
        pictures that are not in the group.
        """
        judgement = _judgement(ruling)
        async with self._database.transaction() as connection:
            await neighbours_store.lock(connection, owner_id)
            await lock_library(connection, owner_id)
            group = await _group(connection, owner_id, group_id)
            _check(group, ruling)
            verdict = Verdict(new_id(), group_id, judgement)
            if ruling.trash:
                verdict = await _carry_out(connection, owner_id, verdict, ruling)
            judged = [*ruling.keep, *ruling.trash, *ruling.different, *ruling.same]
            await verdicts_store.add(connection, owner_id, verdict, judged)
            pairs = _pairs(ruling.different or ruling.same or ruling.keep)
            await verdicts_store.decide(connection, verdict.id, pairs, same=not ruling.different)
            if group.shown_id in ruling.trash:
                await groups_store.choose(connection, group_id, ruling.keep[0])
            await self._refresh(connection, owner_id, judged)
            return len(verdict.trashed_ids)

    async def undo(self, owner_id: int, group_id: UUID) -> int:
        """Take the last verdict on the owner's group back; how many pictures came out of the trash.

        What was removed for good meanwhile stays away. `NotFound` without the group, or a verdict on it.
        """
        async with self._database.transaction() as connection:
            await neighbours_store.lock(connection, owner_id)
            await lock_library(connection, owner_id)
            await _group(connection, owner_id, group_id)
            verdict = await verdicts_store.latest(connection, owner_id, group_id)
            if verdict is None:
                raise NotFound(NO_VERDICT)
            restored = await _take_back(connection, owner_id, verdict)
            judged = await verdicts_store.remove(connection, verdict.id)
            if verdict.shown_before is not None:
                await groups_store.choose(connection, group_id, verdict.shown_before, chosen=verdict.chosen_before)
            await self._refresh(connection, owner_id, judged)
            return restored

    async def choose(self, owner_id: int, group_id: UUID, picture_id: UUID) -> None:
        """Let a picture stand for its group; `NotFound` without the group, `Invalid` when it is not in it."""
        async with self._database.transaction() as connection:
            await neighbours_store.lock(connection, owner_id)
            group = await _group(connection, owner_id, group_id)
            faults = _strangers(group, "shown", [picture_id])
            if faults:
                raise Invalid("This picture cannot stand for the group.", faults=(Fault("shown", NOT_IN_GROUP),))
            await groups_store.choose(connection, group_id, picture_id)
            await emit(connection, owner_id, CHANGED, {})

    async def _refresh(self, connection: Connection, owner_id: int, judged: Sequence[UUID]) -> None:
        """A pair may be in a group of each kind; what is undecided changes in both."""
        await groups_store.refresh(connection, await groups_store.all_groups_of(connection, owner_id, judged))
        await emit(connection, owner_id, CHANGED, {})


async def _group(connection: Connection, owner_id: int, group_id: UUID) -> Group:
    group = await store.find(connection, owner_id, group_id)
    if group is None:
        raise NotFound(NO_GROUP)
    return group


async def _carry_out(connection: Connection, owner_id: int, verdict: Verdict, ruling: Ruling) -> Verdict:
    if ruling.merge_tags:
        operation = await journal.begin(connection, owner_id, "tags", MERGED)
        pictures, tags = await verdicts_store.merge_tags(connection, owner_id, ruling.keep, ruling.trash, operation)
        await journal.finish(connection, operation, len(set(pictures)))
        verdict = replace(verdict, tagged_pictures=pictures, tagged_tags=tags)
        if tags:
            await emit(connection, owner_id, "tags.changed", {"pictures": len(set(pictures))})
    operation = await journal.begin(connection, owner_id, "trash", TRASHED)
    moved = await trash_store.put_in(connection, owner_id, ruling.trash, operation)
    await journal.finish(connection, operation, moved.count)
    await tell(connection, owner_id, "picture.trashed", moved)
    return replace(verdict, trashed_ids=moved.ids)


async def _take_back(connection: Connection, owner_id: int, verdict: Verdict) -> int:
    if verdict.tagged_tags:
        operation = await journal.begin(connection, owner_id, "tags", UNMERGED)
        untagged = await verdicts_store.unmerge_tags(
            connection, owner_id, verdict.tagged_pictures, verdict.tagged_tags, operation
        )
        await journal.finish(connection, operation, untagged)
        if untagged:
            await emit(connection, owner_id, "tags.changed", {"pictures": untagged})
    if not verdict.trashed_ids:
        return 0
    operation = await journal.begin(connection, owner_id, "restore", RESTORED)
    moved: Moved = await trash_store.take_out(connection, owner_id, verdict.trashed_ids, operation)
    await journal.finish(connection, operation, moved.count)
    await tell(connection, owner_id, "picture.restored", moved)
    return moved.count


def _judgement(ruling: Ruling) -> Judgement:
    """What a ruling says; `Invalid` where that is nothing, or several things at once."""
    said: list[Judgement] = []
    if ruling.keep or ruling.trash:
        said.append("kept")
    if ruling.different:
        said.append("different")
    if ruling.same:
        said.append("same")
    if len(said) != 1:
        fault = Fault("keep", "Either `keep` with `trash`, or `different`, or `same`.")
        raise Invalid("A verdict says one thing.", faults=(fault,))
    faults = []
    if said == ["kept"]:
        faults += [Fault(field, "At least one picture.") for field in ("keep", "trash") if not getattr(ruling, field)]
        both = set(ruling.keep) & set(ruling.trash)
        faults += [Fault(f"trash.{n}", "Also in `keep`.") for n, each in enumerate(ruling.trash) if each in both]
    else:
        ids: tuple[UUID, ...] = ruling.different or ruling.same
        if len(set(ids)) < 2:
            faults.append(Fault(said[0], "At least two pictures."))
        if ruling.merge_tags:
            faults.append(Fault("merge_tags", "Only with `trash`: nothing is put there."))
    if faults:
        raise Invalid("This is no verdict.", faults=tuple(faults))
    return said[0]


def _check(group: Group, ruling: Ruling) -> None:
    faults: list[Fault] = []
    for field in ("keep", "trash", "different", "same"):
        faults += _strangers(group, field, getattr(ruling, field))
    if faults:
        raise Invalid("Some of these are not in the group.", faults=tuple(faults[:50]))
    in_trash = {member.id for member in group.members if member.in_trash}
    if in_trash & set(ruling.keep):
        raise Conflict("A picture that is to be kept is in the trash: restore it first.", code="in_trash")


def _strangers(group: Group, field: str, ids: Sequence[UUID]) -> list[Fault]:
    members = {member.id for member in group.members}
    return [Fault(f"{field}.{number}", NOT_IN_GROUP) for number, each in enumerate(ids) if each not in members]


def _pairs(ids: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
    """Every two of these, the lesser first."""
    return list(combinations(sorted(set(ids)), 2))
