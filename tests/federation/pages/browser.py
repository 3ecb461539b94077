"""A page as somebody who takes it apart sees it."""

from __future__ import annotations

from html.parser import HTMLParser

# What browsers say that they take.
ACCEPT = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}
EMPTY = frozenset({"meta", "link", "img", "br", "hr", "input"})


class Page(HTMLParser):
    """What a page says of itself, and what is in it. Elements that do not end where they should are refused."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.metas: dict[str, str] = {}
        self.links: list[dict[str, str | None]] = []
        self.images: list[dict[str, str | None]] = []
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.title = ""
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        self.attributes |= values.keys()
        if tag not in EMPTY:
            self._open.append(tag)
        if tag == "meta" and (name := values.get("property") or values.get("name")):
            self.metas[name] = values["content"] or ""
        elif tag == "link":
            self.links.append(values)
        elif tag == "img":
            self.images.append(values)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._open[-1:] == ["title"]:
            self.title += data
