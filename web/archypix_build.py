"""The package's build: setuptools, after the web application was built into the package.

Where something is to be built and there is no node, the wheel that brings it is asked for. An sdist has what was built,
so that nobody needs node to install from it.
"""

from __future__ import annotations

from typing import Any

from build_web import build_web, requires
from setuptools import build_meta
from setuptools.build_meta import prepare_metadata_for_build_editable as prepare_metadata_for_build_editable
from setuptools.build_meta import prepare_metadata_for_build_wheel as prepare_metadata_for_build_wheel

Config = dict[str, Any] | None


def get_requires_for_build_wheel(config_settings: Config = None) -> list[str]:
    return build_meta.get_requires_for_build_wheel(config_settings) + requires()


def get_requires_for_build_editable(config_settings: Config = None) -> list[str]:
    return build_meta.get_requires_for_build_editable(config_settings) + requires()


def get_requires_for_build_sdist(config_settings: Config = None) -> list[str]:
    return build_meta.get_requires_for_build_sdist(config_settings) + requires()


def build_wheel(wheel_directory: str, config_settings: Config = None, metadata_directory: str | None = None) -> str:
    build_web()
    return str(build_meta.build_wheel(wheel_directory, config_settings, metadata_directory))


def build_editable(wheel_directory: str, config_settings: Config = None, metadata_directory: str | None = None) -> str:
    build_web()
    return str(build_meta.build_editable(wheel_directory, config_settings, metadata_directory))


def build_sdist(sdist_directory: str, config_settings: Config = None) -> str:
    build_web()
    return str(build_meta.build_sdist(sdist_directory, config_settings))
