"""Files that wait, and what a crash leaves of those that are being written."""

from __future__ import annotations

import io
import os
from pathlib import Path

from services.documents import DocumentStore
from services.uploads import KEPT_S, forget_old, waiting

NOW = 1_770_000_000.0


def files(data: Path) -> set[str]:
    return {path.name for path in data.rglob("*") if path.is_file()}


def test_after_a_day_only_documents_that_are_whole_remain(tmp_path: Path) -> None:
    document = DocumentStore(tmp_path / "documents").keep(io.BytesIO(b"whole"), "a.txt")
    waited = waiting(tmp_path, 1).keep(io.BytesIO(b"only looked at"), "b.txt")
    broken = [tmp_path / "documents" / ".new-x", waiting(tmp_path, 1).folder / ".new-y"]
    for path in broken:
        path.write_bytes(b"half")
    for path in tmp_path.rglob("*"):
        os.utime(path, (NOW - KEPT_S - 1, NOW - KEPT_S - 1))
    late = waiting(tmp_path, 2).keep(io.BytesIO(b"just came"), "c.txt")
    os.utime(waiting(tmp_path, 2).path(late.sha256), (NOW - 60, NOW - 60))

    assert files(tmp_path) == {document.sha256, waited.sha256, late.sha256, ".new-x", ".new-y"}
    assert forget_old(tmp_path, NOW) == 3

    assert files(tmp_path) == {document.sha256, late.sha256}
    assert forget_old(tmp_path, NOW) == 0


def test_where_nothing_was_ever_kept_there_is_nothing_to_forget(tmp_path: Path) -> None:
    assert forget_old(tmp_path, NOW) == 0
