"""XMP packets: properties by their names, and packets made of nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias
from xml.sax.saxutils import escape


class Text(str):
    """A text in the default language."""

    __slots__ = ()


class Bag(tuple[str, ...]):
    """A list in no order."""

    __slots__ = ()


# By Exiv2's key (`Xmp.dc.title`): a plain value, a text in the default language, a list with an order or without; None
# takes it away.
Property: TypeAlias = str | Text | Bag | tuple[str, ...]
Properties: TypeAlias = Mapping[str, Property | None]

NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "exifEX": "http://cipa.jp/exif/1.0/",
    "aux": "http://ns.adobe.com/exif/1.0/aux/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
}


def new_packet(properties: Properties) -> bytes:
    """A packet of its own with these properties, as a sidecar file is."""
    body = "".join(_element(key, value) for key, value in properties.items() if value is not None)
    spaces = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in NAMESPACES.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        f'  <rdf:Description rdf:about="" {spaces}>\n{body}  </rdf:Description>\n'
        ' </rdf:RDF>\n</x:xmpmeta>\n<?xpacket end="w"?>\n'
    ).encode()


def _element(key: str, value: Property) -> str:
    name = key.removeprefix("Xmp.").replace(".", ":")
    if isinstance(value, tuple):
        inner = "".join(f"<rdf:li>{escape(item)}</rdf:li>" for item in value)
        kind = "Bag" if isinstance(value, Bag) else "Seq"
        inner = f"<rdf:{kind}>{inner}</rdf:{kind}>"
    elif isinstance(value, Text):
        inner = f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(value)}</rdf:li></rdf:Alt>'
    else:
        inner = escape(value)
    return f"   <{name}>{inner}</{name}>\n"
