"""What `archypix demo` is made of: pictures that look and are read like photographs, and three places to be."""

from __future__ import annotations

import io
import socket
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image

from archypix.commands.demonstration.painting import Place, photograph
from archypix.commands.demonstration.servers import places
from archypix.core.errors import StartupError

FJORD = Place("Fjord", -61.5, 7.25, datetime(2024, 8, 2, 4), -90, camera=1)


def test_a_photograph_is_a_function_of_its_number() -> None:
    name, content = photograph(FJORD, 3)
    assert photograph(FJORD, 3) == (name, content)
    assert photograph(FJORD, 4)[1] != content
    assert name.startswith("Fjord_20240802_")
    image = Image.open(io.BytesIO(content))
    assert image.size == (1296, 864)
    assert len(image.getcolors(1 << 24) or []) > 1000


def test_a_photograph_says_when_where_and_with_what() -> None:
    _, content = photograph(FJORD, 0)
    exif = Image.open(io.BytesIO(content)).getexif()
    details, gps = exif.get_ifd(0x8769), exif.get_ifd(0x8825)
    assert (exif[0x010F], exif[0x0110]) == ("FUJIFILM", "X-T4")
    assert details[0x9003].startswith("2024:08:02 0")
    assert details[0x9011] == "-01:30"
    assert (gps[1], gps[3]) == ("S", "E")
    degrees, minutes, _ = map(float, gps[2])
    assert degrees + minutes / 60 == pytest.approx(61.5, abs=0.1)


def test_places_are_the_same_the_next_time(tmp_path: Path) -> None:
    first = places(tmp_path, 0)
    assert [place.domain for place in first] == ["a.localhost", "b.localhost", "c.localhost"]
    assert len({place.port for place in first}) == 3
    assert [place.port for place in places(tmp_path, 0)] == [place.port for place in first]


def test_a_port_that_is_taken_is_not_used(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port not in [place.port for place in places(tmp_path, port)]


def test_whose_port_is_taken_meanwhile_does_not_move(tmp_path: Path) -> None:
    port = places(tmp_path, 0)[1].port
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(StartupError, match=str(port)):
            places(tmp_path, 0)


def test_the_link_for_the_administrator_is_heard(tmp_path: Path) -> None:
    place = places(tmp_path, 0)[0]
    place.hear("make the administrator: http://a.localhost:1/setup?token=abc-def_1")
    place.hear("something else")
    assert place.setup == "abc-def_1"
    assert "abc-def_1" not in repr(place)
