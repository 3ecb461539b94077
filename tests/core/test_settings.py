"""Settings: where they come from, what is refused, and that the page for administrators is complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from archypix.core.errors import StartupError
from archypix.core.settings import Settings, documentation, load_settings

PAGE = Path(__file__).parents[2] / "docs" / "admin" / "settings.md"


def test_command_line_wins_over_environment_over_file(tmp_path: Path) -> None:
    (tmp_path / "archypix.toml").write_text('port = 1000\nworkers = 3\nregistration = "open"\n')
    environ = {"ARCHYPIX_PORT": "2000", "ARCHYPIX_WORKERS": "5"}
    settings = load_settings(environ, data=tmp_path, port=3000)
    assert (settings.port, settings.workers, settings.registration) == (3000, 5, "open")


def test_unknown_names_are_refused_and_named(tmp_path: Path) -> None:
    (tmp_path / "archypix.toml").write_text("prot = 1\n")
    with pytest.raises(StartupError) as refusal:
        load_settings({"ARCHYPIX_REGISTRATIONS": "open"}, data=tmp_path)
    assert "ARCHYPIX_REGISTRATIONS" in refusal.value.detail
    assert "prot" in refusal.value.detail


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"ARCHYPIX_PORT": "many"}, "ARCHYPIX_PORT"),
        ({"ARCHYPIX_PORT": "70000"}, "ARCHYPIX_PORT"),
        ({"ARCHYPIX_REGISTRATION": "maybe"}, "ARCHYPIX_REGISTRATION"),
        ({"ARCHYPIX_PUBLIC_URL": "example.org"}, "ARCHYPIX_PUBLIC_URL"),
        ({"ARCHYPIX_S3_BUCKET": "pictures"}, "s3_access_key"),
        ({"ARCHYPIX_S3_ENDPOINT": "http://localhost:9000"}, "s3_bucket"),
        ({"ARCHYPIX_CONFIG": "/nowhere/archypix.toml"}, "/nowhere/archypix.toml"),
    ],
)
def test_wrong_values_are_refused_by_name(tmp_path: Path, environ: dict[str, str], named: str) -> None:
    with pytest.raises(StartupError) as refusal:
        load_settings({"ARCHYPIX_DATA": str(tmp_path), **environ})
    assert named in refusal.value.detail


def test_a_broken_file_is_refused_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "archypix.toml").write_text("port = = 1")
    with pytest.raises(StartupError, match=r"archypix\.toml is not valid TOML"):
        load_settings({}, data=tmp_path)


def test_secrets_do_not_show_when_settings_are_printed(tmp_path: Path) -> None:
    environ = {
        "ARCHYPIX_DATABASE_URL": "postgresql://u:hunter2@db/x",
        "ARCHYPIX_REDIS_URL": "redis://:hunter2@cache/0",
        "ARCHYPIX_S3_BUCKET": "b",
        "ARCHYPIX_S3_ACCESS_KEY": "k",
        "ARCHYPIX_S3_SECRET_KEY": "hunter2",
        "ARCHYPIX_WORKER_SECRET": "hunter2" * 5,
    }
    settings = load_settings(environ, data=tmp_path)
    assert "hunter2" not in repr(settings)
    assert not settings.embedded_database
    assert not settings.embedded_cache
    assert settings.uses_s3


@pytest.mark.parametrize(
    ("environ", "domain", "origin"),
    [
        ({}, "localhost:8123", "http://localhost:8123"),
        ({"ARCHYPIX_DOMAIN": "a.test"}, "a.test", "https://a.test"),
        ({"ARCHYPIX_DOMAIN": "a.test", "ARCHYPIX_PUBLIC_URL": "https://one.a.test/"}, "a.test", "https://one.a.test"),
    ],
)
def test_domain_and_origin_defaults(tmp_path: Path, environ: dict[str, str], domain: str, origin: str) -> None:
    settings = load_settings(environ, data=tmp_path)
    assert settings.identity_domain(8123) == domain
    assert settings.origin(8123) == origin


def test_the_page_of_settings_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == documentation(), "run: python -m archypix.core.settings > docs/admin/settings.md"


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
