"""Messages that were altered on their way."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from federation.signatures.digests import content_digest, digest
from federation.signatures.models import Kind
from tests.federation.inbox.cases.making import CASES, Case, Make, of_bob
from tests.federation.inbox.letters import Letter
from tests.federation.inbox.town import Town


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
