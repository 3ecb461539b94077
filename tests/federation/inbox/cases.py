"""Hostile messages: each case makes one, and says which 4xx it deserves."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from federation.signatures.digests import content_digest, digest
from federation.signatures.keys import public_pem
from federation.signatures.models import Kind, PrivateKey
from tests.federation.inbox.letters import AS, Letter, Persona
from tests.federation.inbox.town import LOCAL, Town
from tests.federation.outbound.wild import answer, document, redirect

BOB = "https://b.test/users/bob"
ALICE = f"{LOCAL}/users/alice"
Make = Callable[[Town, Kind], Letter | Awaitable[Letter]]


@dataclass(frozen=True)
class Case:
    """One hostile message for each kind of signature."""

    name: str
    status: int
    make: Make

    @property
    def ours(self) -> bool:
        """Whether the request gets as far as the inbox; others are refused by the HTTP server, or are for no route."""
        return self.name not in ("host_twice", "inbox_below_an_inbox")


CASES: list[Case] = []


def case(status: int) -> Callable[[Make], Make]:
    """Enter a case under its function's name."""

    def enter(make: Make) -> Make:
        CASES.append(Case(make.__name__, status, make))
        return make

    return enter


def of_bob(town: Town, kind: Kind, activity: dict[str, Any] | None = None, **more: Any) -> Letter:
    """A message of bob's, who is known here."""
    return town.letter(town.people[BOB], kind, activity, **more)


def stranger(town: Town, name: str, *, serve: bool = True, host: str = "evil.test") -> Persona:
    """Somebody nobody here has heard of."""
    uri = f"https://{host}/users/{name}"
    return town.persona(uri, 1) if serve else Persona.make(uri, 1)


# Altered on the way


def altered(alter: Callable[[Letter], None]) -> Make:
    def make(town: Town, kind: Kind) -> Letter:
        return of_bob(town, kind, after=[alter])

    make.__name__ = alter.__name__
    return make


def enter_altered(status: int, alter: Callable[[Letter], None]) -> None:
    CASES.append(Case(alter.__name__, status, altered(alter)))


def body_changed(letter: Letter) -> None:
    assert letter.body is not None
    letter.body = letter.body.replace(b"Like", b"Link")


def body_changed_and_digests_with_it(letter: Letter) -> None:
    body_changed(letter)
    assert letter.body is not None
    for name, value in (("content-digest", content_digest(letter.body)), ("digest", digest(letter.body))):
        if letter.header(name):
            letter.set(name, value)


def body_with_a_blank_more(letter: Letter) -> None:
    assert letter.body is not None
    letter.body += b" "


def digest_gone(letter: Letter) -> None:
    letter.drop("digest")
    letter.drop("content-digest")


def digest_of_something_else(letter: Letter) -> None:
    for name, value in (("content-digest", content_digest(b"{}")), ("digest", digest(b"{}"))):
        if letter.header(name):
            letter.set(name, value)


def digest_that_cannot_be_read(letter: Letter) -> None:
    for name in ("content-digest", "digest"):
        if letter.header(name):
            letter.set(name, "sha-256=:nonsense:" if name == "content-digest" else "SHA-256=%%%")


def digest_of_an_unknown_kind_only(letter: Letter) -> None:
    for name, value in (("content-digest", "md5=:AAAA:"), ("digest", "MD5=AAAA")):
        if letter.header(name):
            letter.set(name, value)


def digest_twice(letter: Letter) -> None:
    for name in ("content-digest", "digest"):
        if value := letter.header(name):
            letter.headers.append((name, value))


def digest_of_the_other_kind_wrong(letter: Letter) -> None:
    other = "digest" if letter.header("content-digest") else "content-digest"
    letter.headers.append((other, digest(b"x") if other == "digest" else content_digest(b"x")))


def other_inbox(letter: Letter) -> None:
    letter.path = "/users/carol/inbox"


def shared_inbox_instead(letter: Letter) -> None:
    letter.path = "/inbox"


def query_added(letter: Letter) -> None:
    letter.path += "?a=b"


def host_in_other_letters(letter: Letter) -> None:
    letter.set("Host", "b.test")


def host_of_nobody(letter: Letter) -> None:
    letter.set("Host", "a.test.evil.test")


def host_twice(letter: Letter) -> None:
    letter.headers.append(("Host", "a.test"))


