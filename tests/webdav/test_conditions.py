"""The If header: what it says, and whether it holds."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webdav.answers import Refused
from webdav.writing.conditions import Clause, Condition, State, holds, parse_if, resources, submitted

TOKEN = "opaquelocktoken:8d0c5bd2-6f4c-4a2c-9a87-1f2b1f6d5f10"
OTHER = "urn:uuid:2"


def test_a_list_of_conditions_is_read() -> None:
    clauses = parse_if(f'(<{TOKEN}> ["a b"]) (Not <DAV:no-lock> [W/"c"])')
    assert clauses == (
        Clause(None, (Condition(TOKEN, None), Condition(None, '"a b"'))),
        Clause(None, (Condition("DAV:no-lock", None, True), Condition(None, 'W/"c"'))),
    )
    assert submitted(clauses) == {TOKEN, "DAV:no-lock"}
    assert resources(clauses) == {None}


def test_lists_may_name_resources() -> None:
    clauses = parse_if(f'</webdav/library/a> (<{TOKEN}>) (NOT<{OTHER}>) <http://h/webdav/library/b>(["x"])')
    assert [clause.resource for clause in clauses] == [
        "/webdav/library/a",
        "/webdav/library/a",
        "http://h/webdav/library/b",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "", "()", "(", "<a>", "<a> <b> (<c>)", "(<a>", "(<a>))", "(a)", "(<>)", "([a])", '(["a)', "(Not)", "junk",
        f"(<{TOKEN}>) </a> (<{OTHER}>)", "(<a>)" * 501, "(<" + "a" * 20_000 + ">)",
    ],
)  # fmt: skip
def test_what_is_no_such_header_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_if(text)
    assert refused.value.status == 400


@given(st.text(alphabet='()<>[]" WNotno:/a', max_size=60))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    with suppress(Refused):
        assert parse_if(text)


def test_one_list_that_holds_is_enough() -> None:
    states = {None: State('"e"', frozenset({TOKEN})), "/b": State()}
    assert holds(parse_if(f"(<{TOKEN}>)"), states)
    assert holds(parse_if('(["e"])'), states)
    assert holds(parse_if('(["f"]) (["e"])'), states)
    assert holds(parse_if("(Not <DAV:no-lock>)"), states)
    assert not holds(parse_if("(<DAV:no-lock>)"), states)
    assert not holds(parse_if(f'(<{TOKEN}> ["f"])'), states)
    assert not holds(parse_if(f"</b> (<{TOKEN}>)"), states)
    assert holds(parse_if(f"</b> (<{TOKEN}>) (Not <{TOKEN}>)"), states)
    assert not holds(parse_if('</unknown> (["e"])'), states)
