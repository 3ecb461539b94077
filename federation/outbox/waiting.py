"""Which lanes wait for a turn in this process, and how many turns it takes at the same time."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Callable

from federation.documents.origins import neighbourhood

# Turns at the same time: on lanes that do well, and on those that failed or were slow, which never hold up the others.
LANES = 24
SUSPECT_LANES = 8
# Of them, those of the hosts of one domain. A host of which nothing is known is taken for one that does well, and
# whoever has a domain has as many new hosts as they like.
LANES_OF_DOMAIN = 6
SUSPECT_LANES_OF_DOMAIN = 2
MOST_WAITING = 20_000


class Places:
    """Counts the turns under way."""

    def __init__(self) -> None:
        self._taken: dict[str, bool] = {}

    def free(self, *, suspect: bool) -> int:
        """How many more turns may begin."""
        most = SUSPECT_LANES if suspect else LANES
        return max(0, most - sum(1 for taken in self._taken.values() if taken is suspect))

    def free_of(self, domain: str, *, suspect: bool) -> int:
        """How many more turns may begin on lanes of the hosts of a domain."""
        most = SUSPECT_LANES_OF_DOMAIN if suspect else LANES_OF_DOMAIN
        return most - sum(
            1 for host, taken in self._taken.items() if taken is suspect and neighbourhood(host) == domain
        )

    def occupy(self, host: str, *, suspect: bool) -> None:
        self._taken[host] = suspect

    def leave(self, host: str) -> None:
        self._taken.pop(host, None)


class Queue:
    """Hosts that wait, each once: domains in turn, and within a domain in the order in which they came."""

    def __init__(self) -> None:
        self._domains: OrderedDict[str, OrderedDict[str, None]] = OrderedDict()
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def __contains__(self, host: str) -> bool:
        return host in self._domains.get(neighbourhood(host), ())

    def add(self, host: str) -> None:
        """Line up a host that is not there."""
        self._domains.setdefault(neighbourhood(host), OrderedDict())[host] = None
        self._length += 1

    def pop(self, may: Callable[[str], bool]) -> str | None:
        """The next host of a domain that `may`; None where there is none."""
        for domain, hosts in self._domains.items():
            if may(domain):
                host, _ = hosts.popitem(last=False)
                self._domains.move_to_end(domain)
                if not hosts:
                    del self._domains[domain]
                self._length -= 1
                return host
        return None


class WaitingLanes:
    """Lanes in the order in which they are to have turns, each once, bounded; what does not fit is found by a look."""

    def __init__(self) -> None:
        self._well = Queue()
        self._suspect = Queue()
        self._quiet: dict[str, float] = {}
        self._failed: OrderedDict[str, None] = OrderedDict()

    @property
    def room(self) -> int:
        """How many more fit."""
        return max(0, MOST_WAITING - len(self._well) - len(self._suspect))

    def add(self, host: str, *, suspect: bool | None = None, looked: bool = False) -> None:
        """Line up a lane, if it is not there; one that is quiet only on news, not because somebody `looked`."""
        if looked and self._quiet.get(host, 0.0) > time.monotonic():
            return
        self._quiet.pop(host, None)
        if suspect is not None:
            self.judge(host, suspect=suspect)
        if host in self._suspect or host in self._well or not self.room:
            return
        (self._suspect if host in self._failed else self._well).add(host)

    def judge(self, host: str, *, suspect: bool) -> None:
        """Remember how a host did, for when there is news for it."""
        if not suspect:
            self._failed.pop(host, None)
            return
        self._failed[host] = None
        if len(self._failed) > MOST_WAITING:
            self._failed.popitem(last=False)

    def quieten(self, host: str, seconds: float) -> None:
        """Do not line the lane up for so long, unless there is news."""
        at = time.monotonic()
        if len(self._quiet) >= MOST_WAITING:
            self._quiet = {other: until for other, until in self._quiet.items() if until > at}
        if len(self._quiet) < MOST_WAITING:
            self._quiet[host] = at + seconds

    def take(self, places: Places, most: int) -> list[str]:
        """The next lanes for which there is a place, at most `most`."""
        taken: list[str] = []
        for queue, suspect in ((self._well, False), (self._suspect, True)):
            mine: Counter[str] = Counter()
            for _ in range(min(len(queue), places.free(suspect=suspect), most - len(taken))):
                host = queue.pop(lambda domain: places.free_of(domain, suspect=suspect) > mine[domain])  # noqa: B023
                if host is None:
                    break
                mine[neighbourhood(host)] += 1
                taken.append(host)
        return taken
