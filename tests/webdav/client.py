"""A WebDAV client that hides nothing: requests as they are, and sockets where requests would be mended on the way."""

from __future__ import annotations

import base64
import hashlib
import socket
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import requests

from tests.rig.server import Server, User

DAV = "{DAV:}"
OC = "{http://owncloud.org/ns}"
STATUS_OK = "HTTP/1.1 200 OK"


@dataclass
class Entry:
    """One response of a listing: its properties that are there, and the names of those that are not."""

    href: str
    found: dict[str, ElementTree.Element] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)

    def text(self, name: str) -> str | None:
        """The text of a property of `DAV:`, or of one by its full name."""
        element = self.found.get(name if name.startswith("{") else DAV + name)
        return None if element is None else "".join(element.itertext())

    @property
    def is_folder(self) -> bool:
        return self.found[f"{DAV}resourcetype"].find(f"{DAV}collection") is not None


class Drive(requests.Session):
    """A device with a token of one hierarchy. Paths are names below the drive's root, not encoded."""

    def __init__(self, server: Server, username: str, token: str, slug: str = "library") -> None:
        super().__init__()
        self.server = server
        self.username = username
        self.token = token
        self.root = f"/webdav/{slug}"
        self.auth = (username, token)

    @property
    def authorization(self) -> str:
        """The header of a request that is let in."""
        return "Basic " + base64.b64encode(f"{self.username}:{self.token}".encode()).decode()

    def at(self, path: str) -> str:
        """The path of a place as clients write it."""
        return self.root + quote(path)

    def ask(self, method: str, path: str, **keywords: Any) -> requests.Response:
        """A request to a place of the drive."""
        keywords.setdefault("timeout", 60)
        keywords.setdefault("allow_redirects", False)
        return self.request(method, self.server.url + self.at(path), **keywords)

    def list(self, path: str = "/", *, depth: str = "1", body: str | bytes | None = None) -> dict[str, Entry]:
        """The entries of a PROPFIND that succeeds, by their paths below the root, decoded."""
        answer = self.ask("PROPFIND", path, headers={"Depth": depth}, data=body)
        assert answer.status_code == 207, (answer.status_code, answer.text)
        return entries(answer.content, self.root)

    def prop(self, path: str, *names: str) -> Entry:
        """These properties of one place."""
        found = self.list(path, depth="0", body=wish(*names))
        (entry,) = found.values()
        return entry

    def raw(self, request: bytes, *, authorized: bool = True) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of what is answered to a request line with headers, sent as it is."""
        head = request.rstrip(b"\r\n") + b"\r\nHost: localhost\r\nConnection: close\r\n"
        if authorized:
            head += f"Authorization: {self.authorization}\r\n".encode()
        parts = urlsplit(self.server.url)
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=60) as connection:
            connection.sendall(head + b"\r\n")
            answer = b""
            while chunk := connection.recv(1 << 16):
                answer += chunk
        top, _, body = answer.partition(b"\r\n\r\n")
        first, *rest = top.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        return int(first.split(" ")[1]), headers, body


def wish(*names: str) -> str:
    """The body of a PROPFIND that names properties: of `DAV:`, or `{namespace}local`."""
    pieces = []
    for name in names:
        space, _, local = name[1:].rpartition("}") if name.startswith("{") else ("DAV:", "", name)
        pieces.append(f'<{local} xmlns="{space}"/>')
    return f'<?xml version="1.0"?><D:propfind xmlns:D="DAV:"><D:prop>{"".join(pieces)}</D:prop></D:propfind>'


def entries(body: bytes, root: str) -> dict[str, Entry]:
    """The responses of a multistatus, by path below `root`."""
    found: dict[str, Entry] = {}
    for response in ElementTree.fromstring(body).findall(f"{DAV}response"):
        href = response.findtext(f"{DAV}href") or ""
        entry = Entry(href)
        for propstat in response.findall(f"{DAV}propstat"):
            good = propstat.findtext(f"{DAV}status") == STATUS_OK
            for element in propstat.iterfind(f"{DAV}prop/*"):
                if good:
                    entry.found[element.tag] = element
                else:
                    entry.missing.add(element.tag)
        path = unquote(href).removeprefix(root)
        assert path not in found, f"{path} is listed twice"
        found[path] = entry
    return found


def open_drive(user: User, *, slug: str = "library", **options: Any) -> Drive:
    """A new device on one of somebody's hierarchies."""
    known = user.get("/hierarchies")
    assert known.status_code == 200, known.text
    hierarchy = next(one for one in known.json()["items"] if one["slug"] == slug)
    made = user.post(f"/hierarchies/{hierarchy['id']}/tokens", json={"name": "test", **options})
    assert made.status_code == 201, made.text
    return Drive(user.server, made.json()["username"], made.json()["token"], slug)


def put(user: User, content: bytes, name: str, *tags: str) -> str:
    """A picture with these tags; its id."""
    data = {"tags": "[" + ",".join(f'"{tag}"' for tag in tags) + "]"}
    answer = user.post("/pictures", files={"file": (name, content)}, data=data)
    assert answer.status_code in (200, 201), answer.text
    return str(answer.json()["id"])


def sha256(content: bytes) -> str:
    """A hash as people see it."""
    return hashlib.sha256(content).hexdigest()


def etag(content: bytes) -> str:
    """The entity tag of a file with this content."""
    return '"' + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode() + '"'
