"""Actors, ids and objects of other origins, and things that are somebody else's."""

from __future__ import annotations

from federation.signatures.models import Kind
from tests.federation.inbox.cases.making import ALICE, BOB, case, of_bob
from tests.federation.inbox.letters import Letter
from tests.federation.inbox.town import Town


@case(403)
def id_of_another_origin(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"id": "https://c.test/activities/1"})


@case(403)
def id_of_another_port(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"id": "https://b.test:8443/activities/1"})


@case(403)
def id_of_another_scheme(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"id": "http://b.test/activities/1"})


@case(403)
def id_of_a_subdomain(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"id": "https://evil.b.test/activities/1"})


@case(403)
def id_of_ours(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"id": f"{ALICE}/activities/1"})


@case(403)
def actor_of_ours(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"actor": ALICE, "id": f"{ALICE}/activities/2"})


@case(403)
def actor_elsewhere_signed_by_bob(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"actor": "https://c.test/users/dora", "id": "https://c.test/activities/3"})


@case(400)
def actor_with_a_password(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"actor": "https://bob:secret@b.test/users/bob"})


@case(400)
def actor_that_is_no_web_address(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"actor": "acct:bob@b.test"})


@case(400)
def actor_with_a_line_break(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"actor": "https://b.test/users/bob\r\nX: y"})


@case(400)
def actor_in_a_file(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"actor": "file:///etc/passwd"})


@case(403)
def create_of_an_object_elsewhere(town: Town, kind: Kind) -> Letter:
    note = {"id": "https://c.test/notes/1", "type": "Note", "attributedTo": BOB, "content": "x", "to": ALICE}
    return of_bob(town, kind, {"type": "Create", "object": note, "to": [ALICE]})


@case(403)
def create_of_a_neighbours_object(town: Town, kind: Kind) -> Letter:
    note = {"id": "https://b.test/notes/1", "type": "Note", "attributedTo": "https://b.test/users/mara", "to": ALICE}
    return of_bob(town, kind, {"type": "Create", "object": note, "to": [ALICE]})


@case(403)
def create_of_our_own_object(town: Town, kind: Kind) -> Letter:
    note = {"id": f"{ALICE}/notes/9", "type": "Note", "attributedTo": ALICE, "content": "I never said that"}
    return of_bob(town, kind, {"type": "Create", "object": note, "to": [ALICE]})


@case(403)
def update_of_something_of_alices(town: Town, kind: Kind) -> Letter:
    note = {"id": f"{ALICE}/notes/1", "type": "Note", "attributedTo": ALICE, "content": "changed"}
    return of_bob(town, kind, {"type": "Update", "object": note})


@case(403)
def update_of_alice_herself(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"type": "Update", "object": {"id": ALICE, "type": "Person", "name": "Mallory"}})


@case(403)
def update_of_a_neighbour(town: Town, kind: Kind) -> Letter:
    mara = "https://b.test/users/mara"
    return of_bob(town, kind, {"type": "Update", "object": {"id": mara, "type": "Person"}, "to": [ALICE]})


@case(403)
def update_with_a_second_owner(town: Town, kind: Kind) -> Letter:
    note = {"id": "https://b.test/notes/1", "type": "Note", "attributedTo": [BOB, "https://b.test/users/mara"]}
    return of_bob(town, kind, {"type": "Update", "object": note, "to": [ALICE]})


@case(403)
def delete_of_something_of_alices(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"type": "Delete", "object": f"{ALICE}/notes/1"})


@case(403)
def delete_of_alice_herself(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"type": "Delete", "object": ALICE})


@case(403)
def delete_of_a_tombstone_elsewhere(town: Town, kind: Kind) -> Letter:
    stone = {"id": "https://c.test/notes/1", "type": "Tombstone"}
    return of_bob(town, kind, {"type": "Delete", "object": stone, "to": [ALICE]})


@case(403)
def delete_of_a_neighbours_note(town: Town, kind: Kind) -> Letter:
    note = {"id": "https://b.test/notes/2", "type": "Note", "attributedTo": "https://b.test/users/mara"}
    return of_bob(town, kind, {"type": "Delete", "object": note, "to": [ALICE]})


@case(403)
def delete_of_two_things_one_of_them_elsewhere(town: Town, kind: Kind) -> Letter:
    both = ["https://b.test/notes/3", "https://c.test/notes/3"]
    return of_bob(town, kind, {"type": "Delete", "object": both, "to": [ALICE]})


