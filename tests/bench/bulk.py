"""Opening and sweeping a country: 110,000 occurrences, against the bare SELECT that counts them."""

from __future__ import annotations

import time
from datetime import date, timedelta

from sqlalchemy import Engine

from config.calendar import working_calendar
from config.ladder import reminding
from domain.ladder import Ladder, Step
from models import sweeps
from models.database import open_engine, transaction
from models.history import SYSTEM
from models.openings import open_due
from services.reminders import steps_for
from tests.bench.office import NOW, TODAY, fill, new_database, server

WARDS = 11
EACH = 10_000
CALENDAR = working_calendar(2023, 2028)
OTHER = Ladder((60, 20, 10, 5, 2, 0), 2, ((2, "head"), (4, "leader")))

COUNT = """
SELECT count(*) FROM unnest(%(due_on)s::date[]) AS step(due_on)
JOIN cchc.stage s ON s.due_on = step.due_on AND s.state IN ('waiting', 'open', 'returned')
JOIN cchc.occurrence o ON o.ward_id = s.ward_id AND o.id = s.occurrence_id AND o.state = 'open'
"""


def run() -> None:
    """Print the time to open 110,000 occurrences and the sweep's ratio to a count of the due rows."""
    with server() as running:
        url = new_database(running, "country")
        fill(url, WARDS, EACH, opened=False, due=TODAY + timedelta(days=1))
        engine = open_engine(url)
        start = time.perf_counter()
        with transaction(engine) as connection:
            opened = open_due(connection, today=TODAY, now=NOW, actor=SYSTEM)
        spent = time.perf_counter() - start
        print(f"opened {opened} occurrences with log and outbox in {spent:.1f} s (goal < 10)")
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("SET ROLE NONE")
            connection.exec_driver_sql("VACUUM ANALYZE")
        days = [day for number in range(14) if CALENDAR.is_working(day := TODAY + timedelta(days=number))]
        for day in days[:5]:
            _day(engine, day)
        engine.dispose()


def _day(engine: Engine, day: date) -> None:
    steps = _steps(day, reminding().ladder)
    dates = {"due_on": [step.due_on for step in steps]}
    counts, spent = [], []
    for _ in range(3):
        with transaction(engine) as connection:
            start = time.perf_counter()
            counts.append(connection.exec_driver_sql(COUNT, dates).scalar_one())
            spent.append(time.perf_counter() - start)
    first, queued = _sweep(engine, day)
    second, again = _sweep(engine, day)
    ruled, _ = _sweep(engine, day, ruled=True)
    print(
        f"{day}: {counts[0]} due of 110,000: count {min(spent) * 1000:.0f} ms, sweep {first * 1000:.0f} ms"
        f" ({queued} queued), ratio {first / min(spent):.1f} (goal ≤ 3);"
        f" second sweep {second * 1000:.0f} ms, {again} queued; with a second ladder in half of the wards"
        f" {ruled * 1000:.0f} ms"
    )


def _sweep(engine: Engine, day: date, *, ruled: bool = False) -> tuple[float, int]:
    ladders = [reminding().ladder, OTHER] if ruled else [reminding().ladder]
    rungs = [sweeps.Rungs(ladder, _steps(day, ladder)) for ladder in ladders]
    rules = [sweeps.Rule(ward, "scheduled", "", 1) for ward in range(1, WARDS, 2)] if ruled else []
    start = time.perf_counter()
    with transaction(engine) as connection:
        queued = sweeps.sweep(connection, rungs, rules=rules, today=day, leaving=sweeps.Leaving(NOW))
    return time.perf_counter() - start, queued


def _steps(day: date, ladder: Ladder) -> list[Step]:
    return steps_for(day, day - timedelta(days=1), ladder, CALENDAR)
