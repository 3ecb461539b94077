"""What a file is comes from its content; its name counts only among RAW formats that look alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from archypix.media.kinds import HEAD_BYTES, Kind, sniff
from fixtures import camera_file, photo

KINDS = {
    "sample.jpg": "image/jpeg",
    "sample.png": "image/png",
    "sample.webp": "image/webp",
    "animated.gif": "image/gif",
    "sample.tiff": "image/tiff",
    "sample.heic": "image/heic",
    "sample.avif": "image/avif",
    "sample.dng": "image/x-adobe-dng",
    "sample.mp4": "video/mp4",
    "sample.mov": "video/quicktime",
    "sample.webm": "video/webm",
    "sample.mkv": "video/x-matroska",
    "sample.avi": "video/x-msvideo",
    "text.jpg": "application/octet-stream",
    "page.svg": "application/octet-stream",
    "empty.jpg": "application/octet-stream",
    "png-named.jpg": "image/png",
    "jpeg-named.png": "image/jpeg",
}

CAMERA_FILES = {
    "canon-350d.cr2": "image/x-canon-cr2",
    "canon-300d.crw": "image/x-canon-crw",
    "canon-350d.dng": "image/x-adobe-dng",
    "fuji-s5pro.raf": "image/x-fuji-raf",
    "nikon-d70.nef": "image/x-nikon-nef",
    "panasonic-lx3.rw2": "image/x-panasonic-rw2",
    "camera.mov": "video/quicktime",
}


def type_of(path: Path, filename: str = "upload") -> str:
    return sniff(path.read_bytes()[:HEAD_BYTES], filename).name


@pytest.mark.parametrize(("name", "media_type"), KINDS.items())
def test_the_content_decides(samples: Path, name: str, media_type: str) -> None:
    assert type_of(samples / name) == media_type
    assert type_of(samples / name, "wrong.nef") == media_type or media_type == "image/tiff"


@pytest.mark.parametrize(("name", "media_type"), CAMERA_FILES.items())
def test_files_of_cameras(name: str, media_type: str) -> None:
    assert type_of(camera_file(name), name) == media_type


def test_the_extension_breaks_ties_among_tiff_based_raws_only(samples: Path) -> None:
    head = camera_file("nikon-d70.nef").read_bytes()[:HEAD_BYTES]
    assert sniff(head, "DSC_1.NEF").name == "image/x-nikon-nef"
    assert sniff(head, "DSC_1.arw").name == "image/x-sony-arw"
    assert sniff(head, "DSC_1").name == "image/tiff"
    assert sniff((samples / "sample.jpg").read_bytes(), "DSC_1.NEF").name == "image/jpeg"


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "image/heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "image/avif"),
        (b"\0\0\0\x14ftypmif1\0\0\0\0mif1", "image/heif"),
        (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", "image/x-canon-cr3"),
        (b"\0\0\0\x14ftyp3gp5\0\0\0\0isom", "video/3gpp"),
        (b"\0\0\0\x14ftypM4A \0\0\0\0isom", "application/octet-stream"),
        (b"\0\0\0\x14ftypzzzz\0\0\0\0yyyy", "application/octet-stream"),
        (b"\0\0\0\x08wide\0\0\0\x10mdat", "video/quicktime"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"),
        (b"IIRO\x08\0\0\0", "image/x-olympus-orf"),
        ((b"\x47" + bytes(187)) * 4, "video/mp2t"),
        (b"RIFF\0\0\0\0WAVE", "application/octet-stream"),
        (b"II*\0\xff\xff\xff\xff", "image/tiff"),
        (b"\xff\xd8", "application/octet-stream"),
    ],
)
def test_signatures(head: bytes, media_type: str) -> None:
    assert sniff(head).name == media_type


def test_every_cut_of_a_head_is_sniffed_without_an_error(samples: Path) -> None:
    for name in ("sample.dng", "sample.heic", "sample.mp4", "sample.webm", "sample.tiff"):
        head = (samples / name).read_bytes()[:600]
        for length in range(len(head)):
            assert sniff(head[:length], name).kind in Kind


def test_kinds() -> None:
    assert sniff(photo("iphone-4s.jpg").read_bytes()).kind is Kind.IMAGE
    assert sniff(camera_file("canon-350d.cr2").read_bytes()).kind is Kind.RAW
    assert sniff(camera_file("camera.mov").read_bytes()).kind is Kind.VIDEO
    assert sniff(b"hello").kind is Kind.OTHER