def date_moved(letter: Letter) -> None:
    if letter.kind is Kind.CAVAGE:
        letter.set("Date", "Mon, 01 Jan 2024 00:00:00 GMT")
    else:
        letter.set("Signature-Input", str(letter.header("signature-input")).replace("created=1", "created=2"))


def created_a_second_later(letter: Letter) -> None:
    if letter.kind is Kind.CAVAGE:
        moment = datetime.now(UTC) + timedelta(seconds=7)
        letter.set("Date", moment.strftime("%a, %d %b %Y %H:%M:%S GMT"))
    else:
        value = str(letter.header("signature-input"))
        number = value.partition("created=")[2].partition(";")[0]
        letter.set("Signature-Input", value.replace(number, str(int(number) + 1)))


def signature_cut_short(letter: Letter) -> None:
    value = str(letter.header("signature"))
    letter.set("Signature", value[:-20] + value[-2:])


def signature_of_nothing(letter: Letter) -> None:
    letter.set("Signature", "sig1=::" if letter.kind is Kind.RFC9421 else 'keyId="",signature=""')


def signature_gone(letter: Letter) -> None:
    letter.drop("signature")
    letter.drop("signature-input")


def signature_that_cannot_be_read(letter: Letter) -> None:
    letter.set("Signature", "\x22;;;===,,,(((")


def signature_of_fifty_thousand_letters(letter: Letter) -> None:
    letter.set("Signature", "sig1=:" + "A" * 50_000 + ":")


def key_of_somebody_else_named(letter: Letter) -> None:
    for name in ("signature", "signature-input"):
        if value := letter.header(name):
            letter.set(name, value.replace("/users/bob#", "/users/mara#"))


def key_name_without_a_key(letter: Letter) -> None:
    for name in ("signature", "signature-input"):
        if value := letter.header(name):
            letter.set(name, value.replace("/users/bob#", "/users/bob#no-"))


def algorithm_changed(letter: Letter) -> None:
    if letter.kind is Kind.CAVAGE:
        letter.set("Signature", str(letter.header("signature")).replace("rsa-sha256", "hmac-sha256"))
        letter.set("Signature", str(letter.header("signature")).replace("hs2019", "hmac-sha256"))
    else:
        letter.set("Signature-Input", str(letter.header("signature-input")) + ';alg="hmac-sha256"')


def label_twice(letter: Letter) -> None:
    if letter.kind is Kind.RFC9421:
        letter.set("Signature", f"{letter.header('signature')}, {letter.header('signature')}")
    else:
        letter.set("Signature", f"{letter.header('signature')},{letter.header('signature')}")


def five_signatures(letter: Letter) -> None:
    for name in ("signature", "signature-input"):
        if value := letter.header(name):
            more = ", ".join(value.replace("sig1", f"sig{number}") for number in range(2, 6))
            letter.set(name, f"{value}, {more}")


def fewer_things_covered(letter: Letter) -> None:
    if letter.kind is Kind.CAVAGE:
        letter.set("Signature", str(letter.header("signature")).replace(" digest", ""))
    else:
        letter.set("Signature-Input", str(letter.header("signature-input")).replace(' "content-digest"', ""))


def method_override(letter: Letter) -> None:
    letter.set("Signature-Input", 'sig1=("@method");created=1;keyid="x"')


def target_not_covered(letter: Letter) -> None:
    if letter.kind is Kind.CAVAGE:
        letter.set("Signature", str(letter.header("signature")).replace("(request-target) ", ""))
    else:
        letter.set("Signature-Input", str(letter.header("signature-input")).replace(' "@target-uri"', ""))


def gzip_on_top(letter: Letter) -> None:
    assert letter.body is not None
    letter.body = gzip.compress(letter.body)
    letter.set("Content-Encoding", "gzip")


def no_content_type(letter: Letter) -> None:
    letter.drop("content-type")


def content_type_of_a_form(letter: Letter) -> None:
    letter.set("Content-Type", "application/x-www-form-urlencoded")


def content_type_twice(letter: Letter) -> None:
    letter.headers.append(("Content-Type", "text/html"))


def plain_json(letter: Letter) -> None:
    letter.set("Content-Type", "application/json")


def linked_data_of_another_profile(letter: Letter) -> None:
    letter.set("Content-Type", 'application/ld+json; profile="https://example.org/other"')


