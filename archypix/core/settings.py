"""Settings: one typed class, from `ARCHYPIX_*` variables and `archypix.toml`, unknown keys refused."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo

from archypix.core.errors import StartupError
from archypix.core.tiles import check_credit, check_tiles

PREFIX = "ARCHYPIX_"
GIB = 1 << 30


class Settings(BaseModel):
    """Everything that can be set. Each field's description is its documentation in `docs/admin/settings.md`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Path = Field(Path("data"), description="The data directory: database, files, secrets.")
    host: str = Field("127.0.0.1", description="Address the HTTP server listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port the HTTP server listens on; 0 takes a free one.")
    domain: str = Field(
        "",
        description="Identity domain, the part after `@`. Default `localhost:PORT`. Choose once: with another one,"
        " everybody here is somebody else to all other servers.",
    )
    public_url: str = Field(
        "", description="This backend's own origin. Default `http://localhost:PORT`, or `https://DOMAIN`."
    )
    workers: int = Field(
        default_factory=lambda: max(1, min(os.cpu_count() or 1, 8)), ge=0, le=64,
        description="Media worker processes that `serve` supervises.",
    )  # fmt: skip

    database_url: SecretStr = Field(SecretStr(""), description="PostgreSQL 15 or newer; empty starts the embedded one.")
    database_pool: int = Field(12, ge=2, le=200, description="Database connections a server process may hold.")
    redis_url: SecretStr = Field(SecretStr(""), description="Redis or Valkey; empty starts the embedded one.")
    postgres_bin: Path | None = Field(
        None, description="Folder of PostgreSQL programs (15 or newer) for the embedded server."
    )

    s3_endpoint: str = Field("", description="S3-compatible endpoint. Empty (and no bucket): local files.")
    s3_bucket: str = Field("", description="Bucket that takes the files; setting it switches storage to S3.")
    s3_access_key: str = Field("", description="S3 access key.")
    s3_secret_key: SecretStr = Field(SecretStr(""), description="S3 secret key.")
    s3_region: str = Field("us-east-1", description="S3 region.")
    s3_public_endpoint: str = Field(
        "", description="Endpoint written into presigned URLs where clients reach S3 by another name."
    )

    registration: Literal["open", "invite", "closed"] = Field(
        "closed",
        description="Who may make an account, until an administrator chooses: anyone, people with an invite, nobody.",
    )
    default_quota: int = Field(0, ge=0, description="Bytes a new account may store; 0 means no limit.")
    trash_days: int = Field(30, ge=0, le=3650, description="Days a picture stays in the trash before it is purged.")
    moved_days: int = Field(
        7, ge=1, le=365,
        description="Days for which what was somebody's who moved to another server of the domain stays here.",
    )  # fmt: skip
    undo_days: int = Field(30, ge=0, le=3650, description="Days for which a change by a person can be undone.")
    max_file_size: int = Field(20 * GIB, ge=1, description="Largest file taken, in bytes.")
    max_pixels: int = Field(400_000_000, ge=1, description="Largest picture decoded, in pixels.")
    decode_timeout: float = Field(120.0, gt=0, description="Seconds a file may take to decode.")
    decode_memory: int = Field(3 * GIB, ge=256 << 20, description="Address space of a decoder, in bytes.")

    trusted_proxies: str = Field(
        "", description="Comma-separated addresses or networks whose `X-Forwarded-*` headers are believed."
    )
    web_dist: Path | None = Field(
        None, description="Folder of another build of the web application, for those who are changing it."
    )
    map_tiles: str = Field(
        "",
        description="Where browsers get the tiles of maps, such as `https://tiles.example.org/{z}/{x}/{y}.png`, or"
        " `/tiles/{z}/{x}/{y}.png` behind the same front. Empty: outlines of countries, and no other server is asked;"
        " see [maps](maps.md).",
    )
    map_credit: str = Field(
        "",
        description="The line below such maps that says whose they are; an address in it becomes the link of the words"
        " before it.",
    )
    webdav_allow_http: bool = Field(
        False,
        description="Let WebDAV clients from other machines in without TLS: whoever is between can read their tokens.",
    )
    resolver_url: str = Field("", description="The Resolver of this domain, where there is one.")
    heartbeat_seconds: float = Field(
        10.0, ge=0.1, le=600,
        description="How often a backend tells the Resolver that it is there. One that misses three is taken for down."
        " The same on the Resolver and on all backends of a domain.",
    )  # fmt: skip
    accepts_people: bool = Field(True, description="Behind a Resolver: whether it may place new people on this server.")
    capacity_users: int = Field(
        0, ge=0, description="Behind a Resolver: people for whom this server has room; 0 means no limit."
    )
    capacity_bytes: int = Field(
        0, ge=0, description="Behind a Resolver: bytes for which this server has room; 0 means no limit."
    )
    backend_addresses: str = Field(
        "",
        description="For a Resolver: where backends are reached other than by their origin,"
        " `https://b1.example.org=http://10.0.0.5:8000,…`. Others must have a public address.",
    )
    secret: SecretStr = Field(
        SecretStr(""),
        description="Secret of at least 32 characters that all servers on one database share, from which their keys"
        " derive. Empty: made on the first start, in the data directory, or in a database that is configured.",
    )
    server_url: str = Field("", description="For `archypix worker`: origin of the server to claim jobs from.")
    worker_secret: SecretStr = Field(
        SecretStr(""), description="Secret by which workers on other machines prove themselves to the server."
    )
    log_format: Literal["text", "json"] = Field("text", description="How log lines look.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level logged.")

    federation_secure: bool = Field(
        False, description="Show actors and collections only to servers that sign their requests."
    )
    federation_allow_list: bool = Field(
        False, description="Deal with no servers but those that the administrator has allowed."
    )
    federation_host_rate: int = Field(
        12_000, ge=1, description="Messages a minute that the inbox takes from one server."
    )
    federation_actor_rate: int = Field(1200, ge=1, description="Messages a minute that the inbox takes from one actor.")
    federation_allow_loopback: bool = Field(False, description="Tests only: plain http and loopback peers.")
    federation_host_map: str = Field("", description="Tests only: `b.test=http://127.0.0.1:8002,…`.")
    federation_time_scale: float = Field(
        1.0, gt=0, le=1,
        description="Tests only: factor on what federation waits between attempts, for quiet and for leases. Below 1,"
        " other servers in trouble are asked far too often.",
    )  # fmt: skip

    @field_validator("data", mode="after")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("public_url", "resolver_url", "server_url", "s3_endpoint", "s3_public_endpoint", mode="after")
    @classmethod
    def _origin(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @field_validator("map_tiles", mode="after")
    @classmethod
    def _tiles(cls, value: str) -> str:
        check_tiles(value)
        return value

    @field_validator("map_credit", mode="after")
    @classmethod
    def _credit(cls, value: str) -> str:
        check_credit(value)
        return " ".join(value.split())

    @field_validator("secret", "worker_secret", mode="after")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < 32:
            raise ValueError("must have at least 32 characters")
        return value

    @model_validator(mode="after")
    def _s3_is_whole(self) -> Settings:
        if self.s3_bucket and not (self.s3_access_key and self.s3_secret_key.get_secret_value()):
            raise ValueError("s3_bucket needs s3_access_key and s3_secret_key")
        if self.s3_endpoint and not self.s3_bucket:
            raise ValueError("s3_endpoint needs s3_bucket")
        return self

    @model_validator(mode="after")
    def _tiles_can_be_shown(self) -> Settings:
        if self.map_credit and not self.map_tiles:
            raise ValueError("map_credit needs map_tiles")
        if self.map_tiles.startswith("http://") and self.origin(self.port).startswith("https://"):
            raise ValueError("map_tiles must start with https://: pages that come by https show nothing that does not")
        return self

    @property
    def embedded_database(self) -> bool:
        return not self.database_url.get_secret_value()

    @property
    def embedded_cache(self) -> bool:
        return not self.redis_url.get_secret_value()

    @property
    def uses_s3(self) -> bool:
        return bool(self.s3_bucket)

    def identity_domain(self, port: int) -> str:
        """The part after `@` in handles, for a server that listens on `port`."""
        return self.domain or f"localhost:{port}"

    def origin(self, port: int) -> str:
        """Scheme and host under which clients reach this backend."""
        if self.public_url:
            return self.public_url
        return f"https://{self.domain}" if self.domain else f"http://localhost:{port}"


def load_settings(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings from, in falling order: `overrides` (command line; None means not given), the environment, the file.

    The file is `ARCHYPIX_CONFIG`, or `archypix.toml` in the data directory. Raises `StartupError` that names each
    unknown or wrong key.
    """
    environ = os.environ if environ is None else environ
    given = {key: value for key, value in overrides.items() if value is not None}
    known = set(Settings.model_fields)
    unknown = []
    values: dict[str, Any] = {}
    for variable, text in environ.items():
        if not variable.startswith(PREFIX) or variable == f"{PREFIX}CONFIG":
            continue
        key = variable[len(PREFIX) :].lower()
        if key in known:
            if text != "":
                values[key] = text
        else:
            unknown.append(variable)
    data = Path(given.get("data") or values.get("data") or "data").expanduser()
    file = Path(environ[f"{PREFIX}CONFIG"]) if environ.get(f"{PREFIX}CONFIG") else data / "archypix.toml"
    from_file = _read_file(file, required=bool(environ.get(f"{PREFIX}CONFIG")))
    unknown += [f"{key} (in {file})" for key in from_file if key not in known]
    if unknown:
        raise StartupError(f"Unknown settings: {', '.join(sorted(unknown))}. See docs/admin/settings.md.")
    try:
        return Settings(**(from_file | values | given))
    except ValidationError as error:
        lines = [
            f"{PREFIX}{'.'.join(map(str, item['loc'])).upper()}: {item['msg']}" if item["loc"] else item["msg"]
            for item in error.errors(include_input=False, include_url=False)
        ]
        raise StartupError("Settings are wrong. " + "; ".join(lines)) from None


def _read_file(file: Path, *, required: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        if required:
            raise StartupError(f"The settings file {file} does not exist.") from None
        return {}
    except OSError as error:
        raise StartupError(f"The settings file {file} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StartupError(f"The settings file {file} is not valid TOML: {error}.") from error


def documentation() -> str:
    """All settings as a Markdown page: variable, default, meaning."""
    lines = [
        "# Settings",
        "",
        "Each setting is an environment variable, or a key of the same name in lower case without `ARCHYPIX_` in",
        "`archypix.toml` in the data directory (or the file that `ARCHYPIX_CONFIG` names). The command line wins",
        "over the environment, the environment over the file. A name that is not on this page keeps the server from",
        "starting.",
        "",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        meaning = (field.description or "").replace("|", "\\|")
        lines.append(f"| `{PREFIX}{name.upper()}` | {_default_of(field)} | {meaning} |")
    return "\n".join(lines) + "\n"


def _default_of(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "number of cores, at most 8"
    default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    return "" if default in ("", None) else f"`{default}`"


if __name__ == "__main__":
    print(documentation(), end="")
