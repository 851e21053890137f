"""Timestamps (RFC 3161) for checkpoints, where the office has an authority that gives them.

Needs the package `rfc3161-client` (the extra `tsa`): it writes the request and checks who signed the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from domain.errors import SystemFault
from domain.stamps import LARGEST, NotAStamp, Stamp, read_stamp
from models import stamps
from models.database import transaction

TIMEOUT = 20  # seconds


class NoStamp(SystemFault):
    """The authority gave no timestamp that holds; what was signed stays signed without one."""

    def __init__(self, why: object, said: str) -> None:
        super().__init__(f"no timestamp: {why}", f"Chưa lấy được dấu thời gian cho điểm chốt: {said}.")


@dataclass(frozen=True, slots=True)
class Authority:
    """Where timestamps are asked for, and the certificates (PEM) that their signatures must lead to."""

    url: str
    roots: Path | None = None


def stamp_all(engine: Engine, authority: Authority) -> int:
    """Have the newest checkpoint of each ward stamped that has no timestamp yet; return how many.

    Call it when they are committed; no transaction waits for the network.

    Raises:
        NoStamp: one of them got none; those before it keep theirs.
    """
    with transaction(engine) as connection:
        rows = stamps.lacking(connection)
    for row in rows:
        token, stamp = ask(authority, row.note.encode())
        with transaction(engine) as connection:
            stamps.put(connection, row.ward_id, row.size, row.key, token=token, at=stamp.at)
    return len(rows)


def ask(authority: Authority, note: bytes) -> tuple[bytes, Stamp]:
    """Return a timestamp over a note, checked as far as the roots that are known allow.

    Raises:
        NoStamp: the authority is away, refuses, or its answer does not hold.
    """
    client = _client()
    request = (
        client.TimestampRequestBuilder()
        .data(note)
        .hash_algorithm(client.HashAlgorithm.SHA256)
        .cert_request(cert_request=True)
        .build()
    )
    token = _sent(authority.url, request.as_bytes())
    problem = problem_of(token, note, authority.roots, nonce=request.nonce)
    if problem is not None:
        raise NoStamp(problem, problem)
    return token, read_stamp(token)


def problem_of(token: bytes, note: bytes, roots: Path | None, *, nonce: int | None = None) -> str | None:
    """Say what is wrong with a timestamp of a note; None where it holds.

    Without `roots` who signed it is not looked at.
    """
    try:
        stamp = read_stamp(token)
    except NotAStamp:
        return "câu trả lời không phải là dấu thời gian"
    if stamp.digest != sha256(note).digest():
        return "dấu thời gian là của nội dung khác"
    if roots is None:
        return None
    from cryptography import x509

    client = _client()
    builder = client.VerifierBuilder(nonce=nonce)
    for certificate in x509.load_pem_x509_certificates(roots.read_bytes()):
        builder = builder.add_root_certificate(certificate)
    try:
        builder.build().verify_message(client.decode_timestamp_response(token), note)
    except (client.VerificationError, ValueError):
        return "chữ ký trên dấu thời gian không phải của tổ chức đã tin cậy"
    return None


def checker(roots: Path | None) -> Callable[[bytes, bytes], str | None]:
    """Return what `audit verify` asks about each timestamp, given it and its note.

    Raises:
        NoStamp: there are roots, and no package that checks signatures.
    """
    if roots is not None:
        _client()
    return lambda token, note: problem_of(token, note, roots)


def _client() -> Any:
    try:
        import rfc3161_client
    except ImportError as problem:
        raise NoStamp(
            problem, "chưa cài gói rfc3161-client; bỏ CCHC_TSA_URL, CCHC_TSA_ROOTS nếu không dùng"
        ) from problem
    return rfc3161_client


def _sent(url: str, request: bytes) -> bytes:
    import requests

    try:
        with requests.post(
            url,
            data=request,
            headers={"content-type": "application/timestamp-query"},
            timeout=TIMEOUT,
            stream=True,
            allow_redirects=False,
        ) as response:
            if response.status_code != 200:
                raise NoStamp(response.status_code, f"nơi cấp trả lời mã {response.status_code}")
            return bytes(response.raw.read(LARGEST + 1, decode_content=True))
    except requests.RequestException as problem:
        raise NoStamp(type(problem).__name__, "không kết nối được nơi cấp dấu thời gian") from problem