for _status, _alter in (
    (401, body_with_a_blank_more), (401, body_changed), (401, body_changed_and_digests_with_it), (401, digest_gone),
    (401, digest_of_something_else), (401, digest_that_cannot_be_read), (401, digest_of_an_unknown_kind_only),
    (401, digest_twice), (401, digest_of_the_other_kind_wrong), (401, other_inbox), (401, shared_inbox_instead),
    (401, query_added), (400, host_in_other_letters), (400, host_of_nobody), (400, host_twice), (401, date_moved),
    (401, created_a_second_later), (401, signature_cut_short), (401, signature_of_nothing), (401, signature_gone),
    (401, signature_that_cannot_be_read), (401, key_of_somebody_else_named), (401, key_name_without_a_key),
    (401, algorithm_changed), (401, label_twice), (401, five_signatures), (401, fewer_things_covered),
    (401, method_override), (401, target_not_covered), (415, gzip_on_top), (415, no_content_type),
    (415, content_type_of_a_form), (415, content_type_twice), (415, plain_json), (415, linked_data_of_another_profile),
    (401, signature_of_fifty_thousand_letters),
):  # fmt: skip
    enter_altered(_status, _alter)


# Signed wrongly


@case(401)
def signed_long_ago(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, created=datetime.now(UTC) - timedelta(minutes=20))


@case(401)
def signed_in_the_future(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, created=datetime.now(UTC) + timedelta(minutes=20))


@case(401)
def signed_for_another_server(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, signed_url="https://c.test/users/alice/inbox")


@case(401)
def signed_for_another_path(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, signed_url="https://a.test/users/carol/inbox")


@case(401)
def signed_for_plain_http_by_another_name(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, signed_url="https://a.test:8443/users/alice/inbox")


@case(401)
def not_signed_at_all(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, signed=False)


@case(401)
def signed_with_somebodys_own_key_under_bobs_name(town: Town, kind: Kind) -> Letter:
    own = Persona.make(BOB, 2).key(kind)
    return of_bob(town, kind, key=own)


@case(403)
def signed_by_an_actor_elsewhere(town: Town, kind: Kind) -> Letter:
    mallory = stranger(town, "mallory")
    return of_bob(town, kind, key=mallory.key(kind))


@case(401)
def signed_by_a_neighbour_on_the_same_server(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, key=town.people["https://b.test/users/mara"].key(kind))


@case(401)
def key_at_an_address_that_is_none(town: Town, kind: Kind) -> Letter:
    key = town.people[BOB].key(kind)
    return of_bob(town, kind, key=PrivateKey("main-key", key.algorithm, key.key))


@case(401)
def key_at_an_address_with_a_password(town: Town, kind: Kind) -> Letter:
    key = town.people[BOB].key(kind)
    return of_bob(town, kind, key=PrivateKey("https://b.test@evil.test/k", key.algorithm, key.key))


# Actors, ids and objects of other origins


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


# Inboxes that are none


@case(404)
def inbox_of_nobody(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, path="/users/nobody/inbox")


@case(404)
def inbox_in_other_letters(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, path="/users/Alice/inbox")


@case(404)
def inbox_of_a_collection_that_is_none(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, path="/users/alice/collections/none/inbox")


@case(404)
def inbox_with_a_nul_in_its_name(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, path="/users/ali%00ce/inbox")


@case(404)
def inbox_below_an_inbox(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, path="/users/alice%2Finbox/inbox")


# Bodies that abuse the reader


def raw(town: Town, kind: Kind, body: bytes) -> Letter:
    return of_bob(town, kind, body=body)


def text_of(town: Town, kind: Kind, **changes: Any) -> str:
    return json.dumps(of_bob(town, kind).activity | changes)


@case(400)
def nested_twenty_thousand_deep(town: Town, kind: Kind) -> Letter:
    return raw(town, kind, b'{"a":' * 20_000 + b"1" + b"}" * 20_000)


@case(400)
def lists_twenty_thousand_deep(town: Town, kind: Kind) -> Letter:
    return raw(town, kind, b"[" * 20_000 + b"]" * 20_000)


@case(400)
def nested_forty_deep(town: Town, kind: Kind) -> Letter:
    deep: Any = "x"
    for _ in range(40):
        deep = {"tag": deep}
    return of_bob(town, kind, {"tag": deep})


