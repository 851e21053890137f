"""What the verification of a pack reports, and the small tools it works with; the standard library alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from domain.checkpoints import Check
from domain.ed25519 import is_signed
from domain.merkle import Frontier

WORDED = 50


@dataclass
class Report:
    """What a verification found: each step with whether it holds, and every problem with its place."""

    steps: list[tuple[bool, str]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    count: int = 0
    proved: Any = None  # what the events say, once each of them was proved

    @property
    def ok(self) -> bool:
        """Tell whether everything holds."""
        return self.count == 0 and bool(self.steps)

    def found(self, problem: str, *, position: int | None = None, file: str | None = None) -> None:
        """Note a problem at a position of the log or in a file."""
        self.count += 1
        if len(self.problems) < WORDED:
            place = {"position": position, "file": file}
            known = {name: at for name, at in place.items() if at is not None}
            self.problems.append({**known, "problem": problem})

    def as_dict(self) -> dict[str, Any]:
        """Return the report for machines."""
        steps = [{"ok": ok, "step": text} for ok, text in self.steps]
        return {"ok": self.ok, **self.facts, "steps": steps, "problems": self.problems, "notes": self.notes}


def root_of(leaves: bytes, size: int) -> bytes:
    """Return the root over the first `size` leaf hashes that stand side by side."""
    tree = Frontier()
    for at in range(0, 32 * size, 32):
        tree.append(leaves[at : at + 32])
    return tree.root()


def signature_check() -> Check:
    """Return the fastest check of signatures that there is: a library's, or our own."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except Exception:  # not there, or broken: our own needs nothing
        return is_signed

    def check(public: bytes, message: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    return check
