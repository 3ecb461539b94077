"""Selections: a query, plus and minus explicit ids, resolved by the statement that acts on them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from archypix.core.errors import Fault, Invalid
from archypix.pictures.query import (
    Parameters,
    PictureQuery,
    Resolved,
    Tree,
    array_conditions,
    resolve,
    row_conditions,
    set_conditions,
)

MAX_IDS = 10_000


@dataclass(frozen=True, slots=True)
class Selection:
    """Pictures that meet `query` (None: none does) and those in `include`, but for those in `exclude`.

    The query of all fields empty is met by the whole library.
    """

    query: PictureQuery | None = None
    include: tuple[UUID, ...] = ()
    exclude: tuple[UUID, ...] = ()


def compile_selection(
    selection: Selection, tree: Tree, owner_id: int, parameters: Parameters, *, trash: bool = False
) -> str:
    """A statement that yields the column `id` of the owner's pictures that are selected, each once.

    Only pictures in the trash are, with `trash`; otherwise only those that are not. `Invalid` for a query that asks for
    the other kind, or over 10,000 ids.
    """
    resolved = resolve(selection.query, tree) if selection.query is not None else None
    _check(selection, resolved, trash=trash)
    owner = parameters.add(owner_id)
    base = f"p.owner_id = {owner} AND p.deleted_at IS {'NOT ' if trash else ''}NULL"
    parts = []
    if resolved is not None:
        tags = array_conditions(resolved, parameters) if trash else set_conditions(resolved, parameters)
        conditions = [base, *tags, *row_conditions(resolved, parameters)]
        if resolved.impossible:
            conditions.append("false")
        parts.append(f"SELECT p.id FROM pictures p WHERE {' AND '.join(conditions)}")
    if selection.include:
        ids = parameters.add(list(selection.include))
        parts.append(f"SELECT p.id FROM pictures p WHERE {base} AND p.id = ANY ({ids}::uuid[])")
    if not parts:
        parts.append(f"SELECT p.id FROM pictures p WHERE {base} AND false")
    statement = " UNION ".join(parts)
    if selection.exclude:
        ids = parameters.add(list(selection.exclude))
        statement = f"SELECT chosen.id FROM ({statement}) chosen WHERE chosen.id <> ALL ({ids}::uuid[])"
    return statement


def _check(selection: Selection, resolved: Resolved | None, *, trash: bool) -> None:
    faults = []
    if resolved is not None and resolved.query.trash != trash:
        where = "in the trash" if trash else "that are not in the trash"
        faults.append(Fault("selection.query.trash", f"This acts on pictures {where}."))
    for field, ids in (("include", selection.include), ("exclude", selection.exclude)):
        if len(ids) > MAX_IDS:
            faults.append(Fault(f"selection.{field}", f"{MAX_IDS} ids are the most; a query takes any number."))
    if faults:
        raise Invalid("The selection cannot be used here.", faults=tuple(faults))
