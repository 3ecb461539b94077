"""Reading a body: large pieces, back-pressure, limits in size and time."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import MutableMapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archypix.core.errors import Invalid, TooLarge
from archypix.uploads import body as bodies
from archypix.uploads.body import PIECE, Body, Disconnected, Stalled
from archypix.uploads.form import FormReader, Malformed


class Source:
    """Chunks that a client sends, and then silence, the end, or a closed connection."""

    def __init__(self, chunks: list[bytes], end: str = "end", pause: float = 0.0) -> None:
        self.chunks = chunks
        self.end = end
        self.pause = pause
        self.taken = 0

    async def receive(self) -> MutableMapping[str, Any]:
        await asyncio.sleep(self.pause)
        if self.taken < len(self.chunks):
            self.taken += 1
            more = self.taken < len(self.chunks) or self.end != "end"
            return {"type": "http.request", "body": self.chunks[self.taken - 1], "more_body": more}
        if self.end == "silence":
            await asyncio.sleep(60)
        if self.end == "gone":
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": b"", "more_body": False}


async def read(source: Source, *, limit: int = 1 << 30, idle: float = 60.0) -> list[bytes]:
    return [piece async for piece in Body(source.receive, limit=limit, idle_seconds=idle).pieces()]


async def test_small_chunks_come_in_large_pieces() -> None:
    chunks = [bytes([number % 256]) * 65_536 for number in range(40)]
    pieces = await read(Source(chunks))
    assert b"".join(pieces) == b"".join(chunks)
    assert all(len(piece) >= PIECE for piece in pieces[:-1])
    assert await read(Source([])) == []
    assert await read(Source([b"", b"x", b""])) == [b"x"]


async def test_nothing_is_taken_before_the_last_piece_is_used() -> None:
    source = Source([b"x" * PIECE] * 10)
    pieces = Body(source.receive, limit=1 << 30).pieces()
    for number in range(1, 4):
        await anext(pieces)
        await asyncio.sleep(0)
        assert source.taken == number
    await pieces.aclose()  # type: ignore[attr-defined]


async def test_too_much_is_refused_as_soon_as_it_is_there() -> None:
    source = Source([b"x" * 1000] * 10)
    with pytest.raises(TooLarge):
        await read(source, limit=2500)
    assert source.taken == 3


async def test_clients_that_stall_or_go_away() -> None:
    with pytest.raises(Stalled):
        await read(Source([b"x"], end="silence"), idle=0.05)
    with pytest.raises(Disconnected):
        await read(Source([b"x"], end="gone"))


async def test_a_body_that_trickles_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "GRACE_SECONDS", 0.1)
    monkeypatch.setattr(bodies, "LEAST_RATE", 100_000)
    with pytest.raises(Stalled):
        await read(Source([b"x"] * 100, pause=0.02))


async def test_draining_ends_within_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "DRAIN_BYTES", 5000)
    source = Source([b"x" * 1000] * 100)
    await Body(source.receive, limit=10).drain()
    assert source.taken == 5
    monkeypatch.setattr(bodies, "DRAIN_SECONDS", 0.05)
    async with asyncio.timeout(90):
        await Body(Source([b"x"], end="silence").receive, limit=10).drain()
        await Body(Source([], end="gone").receive, limit=10).drain()


FORM = (
    b'--b\r\nContent-Disposition: form-data; name="tags"\r\n\r\n["/A"]\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    b"\xff\xd8\r\n--not the boundary\r\n\r\n--b"
    b"inary\r\n--b--\r\n"
)


@pytest.mark.parametrize("step", [1, 2, 3, 7, 64, 1000])
def test_a_form_is_read_whatever_its_pieces(step: int) -> None:
    got = bytearray()
    form = FormReader(b"b", frozenset({"tags"}), got.extend)
    for start in range(0, len(FORM), step):
        form.feed(FORM[start : start + step])
    form.feed(None)
    assert bytes(got) == b"\xff\xd8\r\n--not the boundary\r\n\r\n--binary"
    assert (form.filename, form.values, form.has_file) == ("a.jpg", {"tags": '["/A"]'}, True)


PIECES = st.lists(
    st.sampled_from([b"\r", b"\n", b"\r\n", b"-", b"--", b"--bb", b"\r\n--b", b" ", b"x", b"\x00"]), max_size=30
)


@given(PIECES, PIECES, st.lists(st.integers(0, 400), max_size=8), st.sampled_from([b"", b"  ", b"\t"]))
def test_any_content_survives_any_cut(first: list[bytes], second: list[bytes], cuts: list[int], padding: bytes) -> None:
    """Contents made to look like delimiters, cut anywhere, come out as they went in."""
    contents = [b"".join(first), b"".join(second)]
    if any(b"\r\n--bb" in b"\r\n" + content for content in contents):
        return
    head = b'Content-Disposition: form-data; name="%s"; filename="n"\r\n\r\n'
    body = b"preamble\r\n--bb" + padding + b"\r\n" + head % b"file" + contents[0]
    body += b"\r\n--bb\r\nX-Other: 1\r\n" + head % b"text" + contents[1] + b"\r\n--bb--\r\nepilogue"
    got = bytearray()
    form = FormReader(b"bb", frozenset({"text"}), got.extend)
    at = sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})
    for start, stop in itertools.pairwise(at):
        form.feed(body[start:stop])
    form.feed(None)
    assert bytes(got) == contents[0]
    assert form.values["text"].encode() == contents[1]


def test_forms_that_are_none() -> None:
    with pytest.raises(Malformed):
        FormReader(b"", frozenset(), bytearray().extend)
    with pytest.raises(Malformed):
        FormReader(b"x" * 300, frozenset(), bytearray().extend)
    cut = FormReader(b"b", frozenset({"tags"}), bytearray().extend)
    cut.feed(FORM[:-20])
    with pytest.raises(Malformed):
        cut.feed(None)
    endless_header = FormReader(b"b", frozenset(), bytearray().extend)
    endless_header.feed(b"--b\r\nX: ")
    with pytest.raises(Malformed):
        for _ in range(100):
            endless_header.feed(b"x" * (1 << 20))


def test_a_form_of_many_parts_or_unknown_fields_is_refused() -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\nx\r\n'
    with pytest.raises(Invalid):
        FormReader(b"b", frozenset({"tags"}), bytearray().extend).feed(part % b"colour")
    with pytest.raises(Invalid):
        FormReader(b"b", frozenset({"tags"}), bytearray().extend).feed(part % b"tags" + part % b"tags")
    known = frozenset(f"f{number}" for number in range(50))
    with pytest.raises(Malformed):
        FormReader(b"b", known, bytearray().extend).feed(b"".join(part % b"f%d" % number for number in range(50)))
