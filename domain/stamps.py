"""What a timestamp (RFC 3161) says: over which hash, and when; the standard library alone.

Whether its authority signed it is another question, which needs a library or `openssl ts -verify`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

LARGEST = 64_000  # bytes of a response; theirs have some 5,000
_OID_SHA256 = bytes.fromhex("0609608648016503040201")
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_TST_INFO = bytes.fromhex("060b2a864886f70d0109100104")
_OCTETS, _TIME = 0x04, 0x18


class NotAStamp(ValueError):
    """The bytes are no timestamp that was granted, or over another kind of hash."""


@dataclass(frozen=True)
class Stamp:
    """The SHA-256 that a timestamp is over, and the instant that its authority states."""

    digest: bytes
    at: datetime


def read_stamp(response: bytes) -> Stamp:
    """Return what a TimeStampResp in DER says.

    Raises:
        NotAStamp: it is none, or nothing was granted.
    """
    try:
        [(_, body, _)] = _items(response[:LARGEST])
        (_, status, _), (_, token, _) = _items(body)
        if _items(status)[0][1] not in {b"\x00", b"\x01"}:
            raise NotAStamp("not granted")
        return _of_token(token)
    except (ValueError, IndexError) as problem:
        raise NotAStamp(str(problem)) from problem


def _of_token(token: bytes) -> Stamp:
    kind, (_, wrapped, _) = _items(token)[0], _items(token)[1]
    if kind[2] != _SIGNED_DATA:
        raise NotAStamp("not signed data")
    [(_, signed, _)] = _items(wrapped)
    content = _items(_items(signed)[2][1])
    if content[0][2] != _TST_INFO:
        raise NotAStamp("not about time")
    [(_, octets, _)] = _items(content[1][1])
    [(_, info, _)] = _items(octets)
    return _of_info(_items(info))


def _of_info(info: list[tuple[int, bytes, bytes]]) -> Stamp:
    algorithm, digest = _items(info[2][1])
    if _items(algorithm[1])[0][2] != _OID_SHA256 or digest[0] != _OCTETS or len(digest[1]) != 32:
        raise NotAStamp("not over SHA-256")
    if info[4][0] != _TIME:
        raise NotAStamp("no time")
    text = info[4][1].decode("ascii").removesuffix("Z").partition(".")[0]
    return Stamp(digest[1], datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC))


def _items(data: bytes) -> list[tuple[int, bytes, bytes]]:
    """Return what stands side by side in DER: tag, content, and both with the length."""
    found, at = [], 0
    while at < len(data):
        tag, length, start = data[at], data[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            if not 1 <= count <= 4:
                raise NotAStamp("a length that DER doesn't have")
            length, start = int.from_bytes(data[start : start + count], "big"), start + count
        if start + length > len(data):
            raise NotAStamp("cut off")
        found.append((tag, data[start : start + length], data[at : start + length]))
        at = start + length
    return found
