"""Plain text that people write about themselves, as the HTML that other servers show."""

from __future__ import annotations

import re
from html import escape

# An address ends before punctuation that belongs to the sentence around it.
ADDRESS = re.compile(r"https?://[^\s<>\"']{1,500}[^\s<>\"'.,;:!?)\]}]")


def paragraphs_html(text: str) -> str:
    """Paragraphs at empty lines, breaks at others, addresses as links; empty for empty text."""
    paragraphs = [part for part in re.split(r"\n{2,}", text.strip()) if part.strip()]
    return "".join(f"<p>{'<br>'.join(map(_linked, part.strip().splitlines()))}</p>" for part in paragraphs)


def line_html(text: str) -> str:
    """One line, with addresses as links that may prove to whom a page belongs (`rel=me`)."""
    return _linked(text, rel="me nofollow noopener")


def _linked(text: str, rel: str = "nofollow noopener") -> str:
    parts, end = [], 0
    for match in ADDRESS.finditer(text):
        address = escape(match[0])
        parts += [escape(text[end : match.start()]), f'<a href="{address}" rel="{rel}">{address}</a>']
        end = match.end()
    return "".join((*parts, escape(text[end:])))
