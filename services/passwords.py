"""Hashing passwords with argon2id: slow by design, a few at a time, and as slow for names that nobody has."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from functools import cached_property
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from domain.sign_in import LONGEST, normal

if TYPE_CHECKING:
    from argon2 import PasswordHasher

AT_ONCE = (
    2  # each takes 64 MB and some 50 ms; more at a time would let a crowd of guesses exhaust the machine
)


@dataclass(frozen=True)
class Passwords:
    """Hashes and checks; the costs are those of RFC 9106's second choice, which argon2-cffi takes, too."""

    time_cost: int = 3
    memory_kib: int = 65536
    lanes: int = 4
    refused_after: float = 0.4  # seconds: longer than a try takes, whatever it comes to
    _turn: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(AT_ONCE), repr=False)

    def hash(self, password: str) -> str:
        """Return what is kept of a password."""
        with self._turn:
            return self._hasher.hash(normal(password))

    def fit(self, kept: str | None, password: str) -> bool:
        """Tell whether `password` is the one of which `kept` is kept; for nothing kept, as slowly."""
        from argon2.exceptions import InvalidHashError, VerificationError

        tried = normal(password)[: LONGEST * 4]
        with self._turn:
            try:
                return self._hasher.verify(self._decoy if kept is None else kept, tried) and kept is not None
            except (VerificationError, InvalidHashError):
                return False

    def wait_to_refuse(self, began: float) -> None:
        """Wait until every refusal is told, so that its time does not tell which names there are.

        A try at a name that somebody has is written down, one at a locked account or at nobody's is not;
        `began` is the `time.monotonic()` at which the try came.
        """
        time.sleep(max(0.0, began + self.refused_after - time.monotonic()))

    def outdated(self, kept: str) -> bool:
        """Tell whether a hash was made with other costs than today's."""
        return self._hasher.check_needs_rehash(kept)

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher

        return PasswordHasher(self.time_cost, self.memory_kib, self.lanes)

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash(secrets.token_hex())
