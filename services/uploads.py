"""Files that wait: uploaded and looked at, but not among the documents yet."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain
from pathlib import Path

from services.documents import UNFINISHED, DocumentStore

KEPT_S = 24 * 3600  # a file that was only looked at is gone after a day


def waiting(data: Path, ward_id: int) -> DocumentStore:
    """Return where the files of one ward wait: nobody of another gets at them, not even by their digest."""
    return DocumentStore(data / "incoming" / str(ward_id))


def forget_old(data: Path, now: float) -> int:
    """Throw away what has waited for a day, and copies that a crash left unfinished; return how many files.

    What is whole among the documents stays, even where nothing names it: a database that was brought back
    from a backup may not know yet what it will know again.
    """
    incoming = data / "incoming"
    found = (
        incoming.glob("*/??/*"),
        incoming.glob(f"*/{UNFINISHED}*"),
        (data / "documents").glob(f"{UNFINISHED}*"),
    )
    gone = 0
    for path in chain(*found):
        with suppress(OSError):  # another has thrown it away, or it can't be and stays
            if path.stat().st_mtime < now - KEPT_S:
                path.unlink()
                gone += 1
    return gone
