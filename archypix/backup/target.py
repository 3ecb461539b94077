"""Where a restore puts things: a machine that must be empty, or have the same restore half done."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archypix.backup import vault
from archypix.backup.disk import explained, write_durably
from archypix.backup.models import Manifest
from archypix.backup.vault import Secrets
from archypix.core.errors import StartupError
from archypix.core.runtime.datadir import DataDir
from archypix.core.secrets import MASTER, given_secret
from archypix.core.settings import Settings
from archypix.storage.interface import Storage
from archypix.storage.local import RESERVE

# What may lie in a data directory that counts as empty.
SETTINGS_FILE: Final = "archypix.toml"
_LITTER: Final = re.compile(r"(?:run|logs)/[^/]*|archypix\.toml(?:\.from-backup)?|lost\+found")
PREFIXES: Final = ("blobs/", "scraps/", "thumbs/")


@dataclass(frozen=True, slots=True)
class Target:
    """The data directory of the settings, as a restore of one backup sees it."""

    settings: Settings
    manifest: Manifest

    @property
    def data(self) -> DataDir:
        return DataDir(self.settings.data)

    def resumes(self) -> bool:
        """Whether this restore was begun here; `StartupError` where another was, or things are in the way. Blocks."""
        with explained(self.settings.data):
            begun = self._begun()
            if begun is not None and begun != self.manifest.id:
                raise StartupError(
                    f"The restore of another backup into {self.settings.data} was begun. Remove that directory first."
                )
            if begun is None and (found := self._first_file()):
                raise StartupError(
                    f"The data directory {self.settings.data} is not empty ({found}): restore into a new one."
                )
        return begun is not None

    def begin(self) -> None:
        """From now on nothing else starts here. Blocks."""
        with explained(self.settings.data):
            note = {"backup": self.manifest.id, "made_at": self.manifest.made_at}
            write_durably(self.data.restoring, json.dumps(note).encode())

    def end(self) -> None:
        """Everything is there. Blocks."""
        with explained(self.settings.data):
            self.data.restoring.unlink(missing_ok=True)

    def require_secret(self, secrets: Secrets) -> None:
        """`StartupError` where the settings give another master secret than the backup has."""
        given = given_secret(self.settings)
        if given is not None and vault.fingerprint(given) != self.manifest.master:
            raise StartupError(
                "ARCHYPIX_SECRET is not the secret of the backup: with another one its keys cannot be opened. Give the"
                " same, or none."
            )
        if vault.fingerprint(secrets.master) != self.manifest.master:
            raise StartupError("The secrets of the backup are not those of its database: they are damaged.")

    def put_secrets(self, secrets: Secrets) -> dict[str, bytes]:
        """Write the secrets where this installation looks for them; those that lie in the database. Blocks."""
        settings = self.settings
        in_file = given_secret(settings) is None and settings.embedded_database
        in_database = given_secret(settings) is None and not settings.embedded_database
        for name, value in vault.restored_files(secrets, master_in_file=in_file).items():
            self.data.put_secret(name, value)
        if secrets.settings and not (settings.data / SETTINGS_FILE).exists():
            with explained(settings.data):
                write_durably(settings.data / f"{SETTINGS_FILE}.from-backup", secrets.settings.encode())
        shared = {name: value for name, value in secrets.shared.items() if name != MASTER}
        return shared | ({MASTER: secrets.master} if in_database else {})

    def require_room(self) -> None:
        """`StartupError` where the files would not fit onto the disk of the data directory. Blocks."""
        if self.settings.uses_s3:
            return
        folder = next(path for path in (self.settings.data, *self.settings.data.parents) if path.exists())
        state = os.statvfs(folder)
        free, needed = state.f_bavail * state.f_frsize, self.manifest.objects.size + RESERVE
        if free < needed:
            raise StartupError(
                f"The files need {needed >> 20} MB, and the disk that holds {folder} has {free >> 20} MB free."
            )

    def warnings(self) -> list[str]:
        """What the person who restores should know before the server starts."""
        found = []
        domain = self.settings.identity_domain(self.settings.port)
        if domain != self.manifest.domain:
            found.append(
                f"The backup is of {self.manifest.domain}, and these settings say {domain}: start the server with the"
                f" same ARCHYPIX_DOMAIN and port, or everybody is somebody else to other servers."
            )
        if self.manifest.settings_file and not (self.settings.data / SETTINGS_FILE).exists():
            found.append(
                f"The settings file of the backup is put beside: {self.settings.data / SETTINGS_FILE}.from-backup."
            )
        return found

    def _begun(self) -> str | None:
        try:
            return str(json.loads(self.data.restoring.read_bytes())["backup"])
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            return ""

    def _first_file(self) -> str | None:
        """Something that is there already."""
        root = self.settings.data
        if root.exists() and not root.is_dir():
            return root.name
        for folder, _, names in os.walk(root):
            for name in sorted(names):
                path = str(Path(folder, name).relative_to(root))
                if not _LITTER.fullmatch(path):
                    return path
        return None


async def require_empty(storage: Storage) -> None:
    """`StartupError` where storage holds files already."""
    for prefix in PREFIXES:
        async for info in storage.list(prefix):
            raise StartupError(f"The storage is not empty ({info.key}): restore into an empty one.")
