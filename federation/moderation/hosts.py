"""Rules on servers, held in memory: the most specific name decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archypix.core.errors import Fault, Invalid
from federation.documents.origins import normal_host
from federation.moderation.models import Policy, Verdict

LONGEST_HOST = 260


def normal(text: str, *, path: str = "host") -> str:
    """`host` or `host:port` in lower case and punycode; `Invalid` where there can be none of that name."""
    name, colon, port = _parted(text.strip())
    try:
        if colon and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65_536):
            raise ValueError(port)
        found = normal_host(name.removesuffix("."))
    except ValueError:
        raise Invalid(
            "This is not the name of a server.", faults=(Fault(path, "A name such as example.org."),)
        ) from None
    return f"{found}:{int(port)}" if colon else found


class HostRules:
    """What each server may do: nothing bars `own` hosts, which are ours; in `allow_list` mode strangers are barred."""

    def __init__(
        self, rules: Mapping[str, Policy], *, allow_list: bool = False, own: frozenset[str] = frozenset()
    ) -> None:
        self._rules = rules
        self._own = own
        self._default: Verdict = "blocked" if allow_list else "open"

    def with_own(self, own: frozenset[str]) -> HostRules:
        """The same rules, where these hosts are ours."""
        return HostRules(self._rules, allow_list=self._default == "blocked", own=own)

    def verdict(self, host: str) -> Verdict:
        """What a normalised `host` (its port may follow) may do; takes no longer than its name has labels."""
        if host in self._own:
            return "open"
        for name in names_of(host):
            policy = self._rules.get(name)
            if policy is not None:
                return "open" if policy == "allowed" else policy
        return self._default


def names_of(host: str) -> Iterator[str]:
    """The host with its port, without it, and every name above it."""
    name, colon, _ = _parted(host)
    if colon:
        yield host
    yield name
    if name.startswith("[") or name.replace(".", "").isdigit():
        return
    while "." in name:
        name = name.partition(".")[2]
        yield name


def _parted(host: str) -> tuple[str, str, str]:
    """Name, colon and port; an IPv6 address in brackets is a name."""
    if host.startswith("[") and "]" in host:
        name, bracket, rest = host.partition("]")
        return name + bracket, rest[:1], rest[1:]
    return host.partition(":")
