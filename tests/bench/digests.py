"""A morning of the whole country: digests of 3,321 wards with 110,000 open occurrences."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from datetime import time as clock

import psycopg
from sqlalchemy import Engine

from models import queue
from models.database import open_engine, transaction
from models.history import SYSTEM
from services.composing import Office, parcels_of
from services.outbox import BATCH
from services.people import Ward, add_contact
from services.reminders import sweep
from tests.bench.office import TODAY, fill, new_database, server
from tests.builders import OFFICE
from tests.post import HANOI

WARDS = 3_321
EACH = 33
HERE = Office(
    "https://cchc.vn", HANOI, received_link=lambda ward, row: f"https://cchc.vn/open/received/{ward}-{row}"
)
MORNING = datetime.combine(TODAY, clock(7, 0), HANOI).astimezone(UTC)

# The first ward's rows, once more for every other ward; each table with the ids moved out of the way.
COPIED = ("unit", "account", "contact", "plan", "plan_section", "task", "task_unit", "occurrence", "stage")
MOVED = {"ward_id", "id", "unit_id", "task_id", "plan_id", "occurrence_id", "activated_by"}
SPREAD = """
UPDATE cchc.stage SET due_on = %s::date + (occurrence_id * 11 %% 365)::int - 20
WHERE stage = 'report'
"""


def run() -> None:
    """Print how long the sweep takes and how long the digests, from the outbox to finished letters."""
    with server() as running:
        url = new_database(running, "digests")
        _country(url)
        engine = open_engine(url)
        with transaction(engine) as connection:
            began = time.perf_counter()
            swept = sweep(connection, TODAY, MORNING, timezone=HANOI)
            print(f"sweep: {swept.reminders} reminders in {time.perf_counter() - began:.1f} s")
        with psycopg.connect(url, autocommit=True) as superuser:
            superuser.execute("VACUUM ANALYZE")
        letters, stages, seconds = _composed(engine)
        engine.dispose()
    print(
        f"{letters} letters of {WARDS} wards telling of {stages} stages, claimed and written (text and HTML)"
        f" in {seconds:.1f} s (goal < 10)"
    )


def _composed(engine: Engine) -> tuple[int, int, float]:
    letters = stages = 0
    began = time.perf_counter()
    until = MORNING + timedelta(minutes=5)
    while True:
        with transaction(engine) as connection:
            rows = queue.claim(connection, channel="email", now=MORNING, until=until, limit=BATCH)
            parcels = parcels_of(connection, rows, HERE, MORNING)
        if not rows:
            return letters, stages, time.perf_counter() - began
        written = [each.message for each in parcels if each.message is not None]
        letters += len(written)
        stages += sum(message.text.count("   - Thời hạn:") for message in written)


def _country(url: str) -> None:
    fill(url, 1, EACH, due=TODAY)
    engine = open_engine(url)
    with transaction(engine) as connection:
        ward = connection.exec_driver_sql("SELECT id, code, name FROM cchc.ward").one()
        one = Ward(ward.id, ward.code, ward.name)
        add_contact(connection, one, OFFICE, channel="email", address="vp@so-1.vn", actor=SYSTEM, now=MORNING)
    engine.dispose()
    with psycopg.connect(url, autocommit=True) as superuser:
        superuser.execute("UPDATE cchc.outbox SET state = 'sent'")
        superuser.execute("UPDATE cchc.account SET email = NULL")  # letters to units are what is counted
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(
            "INSERT INTO cchc.ward (id, code, name) OVERRIDING SYSTEM VALUE"
            " SELECT n, 'so-' || n, 'UBND phường Số ' || n FROM generate_series(2, %s) n",
            [WARDS],
        )
        for table in COPIED:
            _copy(superuser, table)
        superuser.execute(SPREAD, [TODAY])
        superuser.execute("VACUUM ANALYZE")


def _copy(superuser: psycopg.Connection, table: str) -> None:
    columns = [
        row[0]
        for row in superuser.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = 'cchc' AND table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
    ]
    values = [
        "n" if name == "ward_id" else f"t.{name} + n * 1000" if name in MOVED else f"t.{name}"
        for name in columns
    ]
    superuser.execute(
        f"INSERT INTO cchc.{table} ({', '.join(columns)}) OVERRIDING SYSTEM VALUE"
        f" SELECT {', '.join(values)} FROM cchc.{table} t, generate_series(2, {WARDS}) n WHERE t.ward_id = 1"
    )
