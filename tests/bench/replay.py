"""Holding the live tables against a log of years: an office's honest work, looked at by `audit verify`."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import Connection, Engine

from config.embedded_server import EmbeddedServer
from domain.canonical import canonical
from models import history, openings
from models.database import open_engine, transaction
from models.history import SYSTEM
from services.history import hashed
from tests.bench.office import NOW, TODAY, fill, new_database, plan
from tests.bench.transitions import server_cpu

# Of a process itself: what `getrusage` tells of a child begins with its parent's.
PEAK = "print(int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0]) // 1024)"
EACH = 10  # events of an occurrence
SIZES = (100_000, 1_000_000)
BATCH = 2_500
LATER = NOW + timedelta(hours=1)
DUE = TODAY + timedelta(days=30)
REASON, ANSWER = "Bão", "250 OK"

# What ten events of each occurrence leave in the tables, all at once.
WORK = (
    "UPDATE cchc.stage SET state = 'accepted', attempt = 1, due_on = CASE stage WHEN 'report'"
    " THEN %(due)s::date ELSE due_on END WHERE ward_id = %(ward)s AND occurrence_id = ANY(%(ids)s)",
    "INSERT INTO cchc.submission (ward_id, occurrence_id, stage, attempt, submitted_by, effective_on,"
    " recorded_at, late, doc_number, verdict, decided_by, decided_at)"
    " SELECT %(ward)s, o, s, 1, %(officer)s, %(today)s, %(now)s, false, '5/KH', 'accepted', %(coordinator)s,"
    " %(now)s FROM unnest(%(ids)s::bigint[]) o, unnest(ARRAY['plan', 'implement', 'report']) s",
    "INSERT INTO cchc.due_change (ward_id, occurrence_id, stage, new_due, reason, changed_by, changed_at)"
    " SELECT %(ward)s, o, 'report', %(due)s, %(reason)s, %(coordinator)s, %(now)s"
    " FROM unnest(%(ids)s::bigint[]) o",
    "INSERT INTO cchc.delivery (ward_id, outbox_id, attempt, tried_at, outcome, answer)"
    " SELECT ward_id, id, 1, %(now)s, 'sent', %(answer)s FROM cchc.outbox"
    " WHERE ward_id = %(ward)s AND id = ANY(%(letters)s)",
    "UPDATE cchc.outbox SET state = 'sent', attempts = 1, settled_at = %(now)s"
    " WHERE ward_id = %(ward)s AND id = ANY(%(letters)s)",
    "UPDATE cchc.occurrence SET state = 'done', done_at = %(now)s"
    " WHERE ward_id = %(ward)s AND id = ANY(%(ids)s)",
)
PEOPLE = "SELECT name, id FROM cchc.account WHERE ward_id = %(ward)s"
LETTERS = (
    "SELECT occurrence_id, id FROM cchc.outbox WHERE ward_id = %(ward)s AND channel = 'email'"
    " AND occurrence_id = ANY(%(ids)s) ORDER BY occurrence_id"
)
# Its processor time and that of the server, which is asked for the same ward's checks alone.
REPLAY = (
    "import sys, time; from models.database import open_engine; from services.projection import differences\n"
    "engine = open_engine(sys.argv[1])\n"
    "with engine.connect() as connection: found = list(differences(connection, int(sys.argv[2])))\n"
    "assert not found, found\nprint(time.process_time())\n" + PEAK
)


def measure(running: EmbeddedServer) -> None:
    """Print what replaying costs at each size, in processor time of the program and of the server."""
    spent = []
    for events in SIZES:
        url = new_database(running, f"replay_{events}")
        ward = worked(url, events // EACH)
        time.sleep(2)  # until the processes that filled it have gone: one that just goes is counted twice
        before = server_cpu(running)
        done = subprocess.run(
            [sys.executable, "-c", REPLAY, url, str(ward)], capture_output=True, check=True, text=True
        )
        own, memory = (float(each) for each in done.stdout.split())
        spent.append(server_cpu(running) - before + own)
        print(
            f"replaying {events} events against the tables: {spent[-1]:.1f} s of processor time,"
            f" peak memory {memory:.0f} MB (goal < 150)"
        )
    growth = spent[-1] / spent[0] / (SIZES[-1] / SIZES[0])
    print(f"replaying grows x{growth:.2f} for each event from {SIZES[0]} to {SIZES[-1]}")


def worked(url: str, occurrences: int) -> int:
    """Make a ward that has done so many occurrences, each with ten events; return its id."""
    [filled] = fill(url, 1, 0)
    engine = open_engine(url)
    for first in range(0, occurrences, BATCH):
        with transaction(engine) as connection:
            ids = plan(connection, filled.ward, range(first, min(first + BATCH, occurrences)))
            openings.open_due(connection, today=TODAY, now=NOW, actor=SYSTEM)
            _work(connection, filled.ward.id, ids)
        if first == 0:
            _counted(engine)  # a statement's plan follows from what was counted
    _counted(engine)
    engine.dispose()
    return filled.ward.id


def _work(connection: Connection, ward: int, ids: list[int]) -> None:
    people = dict(connection.exec_driver_sql(PEOPLE, {"ward": ward}).tuples().all())
    letters = dict(connection.exec_driver_sql(LETTERS, {"ward": ward, "ids": ids}).tuples().all())
    officer, coordinator = people["lan"], people["dieuphoi"]
    params = {
        "ward": ward, "ids": ids, "letters": list(letters.values()), "officer": officer,
        "coordinator": coordinator, "today": TODAY, "due": DUE, "now": LATER, "reason": REASON,
        "answer": ANSWER,
    }  # fmt: skip
    for statement in WORK:
        connection.exec_driver_sql(statement, params)
    told = [each for occurrence in ids for each in _events(occurrence, letters[occurrence])]
    for role, actor in (("officer", officer), ("coordinator", coordinator), ("system", 0)):
        own = [(kind, facts) for who, kind, facts in told if who == role]
        history.append(
            connection, ward, at=LATER, actor=canonical({"id": actor, "role": role}),
            kinds=[kind for kind, _ in own], facts=[facts for _, facts in own],
        )  # fmt: skip


def _events(occurrence: int, letter: int) -> Iterator[tuple[str, str, str]]:
    """Yield who did what with one occurrence, besides opening it."""
    yield "coordinator", "due.changed", canonical(
        {
            "due_on": DUE.isoformat(), "occurrence": occurrence, "reason_sha256": hashed(REASON),
            "stage": "report",
        }
    )  # fmt: skip
    facts = {"answer_sha256": hashed(ANSWER), "channel": "email", "occurrences": [occurrence]}
    yield "system", "delivery.sent", canonical({**facts, "outbox": [letter]})
    for stage in ("plan", "implement", "report"):
        at = {"attempt": 1, "occurrence": occurrence, "stage": stage}
        due = {"due_on": DUE.isoformat()} if stage == "report" else {}
        handed_in = {"doc_number": "5/KH", "documents": [], "effective_on": TODAY.isoformat(), "late": 0}
        yield "officer", "stage.submitted", canonical({**at, **due, **handed_in})
        yield "coordinator", "stage.accepted", canonical(at)
    yield "coordinator", "occurrence.done", canonical({"occurrence": occurrence})


def _counted(engine: Engine) -> None:
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("SET ROLE NONE")
        connection.exec_driver_sql("VACUUM ANALYZE")
