"""How often somebody may ask: a bucket for each address and each link, in memory, of bounded size."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import Lock
from time import monotonic

MINUTE = 60.0
MOST_BUCKETS = 4096
_ROUNDING = 1e-6  # whoever waited as long as told is let in, whatever floating point made of it


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many requests at once, and so many a minute after that."""

    at_once: int
    a_minute: int


BY_ADDRESS = Allowance(at_once=120, a_minute=240)  # an office often has one address for all its people
BY_LINK = Allowance(at_once=20, a_minute=30)
BY_ENTRY = Allowance(at_once=40, a_minute=40)  # forms that somebody sends who is not signed in
BY_NAME = Allowance(at_once=3, a_minute=1)  # letters with a link, for one name
BY_PROVIDER = Allowance(at_once=1000, a_minute=3000)  # Zalo reports each message that was seen on its own


@dataclass
class Limiter:
    """Counts requests in leaking buckets; where there are too many buckets, the longest unused one goes.

    A forgotten bucket only gives its owner a new allowance: what protects links is that they
    can't be guessed, this protects the database.
    """

    most: int = MOST_BUCKETS
    _filled: OrderedDict[tuple[str, str], tuple[float, float]] = field(
        default_factory=OrderedDict, init=False, repr=False
    )
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def wait(self, kind: str, who: str, allowance: Allowance, now: float | None = None) -> int:
        """Count one request; return 0, or after how many seconds the next one may come."""
        now = monotonic() if now is None else now
        drip = allowance.a_minute / MINUTE
        with self._lock:
            level, then = self._filled.pop((kind, who), (0.0, now))
            level = max(0.0, level - max(0.0, now - then) * drip)
            taken = level + 1 <= allowance.at_once + _ROUNDING
            self._filled[kind, who] = (level + taken, now)
            while len(self._filled) > self.most:
                self._filled.popitem(last=False)
        return 0 if taken else max(1, ceil((level + 1 - allowance.at_once) / drip))

    def __len__(self) -> int:
        return len(self._filled)


def network(address: str) -> str:
    """Return what counts as one address: of IPv6 the /64 that one subscriber has."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return found.exploded[:19]
    return str(found)


FREE_FAILURES = 20  # an office has one address for all its people
FIRST_PAUSE_S = 15.0
LONGEST_PAUSE_S = 900.0


@dataclass
class Failures:
    """Lets an address from which signing in failed too often wait, each time twice as long.

    In memory: started anew, the program has forgotten them; each account's own count stays in the database.
    """

    most: int = MOST_BUCKETS
    _known: OrderedDict[str, tuple[int, float]] = field(default_factory=OrderedDict, init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def wait(self, who: str, now: float | None = None) -> int:
        """Return after how many seconds this address may try; 0 for now."""
        now = monotonic() if now is None else now
        with self._lock:
            _, until = self._known.get(who, (0, 0.0))
        return max(0, ceil(until - now))

    def note(self, who: str, now: float | None = None) -> None:
        """Count a failure; an hour without one forgets them all."""
        now = monotonic() if now is None else now
        with self._lock:
            count, until = self._known.pop(who, (0, now))
            count = 1 if until < now - 3600 else count + 1
            over = count - FREE_FAILURES
            pause = min(FIRST_PAUSE_S * 2.0 ** min(over, 10), LONGEST_PAUSE_S) if over >= 0 else 0.0
            self._known[who] = (count, now + pause)
            while len(self._known) > self.most:
                self._known.popitem(last=False)
