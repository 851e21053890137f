"""One-time codes by which an officer says: this is me, write to me here."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from hashlib import sha256

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is read as something else: no 0, O, 1, I, L
LENGTH = 8
LASTS = timedelta(hours=72)
MOST_OPEN = 10  # codes of one unit at a time, so that there is always next to nothing to guess
WORD = "CCHC"
# The word before it makes each message one try, and keeps chance words from being tried at all. No code
# begins with it, so that the name of a bot may end with it: “@Bot CCHC CCHC-K7QW-M3RT”.
_SENT = re.compile(
    rf"(?<![A-Z0-9]){WORD}[\s.:-]*(?!{WORD})([{ALPHABET}]{{4}})[\s.-]*([{ALPHABET}]{{4}})(?![A-Z0-9])"
)
# By channel whose contact the code makes: where it has to be sent.
SENT_TO = {"zalo-user": "zalo", "zalo-uid": "zalo", "zalo-bot": "zalo-bot"}


def written(code: str) -> str:
    """Return a code as people are shown it and send it: `CCHC-K7QW-M3RT`."""
    return f"{WORD}-{code[:4]}-{code[4:]}"


def code_in(text: str) -> str | None:
    """Return the first code in a message, in any case and spacing; None where there is none."""
    found = _SENT.search(unicodedata.normalize("NFKC", text).upper())
    return found[1] + found[2] if found else None


def code_hash(code: str) -> bytes:
    """Return the SHA-256 by which a code is known; the code itself is never kept."""
    return sha256(code.encode("ascii")).digest()
