"""Which face of an address a client wants; and plain text as HTML."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.actors.markup import line_html, paragraphs_html
from federation.actors.negotiation import wants_activity

FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
MASTODON = "application/activity+json, application/ld+json"
PROFILE = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'


@pytest.mark.parametrize(
    ("accept", "wants"),
    [
        (None, True),
        ("", True),
        ("*/*", True),
        (FIREFOX, False),
        (MASTODON, True),
        (PROFILE, True),
        ("application/json", True),
        ("text/html", False),
        ("TEXT/HTML", False),
        (f"{PROFILE}, text/html;q=0.1", True),
        ("text/html, application/activity+json;q=0.5", False),
        ("text/html;q=0.5, application/activity+json", True),
        ("text/html;q=x, application/activity+json;q=0.1", True),
        ("image/png", True),
    ],
)
def test_programs_get_documents_and_browsers_pages(accept: str | None, wants: bool) -> None:
    assert wants_activity(accept) is wants


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_header_has_an_answer(accept: str) -> None:
    assert wants_activity(accept) in (True, False)


def test_text_becomes_paragraphs_breaks_and_links() -> None:
    assert paragraphs_html("") == ""
    assert paragraphs_html("a\nb\n\n\n\nc") == "<p>a<br>b</p><p>c</p>"
    assert paragraphs_html("<script>&") == "<p>&lt;script&gt;&amp;</p>"
    assert line_html("https://x.test/a(b)?c=d&e") == (
        '<a href="https://x.test/a(b)?c=d&amp;e" rel="me nofollow noopener">https://x.test/a(b)?c=d&amp;e</a>'
    )
    assert line_html("javascript:alert(1)") == "javascript:alert(1)"


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab<>\"'&\n :/htps.?=", max_size=80))
def test_no_text_becomes_other_markup(text: str) -> None:
    html = paragraphs_html(f"https://{text}")
    for tag in ("<p>", "</p>", "<br>", "</a>"):
        html = html.replace(tag, "")
    while '<a href="' in html:
        before, _, rest = html.partition('<a href="')
        address, _, rest = rest.partition('" rel="nofollow noopener">')
        assert "<" not in address
        assert '"' not in address
        html = before + rest
    assert "<" not in html
    assert ">" not in html