@case(400)
def nested_deep_inside_the_context(town: Town, kind: Kind) -> Letter:
    deep: Any = {}
    for _ in range(40):
        deep = {"x": deep}
    return of_bob(town, kind, {"@context": [AS, deep]})


@case(413)
def two_megabytes(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"content": "x" * (2 << 20)})


@case(413)
def one_byte_too_many(town: Town, kind: Kind) -> Letter:
    text = text_of(town, kind).encode()
    return raw(town, kind, text + b" " * (262_145 - len(text)))


@case(413)
def chunks_without_end(town: Town, kind: Kind) -> Letter:
    def chunked(letter: Letter) -> None:
        letter.set("Transfer-Encoding", "chunked")
        letter.body = b"".join(b"10000\r\n" + b"x" * 65_536 + b"\r\n" for _ in range(8)) + b"0\r\n\r\n"

    return of_bob(town, kind, after=[chunked])


@case(400)
def type_twice(town: Town, kind: Kind) -> Letter:
    return raw(town, kind, text_of(town, kind).replace('"type"', '"type": "Delete", "type"', 1).encode())


@case(400)
def key_twice_once_escaped(town: Town, kind: Kind) -> Letter:
    return raw(
        town, kind, text_of(town, kind).replace('"actor"', '"act\\u006fr": "https://c.test/x", "actor"').encode()
    )


@case(400)
def key_twice_deep_inside(town: Town, kind: Kind) -> Letter:
    return raw(town, kind, text_of(town, kind, tag={"a": 1}).replace('{"a": 1}', '{"a": 1, "a": 2}').encode())


@case(400)
def nul_in_a_text(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"summary": "a\0b"})


@case(400)
def nul_in_a_key(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"a\0b": "c"})


@case(400)
def nul_in_the_id(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"id": "https://b.test/a\0b"})


@case(400)
def lone_surrogate(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"summary": "\ud800"})


@case(400)
def bytes_that_are_no_text(town: Town, kind: Kind) -> Letter:
    return raw(town, kind, text_of(town, kind, summary="xyz").encode().replace(b"xyz", b"\xff\xfe\xfd"))


@case(400)
def number_beyond_all_bounds(town: Town, kind: Kind) -> Letter:
    return raw(town, kind, text_of(town, kind, width=7).replace('"width": 7', '"width": 1e400').encode())


@case(400)
def number_that_is_none(town: Town, kind: Kind) -> Letter:
    return raw(town, kind, text_of(town, kind, width=7).replace('"width": 7', '"width": NaN').encode())


@case(400)
def integer_of_ten_thousand_digits(town: Town, kind: Kind) -> Letter:
    digits = "9" * 10_000
    return raw(town, kind, text_of(town, kind, width=7).replace('"width": 7', f'"width": [{digits}, "{{"]]').encode())


@case(400)
def not_json(town: Town, kind: Kind) -> Letter:
    return raw(town, kind, b"<html>hello</html>")


@case(400)
def nothing_at_all(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, body=b"", signed=False)


@case(400)
def an_array(town: Town, kind: Kind) -> Letter:
    return raw(town, kind, f"[{text_of(town, kind)}]".encode())


@case(400)
def a_text(town: Town, kind: Kind) -> Letter:
    return raw(town, kind, b'"https://b.test/activities/1"')


@case(400)
def two_documents(town: Town, kind: Kind) -> Letter:
    return raw(town, kind, f"{text_of(town, kind)}{text_of(town, kind)}".encode())


@case(400)
def two_actors(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"actor": [BOB, "https://b.test/users/mara"]})


@case(400)
def no_actor(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"actor": None})


@case(400)
def actor_is_a_number(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"actor": 42})


@case(400)
def actor_inside_two_arrays(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"actor": [[BOB]]})


@case(400)
def no_id(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"id": ""})


@case(400)
def id_is_an_object(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"id": {"id": "https://b.test/activities/1"}})


@case(400)
def id_of_five_thousand_letters(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"id": "https://b.test/" + "a" * 5_000})


@case(400)
def no_type(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"type": None})


@case(400)
def type_is_a_number(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"type": 7})


@case(400)
def types_without_end(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"type": ["Like"] * 100})


@case(400)
def type_with_a_line_break(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"type": "Like\nSet-Cookie: x"})


@case(400)
def objects_without_end(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"object": [f"https://b.test/{number}" for number in range(3_000)]})


