"""Names of letters: the same at each attempt, and one thread for all letters about an occurrence."""

from __future__ import annotations

import re
from hashlib import sha256

from notifications.mime import email_address

_WORD = re.compile(r"[A-Za-z0-9-]{1,40}")


def message_id(ward_code: str, outbox_id: int, domain: str) -> str:
    """Return the Message-ID of the letter that starts with this outbox row, with its angle brackets.

    Raises:
        NotAnAddress: `domain` is none.
    """
    return _named(f"{outbox_id}.outbox", ward_code, domain)


def thread_root(ward_code: str, occurrence_id: int, domain: str) -> str:
    """Return the id to which all letters about an occurrence refer; no letter needs to have it.

    Mail programs put letters with a common reference together even where that letter never was
    (RFC 5256), so it does not matter which of them a recipient got first.

    Raises:
        NotAnAddress: `domain` is none.
    """
    return _named(f"{occurrence_id}.occurrence", ward_code, domain)


def is_of_ward(message_id: str, ward_code: str) -> bool:
    """Tell whether a letter with this Message-ID tells something of this ward."""
    return message_id.strip("<> ").partition(".")[0] == _ward(ward_code)


def _ward(ward_code: str) -> str:
    """Return a ward's code as an id has it (RFC 5322, ASCII); what it can't hold gives way to its digest."""
    if _WORD.fullmatch(ward_code):
        return ward_code
    return f"w-{sha256(ward_code.encode('utf-8', 'replace')).hexdigest()[:24]}"


def _named(what: str, ward_code: str, domain: str) -> str:
    return f"<{email_address(f'{_ward(ward_code)}.{what}@{domain}')}>"
