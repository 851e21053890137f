"""Which keys speak for a log; the standard library alone.

A forger brings a key of their own, and may put the ward's key beside it. So the fingerprint that people
compare is of a key that signed both checkpoint and manifest, and an older checkpoint vouches only for the
key that signed it, and for those to which that one handed over within the log.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from domain.checkpoints import Check, Checkpoint, NotACheckpoint, VerifierKey, parse, signers
from domain.merkle import is_consistent


def speaking(note: str, keys: Sequence[VerifierKey], origin: str, check: Check) -> list[VerifierKey]:
    """Return those of the keys that signed a note in the name of a log; none where it is no signed note."""
    try:
        found = signers(note, keys, check)[1]
    except NotACheckpoint:
        return []
    return [key for key in found if key.name == origin]


def vouched(
    known: Iterable[VerifierKey],
    changes: Mapping[int, Mapping[str, Any]],
    earlier: Sequence[Mapping[str, Any]],
    keys: Sequence[VerifierKey],
    now: Checkpoint,
    check: Check,
) -> set[bytes]:
    """Return the public keys that `known` speak for: themselves, and their successors.

    A successor is named by an event of the log (`changes`, by position; each must have been proved), under
    a checkpoint that a key known by then signed. A mere second signature vouches for nobody: anybody may
    add one.
    """
    trusted = {key.public for key in known}
    for each in sorted(earlier, key=lambda one: int(one["size"])):
        signed = speaking(each["note"], keys, now.origin, check)
        if trusted.isdisjoint(key.public for key in signed):
            continue
        stated = parse(each["note"].rpartition("\n\n")[0] + "\n")
        proof = [b64decode(node) for node in each["proof"]]
        if stated.origin != now.origin or not is_consistent(
            stated.size, stated.root, now.size, now.root, proof
        ):
            continue
        trusted |= {
            b64decode(facts["public"])
            for position, facts in changes.items()
            if position < stated.size and isinstance(facts.get("public"), str)
        }
    return trusted
