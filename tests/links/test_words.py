"""Pages in the language of whoever reads them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archypix.links.words import ENGLISH, SPOKEN, French, Words, words_for
from tests.links.guests import Guest, add, make_link
from tests.uploads.site import Person, photo

# The same word in both; days and months are those of the language.
SAME = {"pages", "language", "day", "month"}


def test_every_word_is_said_in_french() -> None:
    for name, english in vars(Words).items():
        if not name.startswith("__") and name not in SAME:
            assert vars(French).get(name) not in (None, english), name
    assert French.script.keys() == Words.script.keys()
    assert not [name for name, said in French.script.items() if said == Words.script[name]]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "en"), ("", "en"), ("fr", "fr"), ("fr-CA,fr;q=0.9,en;q=0.8", "fr"), ("en-GB,fr;q=0.9", "en"),
        ("de,fr;q=0.5,en;q=0.4", "fr"), ("de", "en"), ("fr;q=0", "en"), ("fr;q=x", "en"), ("*", "en"),
    ],
)  # fmt: skip
def test_the_language_is_the_one_that_a_browser_likes_best(accepted: str | None, language: str) -> None:
    assert words_for(accepted).language == language


@given(st.text(max_size=600))
def test_any_header_has_an_answer(accepted: str) -> None:
    assert words_for(accepted) in SPOKEN.values()


def test_days_say_what_they_have_in_common_once() -> None:
    first, fifth, later = date(2024, 7, 1), date(2024, 7, 5), date(2024, 9, 2)
    assert ENGLISH.days(first, first) == "1 July 2024"
    assert ENGLISH.days(first, fifth) == "1–5 July 2024"
    assert ENGLISH.days(first, later) == "1 July – 2 September 2024"
    assert ENGLISH.days(first, date(2025, 1, 3)) == "July 2024 – January 2025"
    assert French().days(first, fifth) == "du 1er au 5 juillet 2024"
    assert French().days(fifth, later) == "du 5 juillet au 2 septembre 2024"


async def test_a_guest_reads_french(alice: Person) -> None:
    picture = await add(alice, photo(1), "/Été")
    link, guest = await make_link(alice, "/Été", upload=True)
    french = {"Accept-Language": "fr"}

    async def told(one: Guest, path: str = "") -> str:
        return (await one.call("GET", path, headers=french)).body.decode()

    page = await told(guest)
    assert '<html lang="fr"' in page
    assert "Partagé par alice" in page
    assert "1 photo" in page
    assert "Toutes les photos" in await told(guest, f"/p/{picture}")
    assert "Votre nom" in await told(guest, "/upload")
    _, locked = await make_link(alice, "/Été", password="sésame")
    assert "Mot de passe" in await told(locked)
    answer = await locked.call("POST", data={"password": "wrong"}, headers=french)
    assert "Ce n’est pas le mot de passe." in answer.body.decode()
    await alice.send("DELETE", f"/links/{link}", status=204)
    assert "Il n’y a rien à cette adresse" in await told(guest)