@case(400)
def recipients_without_end(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"to": [f"https://b.test/{number}" for number in range(4_000)]})


@case(400)
def object_with_a_number_for_an_id(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"object": {"id": 5, "type": "Note"}})


@case(400)
def like_of_nothing(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"object": None, "to": [ALICE]})


@case(400)
def delete_of_nothing(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"type": "Delete", "object": [], "to": [ALICE]})


@case(400)
def context_that_gives_words_other_meanings(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"@context": [AS, {"actor": "https://evil.test/ns#victim"}]})


@case(400)
def context_that_renames_the_type(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"@context": [AS, {"type": "https://evil.test/ns#kind", "kind": "@type"}]})


@case(400)
def context_inside_an_object_that_renames(town: Town, kind: Kind) -> Letter:
    inner = {"@context": {"attributedTo": "https://evil.test/ns#x"}, "id": "https://b.test/n/1", "type": "Note"}
    return of_bob(town, kind, {"type": "Create", "object": inner, "to": [ALICE]})


@case(400)
def graph_beside_the_activity(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"@graph": [{"id": ALICE, "type": "Person"}]})


@case(400)
def type_and_id_in_words_of_json_ld(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"@type": "Delete", "@id": "https://b.test/activities/5"})


@case(400)
def included_objects(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, {"object": {"id": f"{ALICE}/notes/1", "@reverse": {"actor": BOB}}})


# What is fetched because of a message: actors nobody has heard of


def served(reply: Any) -> Make:
    """A message by a stranger whose actor is answered with `reply`, made of the stranger."""

    def make(town: Town, kind: Kind) -> Letter:
        persona = stranger(town, f"{reply.__name__}_{kind.value}", serve=False)
        town.serve(persona.uri, reply(town, persona))
        return town.letter(persona, kind)

    make.__name__ = f"actor_{reply.__name__}"
    CASES.append(Case(make.__name__, 401, make))
    return make


@served
def that_is_not_there(town: Town, persona: Persona) -> Any:
    return answer(404)


@served
def that_is_gone(town: Town, persona: Persona) -> Any:
    return answer(410)


@served
def behind_an_error(town: Town, persona: Persona) -> Any:
    return answer(500)


@served
def redirected_to_a_private_address(town: Town, persona: Persona) -> Any:
    return redirect("https://10.0.0.1/users/mallory")


@served
def redirected_to_the_metadata_of_a_cloud(town: Town, persona: Persona) -> Any:
    return redirect("http://169.254.169.254/latest/meta-data/")


@served
def redirected_to_a_file(town: Town, persona: Persona) -> Any:
    return redirect("file:///etc/passwd")


@served
def redirected_to_ourselves(town: Town, persona: Persona) -> Any:
    return redirect(ALICE)


@served
def redirected_in_a_circle(town: Town, persona: Persona) -> Any:
    return redirect(persona.uri)


@served
def redirected_to_another_origin(town: Town, persona: Persona) -> Any:
    honest = f"https://c.test{persona.path}"
    town.serve(honest, persona.document())
    return redirect(honest)


@served
def that_trickles(town: Town, persona: Persona) -> Any:
    async def trickle(_seen: Any, writer: Any) -> bytes:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/activity+json\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(300):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.1)
        return b""

    return trickle


@served
def that_swells_when_unpacked(town: Town, persona: Persona) -> Any:
    bomb = gzip.compress(json.dumps(persona.document(summary=" " * (64 << 20))).encode())
    return answer(200, bomb, Content_Encoding="gzip")


@served
def of_two_megabytes(town: Town, persona: Persona) -> Any:
    return document(persona.document(summary="x" * (2 << 20)))


@served
def that_is_html(town: Town, persona: Persona) -> Any:
    return document(persona.document(), "text/html")


@served
def that_is_not_json(town: Town, persona: Persona) -> Any:
    return answer(200, b"{{{{")


@served
def nested_without_end(town: Town, persona: Persona) -> Any:
    return answer(200, b'{"a":' * 20_000 + b"1" + b"}" * 20_000)


@served
def with_another_id(town: Town, persona: Persona) -> Any:
    return document(persona.document(id="https://evil.test/users/other"))


@served
def with_bobs_id(town: Town, persona: Persona) -> Any:
    return document(persona.document(id=BOB))


