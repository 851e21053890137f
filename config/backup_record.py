"""When everything was backed up last, and what went wrong since; kept beside what was backed up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = "last-backup.json"


def last_backup(data: Path) -> dict[str, Any] | None:
    """Return what is known of the last backup: `at`, `path`, `size`; `failed_at`, `why` of a failure."""
    try:
        found = json.loads((data / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def record_backup(data: Path, stated: dict[str, Any]) -> None:
    """Keep a backup, or beside the last one what went wrong; not to be able to is no fault."""
    kept = stated if "at" in stated else (last_backup(data) or {}) | stated
    try:
        new = data / f".{FILE}.new"
        new.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        new.replace(data / FILE)
    except OSError:
        return
