"""What the morning keeps safe: a backup of each day, and nothing held up by one that fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from config.backup_record import last_backup
from flows import morning, ward_database
from tests.builders import TODAY


@pytest.fixture
def morning_here(database_url: str, data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let flows work on a database and folder of the test's own; give the folder for backups."""
    monkeypatch.setenv("CCHC_DATA", str(data))
    monkeypatch.setenv("CCHC_DATABASE_URL", database_url)
    monkeypatch.setenv("CCHC_BACKUP_DIR", str(data / "backups"))
    ward_database.ward_database.cache_clear()
    return data / "backups"


def test_each_morning_makes_one_backup_and_again_changes_nothing(morning_here: Path) -> None:
    assert morning._keep(TODAY) == "cchc-2026-03-02.zip"
    assert morning._keep(TODAY) == "nothing to do"

    assert [each.name for each in morning_here.iterdir()] == ["cchc-2026-03-02.zip"]


def test_a_backup_that_fails_holds_nothing_up_and_is_told(morning_here: Path, data: Path) -> None:
    morning_here.touch()

    assert "backups" in morning._keep(TODAY)

    assert "failed_at" in (last_backup(data) or {})


def test_what_a_crash_left_half_written_is_gone_after_a_day(morning_here: Path, data: Path) -> None:
    half = data / "documents" / ".new-x"
    half.parent.mkdir()
    half.write_bytes(b"half")
    os.utime(half, (0, 0))

    morning._keep(TODAY)

    assert not half.exists()
