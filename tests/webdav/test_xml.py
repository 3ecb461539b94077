"""XML from strangers: taken where it is plain, refused where it is a weapon, and given back as it came."""

from __future__ import annotations

import pytest

from webdav import xml
from webdav.answers import Refused

LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


def test_names_carry_their_namespace() -> None:
    root = xml.parse(b'<p xmlns="DAV:"><x:y xmlns:x="urn:z" x:k="1" l="2"> t <n xmlns=""/></x:y></p>')
    (inner,) = root
    assert (root.name, inner.name, inner.attributes) == ("{DAV:}p", "{urn:z}y", {"{urn:z}k": "1", "{}l": "2"})
    assert inner.text == " t "
    assert inner.find("{}n") is not None


def test_what_was_parsed_is_written_so_that_it_reads_the_same() -> None:
    text = '<p xmlns="DAV:" k="&quot;&lt;" xml:lang="de">a &amp; b<q xmlns="urn:q%" xmlns:e="urn:e" e:f="g"/>é</p>'
    root = xml.parse(text.encode())
    assert xml.parse(xml.serialize(root).encode()) == root


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<a", b"<a></b>", b"<a:b/>", b'<a xmlns:b=""/>', b"<a>\x00</a>", b"\xff\xfe\x00", LAUGHS, OUTSIDE,
        b"<!DOCTYPE a><a/>", b'<?xml version="1.0" encoding="ebcdic-unknown"?><a/>', b"<a>" * 200 + b"</a>" * 200,
        b"<a>" + b"<b/>" * 20_000 + b"</a>", b"<a>&nbsp;</a>",
    ],
)  # fmt: skip
def test_everything_else_is_refused(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        xml.parse(body)
    assert refused.value.status == 400


def test_what_xml_cannot_hold_does_not_break_a_listing() -> None:
    assert xml.escape('a<b>&"\x01\ud800') == "a&lt;b&gt;&amp;&quot;\ufffd\ufffd"
