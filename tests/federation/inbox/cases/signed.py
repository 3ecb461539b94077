"""Messages that are signed wrongly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from federation.signatures.models import Kind, PrivateKey
from tests.federation.inbox.cases.making import BOB, case, of_bob, stranger
from tests.federation.inbox.letters import Letter, Persona
from tests.federation.inbox.town import Town


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
