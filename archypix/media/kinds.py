"""What kind of file it is, told from its first bytes; the name's extension only breaks ties among RAW formats."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

# Enough for every signature and, in nearly all files, the first directory of a TIFF.
HEAD_BYTES = 16_384


class Kind(StrEnum):
    """What the library does with a file: show it, develop its preview, play it, or only keep it."""

    IMAGE = "image"
    RAW = "raw"
    VIDEO = "video"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class MediaType:
    """A file's media type (`image/jpeg`) and its kind."""

    name: str
    kind: Kind


def _image(name: str) -> MediaType:
    return MediaType(f"image/{name}", Kind.IMAGE)


def _raw(name: str) -> MediaType:
    return MediaType(f"image/x-{name}", Kind.RAW)


def _video(name: str) -> MediaType:
    return MediaType(f"video/{name}", Kind.VIDEO)


JPEG, PNG, WEBP, GIF, TIFF = map(_image, ("jpeg", "png", "webp", "gif", "tiff"))
HEIC, HEIF, AVIF, JXL = map(_image, ("heic", "heif", "avif", "jxl"))
CR2, CR3, CRW = map(_raw, ("canon-cr2", "canon-cr3", "canon-crw"))
DNG, RAF, ORF, RW2, X3F, MRW = map(
    _raw, ("adobe-dng", "fuji-raf", "olympus-orf", "panasonic-rw2", "sigma-x3f", "minolta-mrw")
)
MP4, MOV, M4V = map(_video, ("mp4", "quicktime", "x-m4v"))
THREE_GP, THREE_G2, WEBM = map(_video, ("3gpp", "3gpp2", "webm"))
MKV, AVI, MPEG_TS, MPEG = map(_video, ("x-matroska", "x-msvideo", "mp2t", "mpeg"))
OTHER = MediaType("application/octet-stream", Kind.OTHER)

# RAW formats that are plain TIFF files to the first bytes.
_TIFF_RAW_BY_EXTENSION = {
    "3fr": _raw("hasselblad-3fr"),
    "arw": _raw("sony-arw"),
    "cr2": CR2,
    "dcr": _raw("kodak-dcr"),
    "dng": DNG,
    "erf": _raw("epson-erf"),
    "fff": _raw("hasselblad-fff"),
    "gpr": _raw("gopro-gpr"),
    "iiq": _raw("phaseone-iiq"),
    "kdc": _raw("kodak-kdc"),
    "mef": _raw("mamiya-mef"),
    "mos": _raw("leaf-mos"),
    "nef": _raw("nikon-nef"),
    "nrw": _raw("nikon-nrw"),
    "pef": _raw("pentax-pef"),
    "sr2": _raw("sony-sr2"),
    "srf": _raw("sony-srf"),
    "srw": _raw("samsung-srw"),
}

_SIGNATURES: tuple[tuple[bytes, MediaType], ...] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"IIRO", ORF),
    (b"IIRS", ORF),
    (b"MMOR", ORF),
    (b"IIU\x00", RW2),
    (b"FUJIFILMCCD-RAW", RAF),
    (b"FOVb", X3F),
    (b"\x00MRM", MRW),
    (b"\xff\x0a", JXL),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", JXL),
    (b"\x00\x00\x01\xba", MPEG),
)

_BRANDS: dict[bytes, MediaType] = {
    **dict.fromkeys((b"avif", b"avis"), AVIF),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"), HEIC),
    **dict.fromkeys((b"mif1", b"msf1", b"mif2"), HEIF),
    b"crx ": CR3,
    b"qt  ": MOV,
    **dict.fromkeys((b"M4V ", b"M4VH", b"M4VP"), M4V),
    **dict.fromkeys(
        (b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"MSNV", b"XAVC", b"f4v "),
        MP4,
    ),
}
_QUICKTIME_FIRST_BOXES = frozenset((b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"))


def sniff(head: bytes, filename: str = "") -> MediaType:
    """The media type of a file from its first `HEAD_BYTES` bytes; unknown content is `OTHER` whatever its name says."""
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    if head[:4] in (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"):
        return _tiff(head, filename)
    if head[4:8] == b"ftyp":
        return _from_brands(head)
    if head[4:8] in _QUICKTIME_FIRST_BOXES:
        return MOV
    if head[:4] == b"RIFF":
        return {b"WEBP": WEBP, b"AVI ": AVI}.get(head[8:12], OTHER)
    if head[:4] == b"\x1aE\xdf\xa3":
        return WEBM if b"webm" in head[:64] else MKV if b"matroska" in head[:64] else OTHER
    if head[6:14] == b"HEAPCCDR":
        return CRW
    return MPEG_TS if _is_transport_stream(head) else OTHER


def _from_brands(head: bytes) -> MediaType:
    size = min(struct.unpack_from(">I", head)[0], len(head), 512)
    major = head[8:12]
    brands = [major, *(head[at : at + 4] for at in range(16, size - 3, 4))]
    # Files of the general HEIF brands name their codec among the compatible ones.
    if _BRANDS.get(major) is HEIF:
        return next((found for brand in brands[1:] if (found := _BRANDS.get(brand)) in (HEIC, AVIF)), HEIF) or HEIF
    if major[:2] == b"3g":
        return THREE_G2 if major[:3] == b"3g2" else THREE_GP
    if major[:3] in (b"M4A", b"M4B"):
        return OTHER
    return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), OTHER)


def _is_transport_stream(head: bytes) -> bool:
    plain = head[:565:188] == b"\x47" * 4
    timestamped = head[4:581:192] == b"\x47" * 4
    return len(head) > 580 and (plain or timestamped)


def _tiff(head: bytes, filename: str) -> MediaType:
    if head[8:10] == b"CR":
        return CR2
    tags = dict(_first_directory(head))
    if 0xC612 in tags:  # DNGVersion
        return DNG
    extension = filename.rpartition(".")[2].lower()
    return _TIFF_RAW_BY_EXTENSION.get(extension, TIFF)


def _first_directory(head: bytes) -> Iterator[tuple[int, int]]:
    """Tag and type of each entry of a classic TIFF's first directory, as far as `head` holds it."""
    order = "<" if head[:2] == b"II" else ">"
    if len(head) < 8 or head[2:4] in (b"+\x00", b"\x00+"):
        return
    (offset,) = struct.unpack_from(order + "I", head, 4)
    if offset + 2 > len(head):
        return
    (count,) = struct.unpack_from(order + "H", head, offset)
    for at in range(offset + 2, min(offset + 2 + 12 * count, len(head) - 12), 12):
        yield struct.unpack_from(order + "HH", head, at)
