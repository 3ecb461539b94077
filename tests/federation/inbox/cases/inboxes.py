"""Inboxes that are none, and bodies that abuse the reader."""

from __future__ import annotations

import json
from typing import Any

from federation.signatures.models import Kind
from tests.federation.inbox.cases.making import ALICE, BOB, case, of_bob
from tests.federation.inbox.letters import AS, Letter
from tests.federation.inbox.town import Town


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
