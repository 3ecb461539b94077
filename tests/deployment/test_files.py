"""What the guide gives to copy names settings, commands, files and secrets that there are; programs take it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from archypix import cli
from archypix.core.settings import PREFIX, Settings
from tests.programs import needs_program

SOURCES = Path(__file__).parents[2]
FOLDER = SOURCES / "docs/admin/deployment"
VARIABLE = re.compile(rf"\b{PREFIX}[A-Z0-9_]+\b")
SETTINGS = {PREFIX + name.upper() for name in Settings.model_fields}
UNITS = sorted((FOLDER / "systemd").iterdir())


def compose() -> Any:
    return yaml.safe_load((FOLDER / "compose.yaml").read_text())


def documents() -> Iterator[Any]:
    for path in (FOLDER / "kubernetes").glob("*.yaml"):
        yield from yaml.safe_load_all(path.read_text())


def containers() -> Iterator[Any]:
    for document in documents():
        if document["kind"] == "Deployment":
            yield from document["spec"]["template"]["spec"]["containers"]


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.*")), ids=lambda path: path.name)
def test_every_setting_in_it_is_one(path: Path) -> None:
    named = set(VARIABLE.findall(path.read_text()))
    assert named <= SETTINGS, f"unknown: {sorted(named - SETTINGS)}"


def test_commands_are_commands_of_the_program() -> None:
    commands = [service["command"] for service in compose()["services"].values() if service.get("image") == "archypix"]
    commands += [container["args"] for container in containers()]
    commands += [
        shlex.split(line.partition("archypix/bin/archypix ")[2])
        for unit in UNITS
        for line in unit.read_text().splitlines()
        if line.startswith("ExecStart=")
    ]
    assert len(commands) >= 12
    for word, *words in commands:
        _, parser = cli.command(word)
        parser.parse_args(words)


def test_each_secret_of_the_compose_file_is_in_the_example() -> None:
    asked = set(re.findall(r"\$\{([A-Z0-9_]+):\?\}", (FOLDER / "compose.yaml").read_text()))
    assert asked == set(re.findall(r"^([A-Z0-9_]+)=", (FOLDER / "example.env").read_text(), re.MULTILINE))


def test_parts_of_the_compose_file_fit_together() -> None:
    file = compose()
    services = file["services"]
    databases = set(re.findall(r"CREATE DATABASE (\w+);", (FOLDER / "databases.sql").read_text()))
    upstreams = re.findall(r"import archypix (\w+):(\d+)", (FOLDER / "Caddyfile").read_text())
    assert {name for name, _ in upstreams} <= set(services)
    used = set()
    for service in services.values():
        environment = service.get("environment", {})
        if address := environment.get("ARCHYPIX_DATABASE_URL"):
            used.add(address.rpartition("/")[2])
        assert set(service.get("depends_on", {})) <= set(services)
        named = [volume.partition(":")[0] for volume in service.get("volumes", ())]
        assert all(name in file["volumes"] or (FOLDER / name).exists() for name in named)
    assert used == databases
    for worker, server in (("b1-worker", "b1"), ("b2-worker", "b2")):
        shared = ("ARCHYPIX_REDIS_URL", "ARCHYPIX_WORKER_SECRET")
        assert [services[worker]["environment"][key] for key in shared] == [
            services[server]["environment"][key] for key in shared
        ]


def test_what_the_image_is_made_of_is_there() -> None:
    let_in = re.findall(r"^!(\S+)$", (FOLDER / "Dockerfile.dockerignore").read_text(), re.MULTILINE)
    assert all((SOURCES / name).exists() for name in let_in)
    packages = {path.parent.name for path in SOURCES.glob("*/__init__.py")} - {"tests", "fixtures"}
    assert packages <= set(let_in)


def test_manifests_name_what_other_manifests_make() -> None:
    made = {(document["kind"], document["metadata"]["name"]) for document in documents() if "metadata" in document}
    for container in containers():
        for source in container.get("envFrom", ()):
            for kind, key in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
                if key in source:
                    assert (kind, source[key]["name"]) in made
        security = container["securityContext"]
        assert security["readOnlyRootFilesystem"]
        assert not security["allowPrivilegeEscalation"]
    for document in documents():
        if document["kind"] == "Ingress":
            for rule in document["spec"]["rules"]:
                for path in rule["http"]["paths"]:
                    assert ("Service", path["backend"]["service"]["name"]) in made


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    program = needs_program("systemd-analyze")
    for unit in UNITS:
        # Its program is wherever somebody installs it.
        text = unit.read_text().replace("/opt/archypix/bin/archypix", "/bin/true")
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(
        [program, "verify", "--man=no", *sorted(map(str, tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr.strip()


def test_caddy_takes_its_file() -> None:
    program = needs_program("caddy")
    command = [program, "validate", "--adapter", "caddyfile", "--config", str(FOLDER / "Caddyfile")]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "DOMAIN": "photos.example.org"}
    )
    assert done.returncode == 0, done.stderr
    unformatted = subprocess.run(
        [program, "fmt", "--diff", str(FOLDER / "Caddyfile")], capture_output=True, text=True, check=False
    )
    assert not re.search(r"^[-+]", unformatted.stdout, re.MULTILINE), unformatted.stdout