@case(403)
def undo_of_a_follow_by_somebody_else(town: Town, kind: Kind) -> Letter:
    follow = {"id": "https://b.test/f/1", "type": "Follow", "actor": "https://b.test/users/mara", "object": ALICE}
    return of_bob(town, kind, {"type": "Undo", "object": follow})


@case(403)
def undo_of_a_follow_elsewhere(town: Town, kind: Kind) -> Letter:
    follow = {"id": "https://c.test/f/1", "type": "Follow", "actor": "https://c.test/users/dora", "object": ALICE}
    return of_bob(town, kind, {"type": "Undo", "object": follow})


@case(403)
def undo_without_an_id_by_somebody_else(town: Town, kind: Kind) -> Letter:
    follow = {"type": "Follow", "actor": "https://b.test/users/mara", "object": ALICE}
    return of_bob(town, kind, {"type": "Undo", "object": follow})


@case(403)
def undo_of_something_said_here(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"type": "Undo", "object": f"{ALICE}/activities/1"})


@case(403)
def accept_of_what_somebody_else_said(town: Town, kind: Kind) -> Letter:
    follow = {"id": "https://c.test/f/2", "type": "Follow", "actor": "https://c.test/users/dora", "object": BOB}
    return of_bob(town, kind, {"type": "Accept", "object": follow, "to": [ALICE]})


@case(403)
def accept_of_an_id_elsewhere(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"type": "Accept", "object": "https://c.test/f/3", "to": [ALICE]})


@case(403)
def accept_of_a_follow_that_was_never_sent(town: Town, kind: Kind) -> Letter:
    follow = {"id": f"{ALICE}/activities/7", "type": "Follow", "actor": ALICE, "object": BOB}
    return of_bob(town, kind, {"type": "Accept", "object": follow})


@case(403)
def accept_of_a_follow_of_somebody_else(town: Town, kind: Kind) -> Letter:
    follow = {"id": f"{ALICE}/activities/8", "type": "Follow", "actor": ALICE, "object": "https://c.test/users/dora"}
    return of_bob(town, kind, {"type": "Accept", "object": follow})


@case(403)
def reject_of_a_follow_that_was_never_sent(town: Town, kind: Kind) -> Letter:
    follow = {"id": f"{ALICE}/activities/9", "type": "Follow", "actor": ALICE, "object": BOB}
    return of_bob(town, kind, {"type": "Reject", "object": follow})


@case(403)
def add_to_somebody_elses_collection(town: Town, kind: Kind) -> Letter:
    add = {"type": "Add", "object": "https://b.test/notes/1", "target": f"{ALICE}/collections/travel"}
    return of_bob(town, kind, add)


@case(403)
def remove_from_a_collection_elsewhere(town: Town, kind: Kind) -> Letter:
    remove = {"type": "Remove", "object": f"{ALICE}/notes/1", "target": "https://c.test/users/dora/featured"}
    return of_bob(town, kind, remove)


@case(403)
def remove_from_a_neighbours_collection(town: Town, kind: Kind) -> Letter:
    target = {"id": "https://b.test/featured", "type": "Collection", "attributedTo": "https://b.test/users/mara"}
    return of_bob(town, kind, {"type": "Remove", "object": f"{ALICE}/notes/1", "target": target})


@case(403)
def move_of_somebody_else(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"type": "Move", "object": "https://b.test/users/mara", "target": BOB, "to": [ALICE]})


@case(403)
def move_of_alice(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"type": "Move", "object": ALICE, "target": BOB})


@case(400)
def move_to_nowhere(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"type": "Move", "object": BOB, "to": [ALICE]})


@case(403)
def report_about_nobody_here(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"type": "Flag", "object": ["https://c.test/users/dora"], "to": [ALICE]})


@case(403)
def nothing_to_do_with_anybody_here(town: Town, kind: Kind) -> Letter:
    note = {"id": "https://b.test/notes/5", "type": "Note", "attributedTo": BOB, "content": "spam"}
    activity = {"type": "Create", "object": note, "to": ["https://c.test/users/dora"]}
    return of_bob(town, kind, activity, path="/inbox")


@case(403)
def invented_type_that_names_nobody(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"type": "Whisper", "object": "https://b.test/notes/5"}, path="/inbox")
