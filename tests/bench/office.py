"""A durable server of the benchmark's own, filled with as many wards and occurrences as asked."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
from sqlalchemy import Connection

from config.embedded_server import EmbeddedServer
from config.shared_server import using
from domain.people import Role
from models import openings
from models.database import open_engine, transaction
from models.history import SYSTEM
from models.migrate import upgrade
from services.documents import StoredFile
from services.people import Ward, add_user
from services.plans import activate_plan, import_plan
from tests.builders import CULTURE, OFFICE, plan_of, task

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
BLOCK = 2_000  # occurrences that are planned at once


@contextmanager
def server() -> Iterator[EmbeddedServer]:
    """Run a server with the settings that people get: every commit reaches the disk."""
    folder = Path(tempfile.mkdtemp(prefix="cchc-bench-"))
    folder.chmod(0o711)
    try:
        with using(folder) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(running: EmbeddedServer, name: str) -> str:
    """Make a database with our schema; return its URL."""
    with psycopg.connect(running.url("postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    url = running.url(name)
    upgrade(url)
    return url


@dataclass(frozen=True)
class Filled:
    """A ward of the benchmark and the ids of its occurrences."""

    ward: Ward
    occurrences: list[int]


def fill(
    url: str, wards: int, occurrences: int, *, opened: bool = True, due: date | None = None
) -> list[Filled]:
    """Make wards with one task each and so many occurrences of it, opened or planned."""
    engine = open_engine(url)
    filled = []
    for number in range(wards):
        with transaction(engine) as connection:
            ward = _ward(connection, number)
            ids = plan(connection, ward, range(occurrences), due)
            if opened:
                openings.open_due(connection, today=TODAY, now=NOW, actor=SYSTEM, ward=ward.id)
            filled.append(Filled(ward, ids))
    engine.dispose()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return filled


def _ward(connection: Connection, number: int) -> Ward:
    reading = plan_of(task("II.1"), issuer=f"UBND phường Số {number}")
    source = StoredFile("0" * 64, 1, "qd.txt", "text/plain")
    imported = import_plan(connection, reading, source, by=None, now=NOW)
    for name, role, unit in (("lan", Role.OFFICER, OFFICE), ("dieuphoi", Role.COORDINATOR, CULTURE)):
        add_user(
            connection,
            imported.ward,
            name,
            role=role,
            unit=unit,
            email=f"{name}@example.vn",
            actor=SYSTEM,
            now=NOW,
        )
    activate_plan(connection, imported.ward, by=None, today=TODAY, now=NOW)
    return imported.ward


def plan(connection: Connection, ward: Ward, numbers: range, due: date | None = None) -> list[int]:
    """Plan occurrences of the ward's only task by their numbers; return their ids.

    A statement plans no more at once than the plan of an office would: with ten thousands it takes minutes.
    """
    task = connection.exec_driver_sql(
        "SELECT id FROM cchc.task WHERE ward_id = %(ward)s", {"ward": ward.id}
    ).scalar_one()
    blocks = [numbers[first : first + BLOCK] for first in range(0, len(numbers), BLOCK)]
    return [each for block in blocks for each in _block(connection, ward, task, block, due)]


def _block(connection: Connection, ward: Ward, task_id: int, numbers: range, due: date | None) -> list[int]:
    day = due.toordinal() if due else None
    columns: dict[str, list[object]] = {
        "task": [task_id] * len(numbers),
        "label": [f"Kỳ {number}" for number in numbers],
        "event": [None] * len(numbers),
        "opens_on": [TODAY] * len(numbers),
    }
    for stage in ("plan", "implement", "report"):
        # Due dates spread evenly over a year, as a country's plans would.
        columns[f"{stage}_due"] = [
            date.fromordinal(day + number % 365) if day and stage == "report" else None for number in numbers
        ]
        columns[f"{stage}_assumed"] = [False] * len(numbers)
    return openings.plan_occurrences(connection, ward.id, columns)
