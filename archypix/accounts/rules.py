"""What names, passwords and small texts must look like, and how long sessions last."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta

from archypix.core.errors import Fault, Invalid

NAME = re.compile(r"[A-Za-z0-9_]{1,30}")
PASSWORD_LENGTH = (8, 1000)
MAX_DISPLAY_NAME = 100

# A session ends when it is not used for so long, and in any case this long after signing in.
SESSION_IDLE = timedelta(days=14)
SESSION_LIFETIME = timedelta(days=90)

# Names that a stranger could use to speak for the server. Administrators may give them.
RESERVED = frozenset(
    {
        "abuse", "account", "accounts", "actor", "admin", "administrator", "anonymous", "api", "archypix", "everyone",
        "help", "hostmaster", "info", "mod", "moderator", "nobody", "null", "official", "owner", "postmaster",
        "privacy", "public", "register", "relay", "root", "security", "server", "setup", "staff", "support", "sysadmin",
        "system", "undefined", "webmaster",
    }
)  # fmt: skip


def known_name(text: str) -> str | None:
    """The name that `text` stands for (lower case), or None where no account could be called so."""
    text = text.strip(" ")
    return text.lower() if NAME.fullmatch(text) else None


def new_name(text: str, *, reserved_allowed: bool) -> str:
    """The name for a new account; `Invalid` where it is malformed or, unless allowed, reserved."""
    name = known_name(text)
    if name is None:
        raise _invalid("name", "A name has 1 to 30 characters: a to z, 0 to 9 and the underscore.")
    if name in RESERVED and not reserved_allowed:
        raise _invalid("name", f"The name {name} is reserved.")
    return name


def new_password(text: str, *, name: str, path: str = "password") -> str:
    """A password as it is hashed (NFC); `Invalid` where it is too short, too long or the account's own name."""
    normal = normal_password(text)
    least, most = PASSWORD_LENGTH
    if normal is None or len(normal) > most:
        raise _invalid(path, f"A password has at most {most} characters, all of them text.")
    if len(normal) < least:
        raise _invalid(path, f"A password has at least {least} characters.")
    if normal.casefold().strip() == name:
        raise _invalid(path, "The password must not be the name.")
    return normal


def normal_password(text: str) -> str | None:
    """`text` in NFC, so that the same keys give the same password on every system; None where no password is so."""
    if len(text) > PASSWORD_LENGTH[1] * 4 or any("\ud800" <= character <= "\udfff" for character in text):
        return None
    return unicodedata.normalize("NFC", text)


def line(text: str, *, path: str, most: int, least: int = 0) -> str:
    """One line of text in NFC without outer blanks; `Invalid` where it has control characters or the wrong length."""
    normal = unicodedata.normalize("NFC", text[: most * 4]).strip()
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in normal):
        raise _invalid(path, "Control characters are not allowed here.")
    if not least <= len(normal) <= most:
        raise _invalid(path, f"This has {least} to {most} characters." if least else f"At most {most} characters.")
    return normal


def _invalid(path: str, detail: str) -> Invalid:
    return Invalid(detail, faults=(Fault(path, detail),))