@served
def that_is_a_note(town: Town, persona: Persona) -> Any:
    return document(persona.document(type="Note"))


@served
def without_a_type(town: Town, persona: Persona) -> Any:
    return document({key: value for key, value in persona.document().items() if key != "type"})


@served
def without_an_inbox(town: Town, persona: Persona) -> Any:
    return document({key: value for key, value in persona.document().items() if key != "inbox"})


@served
def with_an_inbox_of_ours(town: Town, persona: Persona) -> Any:
    return document(persona.document(inbox=f"{ALICE}/inbox"))


@served
def without_keys(town: Town, persona: Persona) -> Any:
    return document(persona.document(publicKey=None, assertionMethod=None))


@served
def whose_keys_belong_to_somebody_else(town: Town, persona: Persona) -> Any:
    said = persona.document()
    said["publicKey"]["owner"] = BOB
    said["assertionMethod"][0]["controller"] = BOB
    return document(said)


@served
def whose_keys_are_of_another_origin(town: Town, persona: Persona) -> Any:
    said = persona.document()
    said["publicKey"]["id"] = "https://c.test/users/dora#main-key"
    said["assertionMethod"][0]["id"] = "https://c.test/users/dora#key"
    return document(said)


@served
def whose_keys_are_somebody_elses(town: Town, persona: Persona) -> Any:
    said = persona.document()
    said["publicKey"]["publicKeyPem"] = public_pem(town.people[BOB].rsa.key.public_key())
    said["assertionMethod"] = []
    return document(said)


@served
def whose_keys_are_nonsense(town: Town, persona: Persona) -> Any:
    said = persona.document()
    said["publicKey"]["publicKeyPem"] = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"
    said["assertionMethod"][0]["publicKeyMultibase"] = "z000"
    return document(said)


@served
def that_renames_words(town: Town, persona: Persona) -> Any:
    return document(persona.document(**{"@context": [AS, {"publicKey": "https://evil.test/ns#x"}]}))


@case(401)
def actor_at_a_private_address(town: Town, kind: Kind) -> Letter:
    return town.letter(Persona.make("https://192.168.1.1/users/mallory", 1), kind)


@case(401)
def actor_at_a_name_that_nobody_has(town: Town, kind: Kind) -> Letter:
    return town.letter(Persona.make("https://nobody.invalid/users/mallory", 1), kind)


@case(401)
def key_only_named_and_its_document_lies(town: Town, kind: Kind) -> Letter:
    persona = stranger(town, f"named_{kind.value}", serve=False)
    place = f"{persona.uri}/key"
    town.serve(persona.uri, persona.document(publicKey=place, assertionMethod=[place]))
    lie = {"id": place, "owner": BOB, "publicKeyPem": public_pem(persona.rsa.key.public_key())}
    town.serve(place, document(lie))
    return town.letter(persona, kind, key=PrivateKey(place, "rsa", persona.rsa.key))


# Servers that are not heard


@case(403)
def from_a_blocked_server(town: Town, kind: Kind) -> Letter:
    return town.letter(Persona.make("https://blocked.test/users/mallory", 1), kind)


@case(403)
def from_below_a_blocked_server(town: Town, kind: Kind) -> Letter:
    return town.letter(Persona.make("https://deep.down.blocked.test/users/mallory", 1), kind)


@case(403)
def from_a_blocked_server_in_capitals(town: Town, kind: Kind) -> Letter:
    return town.letter(Persona.make("https://BLOCKED.test/users/mallory", 1), kind)


@case(403)
def from_a_blocked_server_written_otherwise(town: Town, kind: Kind) -> Letter:
    return town.letter(Persona.make("https://böse.test/users/mallory", 1), kind, signed=False)


@case(403)
def from_a_blocked_server_at_another_port(town: Town, kind: Kind) -> Letter:
    return town.letter(Persona.make("https://blocked.test:8443/users/mallory", 1), kind)


@case(403)
def with_a_key_of_a_blocked_server(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, key=Persona.make("https://blocked.test/users/mallory", 1).key(kind))


@case(403)
def from_a_limited_server_where_nobody_is_followed(town: Town, kind: Kind) -> Letter:
    return town.letter(town.people["https://c.test/users/dora"], kind)


@case(403)
def from_somebody_whom_alice_has_blocked(town: Town, kind: Kind) -> Letter:
    return town.letter(town.people["https://b.test/users/pest"], kind)
