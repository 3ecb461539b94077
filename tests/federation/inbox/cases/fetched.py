"""What is fetched because of a message of an actor nobody has heard of."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

from federation.signatures.keys import public_pem
from federation.signatures.models import Kind, PrivateKey
from tests.federation.inbox.cases.making import ALICE, BOB, CASES, Case, Make, case, stranger
from tests.federation.inbox.letters import AS, Letter, Persona
from tests.federation.inbox.town import Town
from tests.federation.outbound.wild import answer, document, redirect


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
