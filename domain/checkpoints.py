"""Checkpoints of a log: C2SP tlog-checkpoint in a C2SP signed note with Ed25519."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from domain.ed25519 import is_signed

LARGEST_NOTE = 16_384  # characters; ours are about 300
MANIFEST = "cchc/evidence/v1"  # first line of the note over a pack's manifest; no checkpoint begins so
_ED25519 = b"\x01"
_ENCODED = 92  # base64 digits of a key's id and a signature
_PIECE = re.compile(r"(?=.)[A-Za-z0-9+/]*={0,2}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")
_NAME = re.compile(r"[^\s+]+")
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_ENTRY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")

Check = Callable[[bytes, bytes, bytes], bool]


class NotACheckpoint(ValueError):
    """A text is no checkpoint, or nobody whose key we have signed it."""


@dataclass(frozen=True)
class VerifierKey:
    """A public key under the name of the log that it signs for."""

    name: str
    public: bytes

    @property
    def id(self) -> str:
        """Its id in notes: 8 hex digits."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).hexdigest()[:8]

    @property
    def fingerprint(self) -> str:
        """What people compare over the telephone: the SHA-256 of the public key in groups of four."""
        digest = sha256(self.public).hexdigest()[:32]
        return " ".join(digest[at : at + 4] for at in range(0, 32, 4))

    def line(self) -> str:
        """Return the key as one line: `name+id+base64`."""
        return f"{self.name}+{self.id}+{b64encode(_ED25519 + self.public).decode()}"


@dataclass(frozen=True)
class Checkpoint:
    """What a log says of itself: its origin, its size, the root over it, when (an extension line)."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the text that is signed."""
        lines = [self.origin, str(self.size), b64encode(self.root).decode(), *self.extensions]
        return "".join(f"{line}\n" for line in lines)

    @property
    def at(self) -> str | None:
        """The instant that it states, in UTC; None where it states none."""
        for line in self.extensions:
            if line.startswith("at "):
                return line[3:]
        return None


def signed_note(text: str, signatures: Sequence[tuple[VerifierKey, bytes]]) -> str:
    """Return the note of a text that ends in a line break and its signatures."""
    lines = [
        f"— {key.name} {b64encode(bytes.fromhex(key.id) + signature).decode()}\n"
        for key, signature in signatures
    ]
    return text + "\n" + "".join(lines)


def read_keys(text: str) -> list[VerifierKey]:
    """Return the keys that the lines of a text hold; empty lines and those that begin with # don't count.

    Raises:
        NotACheckpoint: a line is no key.
    """
    keys = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        entry = _ENTRY.fullmatch(line.strip())
        encoded = _decoded(entry[3]) if entry else b""
        if entry is None or len(encoded) != 33 or encoded[:1] != _ED25519:
            raise NotACheckpoint(f"no key: {line[:80]!r}")
        key = VerifierKey(entry[1], encoded[1:])
        if key.id != entry[2]:
            raise NotACheckpoint(f"the key does not have this id: {line[:80]!r}")
        keys.append(key)
    return keys


def signers(
    note: str, keys: Sequence[VerifierKey], check: Check = is_signed
) -> tuple[str, list[VerifierKey]]:
    """Return a note's text, and those of our keys that signed it; signatures of others don't count.

    Raises:
        NotACheckpoint: it is no signed note, a signature under one of our keys is wrong, or none is there.
    """
    text, mark, rest = note.rpartition("\n\n")
    if (
        not mark
        or len(note) > LARGEST_NOTE
        or not rest.endswith("\n")
        or re.search("[\x00-\x09\x0b-\x1f]", note)
    ):
        raise NotACheckpoint("not a signed note")
    text += "\n"
    found = []
    for line in rest[:-1].split("\n"):
        match = _SIGNATURE.fullmatch(line)
        signature = _decoded(match[2]) if match else b""
        if match is None or len(signature) < 5:
            raise NotACheckpoint(f"not a signature: {line[:80]!r}")
        for key in keys:
            if (key.name, key.id) == (match[1], signature[:4].hex()):
                if not check(key.public, text.encode(), signature[4:]):
                    raise NotACheckpoint(f"the signature under key {key.id} is wrong")
                found.append(key)
    if not found:
        raise NotACheckpoint("no signature under a known key")
    return text, found


def parse(text: str) -> Checkpoint:
    """Return what the text of a note says.

    Raises:
        NotACheckpoint: it isn't the text of a checkpoint.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() != "" or not all(lines) or not _NUMBER.fullmatch(lines[1]):
        raise NotACheckpoint("not a checkpoint")
    root = _decoded(lines[2])
    if len(root) != 32:
        raise NotACheckpoint("the root is not one")
    return Checkpoint(lines[0], int(lines[1]), root, tuple(lines[3:]))


def opened(note: str, keys: Sequence[VerifierKey], check: Check = is_signed) -> Checkpoint:
    """Return the checkpoint in a note that one of `keys` signed for the log that it names.

    Raises:
        NotACheckpoint: it is none, or its signature isn't right.
    """
    text, found = signers(note, keys, check)
    checkpoint = parse(text)
    if all(key.name != checkpoint.origin for key in found):
        raise NotACheckpoint("signed by the key of another log")
    return checkpoint


def clean_note(text: str) -> str:
    """Return a note as it was signed: without a byte-order mark, mail's line ends and what stands around it.

    A note that was copied from a letter may be quoted (`> `) or indented; from a printed page, its
    signature may be broken into several lines.
    """
    lines = _mended([line.lstrip("> \t").rstrip() for line in text.lstrip("\ufeff").splitlines()])
    starts = [at for at, line in enumerate(lines) if line.startswith("cchc/")]
    ends = [at for at, line in enumerate(lines) if line.startswith("— ")]
    if not starts or not ends:
        return text
    return "\n".join(lines[starts[0] : ends[-1] + 1]) + "\n"


def _mended(lines: Sequence[str]) -> list[str]:
    """Put the pieces of broken signatures together again; a whole one ends with its 92nd digit."""
    found: list[str] = []
    for line in lines:
        last = found[-1].split(" ") if found else []
        if last[:1] == ["—"] and 2 <= len(last) <= 3 and _PIECE.fullmatch(line):
            signature = last[2] if len(last) == 3 else ""
            if len(signature) + len(line) <= _ENCODED:
                found[-1] = f"— {last[1]} {signature}{line}"
                continue
        found.append(line)
    return found


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return b""
