"""What is suggested while somebody types a query."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archypix.predicates.language import parse_query
from archypix.search import suggesting
from archypix.search.service import SearchService
from archypix.tags.trees import TagTrees
from tests.uploads.site import Person, Site, photo


async def suggested(person: Person, text: str, kind: str | None = None) -> list[str]:
    items = (await person.get("/search/suggestions", q=text))["items"]
    return [item["query"] for item in items if kind in (None, item["kind"])]


async def test_tags_are_found_by_any_of_their_names(alice: Person) -> None:
    for path in ("/Travel/Alps/Zermatt", "/Travel/Sea", "/People/Élodie", "/Family/Zita"):
        await alice.send("POST", "/tags", {"path": path}, status=201)
    assert await suggested(alice, "year:2019 ze", "tag") == ["year:2019 tag:/Travel/Alps/Zermatt "]
    assert await suggested(alice, "z", "tag") == ["tag:/Family/Zita ", "tag:/Travel/Alps/Zermatt "]
    assert await suggested(alice, "elo") == ["tag:/People/Élodie "]
    assert await suggested(alice, "-tag:alp") == ["-tag:/Travel/Alps ", "-tag:/Travel/Alps/Zermatt "]
    assert await suggested(alice, "(tag:/travel/s") == ["(tag:/Travel/Sea "]
    assert await suggested(alice, "nothing") == []


async def test_names_of_fields_come_first(alice: Person) -> None:
    await alice.send("POST", "/tags", {"path": "/Rating"}, status=201)
    assert await suggested(alice, "ra") == ["rating:", "tag:/Rating "]
    assert await suggested(alice, "is:t") == ["is:trash "]


async def test_values_that_pictures_have(alice: Person, bob: Person, site: Site) -> None:
    made = (await alice.upload(photo(1), "a.jpg")).json["id"]
    await site.sql("UPDATE pictures SET camera_model = 'Nikon D70', lens = 'AF-S 18-70 mm' WHERE id = $1", made)
    assert await suggested(alice, "camera:d7") == ['camera:"Nikon D70" ']
    assert await suggested(alice, "nik") == ['camera:"Nikon D70" ']
    assert await suggested(alice, "lens:18") == ['lens:"AF-S 18-70 mm" ']
    assert await suggested(bob, "nik") == []
    assert await suggested(alice, "camera:%") == []


async def test_what_no_picture_has_any_more_is_forgotten(alice: Person, site: Site) -> None:
    made = (await alice.upload(photo(1), "a.jpg")).json["id"]
    await site.sql("UPDATE pictures SET camera_model = 'Nikon D70' WHERE id = $1", made)
    await site.sql("UPDATE pictures SET camera_model = 'Nikon D90' WHERE id = $1", made)
    assert await suggested(alice, "camera:ni") == ['camera:"Nikon D70" ', 'camera:"Nikon D90" ']
    await site.sql("UPDATE fact_values SET seen_at = now() - interval '2 days'")
    search = SearchService(site.database, TagTrees())
    while await search.sweep():
        pass
    assert await suggested(alice, "camera:ni") == ['camera:"Nikon D90" ']


@pytest.mark.parametrize("text", ["x" * 2001, "a\x00b"])
async def test_what_is_no_query_is_refused(alice: Person, text: str) -> None:
    answer = await alice.call("GET", "/search/suggestions", params={"q": text})
    assert 400 <= answer.status < 500


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60))
def test_any_text_can_be_gone_on_with(text: str) -> None:
    query = suggesting.unfinished(text)
    assert query.before + text[len(query.before) :] == text
    suggesting.fields(query)


@given(
    st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs"), exclude_characters='"'), min_size=1, max_size=40)
)
def test_what_is_suggested_is_a_query(value: str) -> None:
    if value.strip():
        parse_query(suggesting.unfinished("camera:").finished("camera", value))


async def test_a_query_is_checked_without_looking_for_anything(alice: Person) -> None:
    assert await alice.get("/search/check", q="lake (iso:>=800 or tag:/A)") == {"fault": None}
    assert await alice.get("/search/check", q="") == {"fault": None}
    fault = (await alice.get("/search/check", q="lake isoo:800"))["fault"]
    assert fault["at"] == 6
    assert "did you mean `iso:`" in fault["detail"]
    assert (await alice.get("/search/check", q="🏔 iso:"))["fault"]["at"] == 7
    assert (await alice.get("/search/check", q="a" * 2001))["fault"]["at"] == 2001
