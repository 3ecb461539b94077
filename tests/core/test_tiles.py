"""The addresses of map tiles as administrators write them: what is taken, what is refused, and why."""

from __future__ import annotations

import pytest

from archypix.core.errors import StartupError
from archypix.core.settings import load_settings
from archypix.core.tiles import origin_of

END = "/{z}/{x}/{y}.png"


@pytest.mark.parametrize(
    ("template", "origin"),
    [
        (f"https://tiles.example.org{END}", "https://tiles.example.org"),
        (f"https://tiles.example.org:8443/a{END}?key=x-1&style=a%20b", "https://tiles.example.org:8443"),
        (f"http://127.0.0.1:9000{END}", "http://127.0.0.1:9000"),
        (f"http://[::1]:9000{END}", "http://[::1]:9000"),
        ("https://t.example/?x={x}&y={y}&z={z}", "https://t.example"),
        ("https://t.example/{z}/{x}/{y}{r}.png", "https://t.example"),
        ("/tiles/{z}/{x}/{y}{r}.png?key=x", ""),
        ("https://t.example/{z}/{x}/{y}@2x.png", "https://t.example"),
        (f"/tiles{END}", ""),
        ("", ""),
    ],
)
def test_templates_are_taken_with_their_origin(template: str, origin: str) -> None:
    settings = load_settings({"ARCHYPIX_MAP_TILES": template})
    assert settings.map_tiles == template
    assert origin_of(settings.map_tiles) == origin


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("https://tiles.example.org/{z}/{x}.png", "must have {y} once"),
        (f"https://tiles.example.org{END}{{z}}", "must have {z} once"),
        ("https://{s}.tiles.example.org/{z}/{x}/{y}.png", "has {s}, which stands for several hosts: name one of them"),
        (f"https://{{r}}.example.org{END}", "must start with https:// and a host's name"),
        ("https://tiles.example.org/{z}/{x}/{y}{r}{r}.png", "{r} once, and nothing else"),
        (f"https://tiles.example.org/{{q}}{END}", "nothing else"),
        (f"tiles.example.org{END}", "must start with https://"),
        (f"//tiles.example.org{END}", "is no address"),
        (f"https://me:secret@tiles.example.org{END}", "must start with https:// and a host's name"),
        (f"https://tiles.example.org; script-src *{END}", "must start with https:// and a host's name"),
        (f"https://*{END}", "must start with https:// and a host's name"),
        (f"https://tiles.example.org/a b{END}", "is no address"),
        (f"https://tiles.example.org{END}#x", "is no address"),
        (f"https://tiles.example.org/{'a' * 500}{END}", "at most 500"),
        (f"javascript:alert(1){END}", "must start with https://"),
    ],
)
def test_what_is_no_template_is_refused_with_the_reason(template: str, reason: str) -> None:
    with pytest.raises(StartupError) as refusal:
        load_settings({"ARCHYPIX_MAP_TILES": template})
    assert "ARCHYPIX_MAP_TILES" in refusal.value.detail
    assert reason in refusal.value.detail


@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        ({"ARCHYPIX_MAP_CREDIT": "© us"}, "map_credit needs map_tiles"),
        ({"ARCHYPIX_MAP_TILES": f"/t{END}", "ARCHYPIX_MAP_CREDIT": "a\nb"}, "one line"),
        ({"ARCHYPIX_MAP_TILES": f"/t{END}", "ARCHYPIX_MAP_CREDIT": "x" * 301}, "at most 300"),
        ({"ARCHYPIX_MAP_TILES": f"http://t.example{END}", "ARCHYPIX_DOMAIN": "a.test"}, "must start with https://"),
    ],
)
def test_what_does_not_go_together_is_refused(environ: dict[str, str], reason: str) -> None:
    with pytest.raises(StartupError, match=reason):
        load_settings(environ)
