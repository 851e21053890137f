"""Stage transitions through the service layer, against pgbench doing the same writes on the same server."""

from __future__ import annotations

import multiprocessing
import os
import re
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from config.embedded_server import EmbeddedServer, programs
from domain.plans import Stage
from models.database import open_engine, transaction
from services.stages import Submission, accept, submit
from tests.bench.office import NOW, TODAY, Filled, fill, new_database, server

CALLERS = (1, 4, 16)
SECONDS = 5
# Enough that no caller runs out in SECONDS.
OCCURRENCES = 16_000

# What one submission writes: the stage and the next one, the submission, the message, the event and its
# log's head. Nothing is checked, hashed or composed.
SAME_WRITES = """
\\set n random(0, {last})
\\set occurrence {first} + :n
\\set ward {first_ward} + :n / {per_ward}
BEGIN;
UPDATE cchc.stage SET state = 'submitted', attempt = attempt + 1 WHERE ward_id = :ward
  AND occurrence_id = :occurrence AND stage = 'plan' RETURNING attempt \\gset
UPDATE cchc.stage SET state = 'open' WHERE ward_id = :ward AND occurrence_id = :occurrence
  AND stage = 'implement';
INSERT INTO cchc.submission (ward_id, occurrence_id, stage, attempt, submitted_by, effective_on,
    recorded_at, late)
  VALUES (:ward, :occurrence, 'plan', :attempt, {person} + 2 * (:ward - {first_ward}), '2026-03-02', now(),
    false);
INSERT INTO cchc.outbox (ward_id, occurrence_id, stage, reason, step, recipient, channel)
  VALUES (:ward, :occurrence, 'plan', 'submitted', :attempt::text, '', 'engine');
UPDATE cchc.audit_log SET size = size + 1 WHERE ward_id = :ward RETURNING size \\gset
INSERT INTO cchc.audit_event VALUES (:ward, :size, now(), 'stage.submitted', '{body}', '{leaf}');
COMMIT;
"""

# The bare minimum that the design compares with: a state, a message, an event, and no order among events.
THREE_WRITES = """
\\set n random(0, {last})
\\set occurrence {first} + :n
\\set ward {first_ward} + :n / {per_ward}
BEGIN;
UPDATE cchc.stage SET state = 'submitted', attempt = attempt + 1 WHERE ward_id = :ward
  AND occurrence_id = :occurrence AND stage = 'plan' RETURNING attempt \\gset
INSERT INTO cchc.outbox (ward_id, occurrence_id, stage, reason, step, recipient, channel)
  VALUES (:ward, :occurrence, 'plan', 'submitted', :attempt::text, '', 'engine');
INSERT INTO cchc.audit_event
  VALUES (:ward, nextval('bench_position'), now(), 'stage.submitted', '{body}', '{leaf}');
COMMIT;
"""


@dataclass
class Rate:
    """Transitions per second, CPU milliseconds for each (all processes), and latencies in milliseconds."""

    per_second: float
    cpu_ms: float
    p50_ms: float


def run() -> None:
    """Print both rates and their ratio for 1, 4 and 16 callers, over many wards and within one."""
    with server() as running:
        for wards, where in ((16, "16 wards"), (1, "one ward")):
            print(
                f"{where}: callers, ours/s, pgbench same writes/s, ratio; bare three writes/s, ratio; CPU ms"
            )
            for callers in CALLERS:
                _compare(running, wards, callers)


def _compare(running: EmbeddedServer, wards: int, callers: int) -> None:
    url = new_database(running, f"ours_{wards}_{callers}")
    filled = fill(url, wards, OCCURRENCES // wards)
    ours = _ours(running, url, filled, callers)
    url = new_database(running, f"theirs_{wards}_{callers}")
    filled = fill(url, wards, OCCURRENCES // wards)
    same = _pgbench(running, url, filled, callers, SAME_WRITES)
    three = _pgbench(running, url, filled, callers, THREE_WRITES)
    print(
        f"{callers:3}  {ours.per_second:7.0f} {same.per_second:7.0f} {ours.per_second / same.per_second:5.2f}"
        f"   {three.per_second:7.0f} {ours.per_second / three.per_second:5.2f}"
        f"   {ours.cpu_ms:.2f} against {same.cpu_ms:.2f} and {three.cpu_ms:.2f};"
        f" p50 {ours.p50_ms:.2f} ms against {same.p50_ms:.2f} ms, ratio {ours.p50_ms / same.p50_ms:.1f}",
        flush=True,
    )


def _ours(running: EmbeddedServer, url: str, filled: list[Filled], callers: int) -> Rate:
    shares: list[list[tuple[int, int]]] = [[] for _ in range(callers)]
    number = 0
    longest = max(len(each.occurrences) for each in filled)
    for index in range(longest):
        for each in filled:
            if index < len(each.occurrences):
                shares[number % callers].append((each.ward.id, each.occurrences[index]))
                number += 1
    context = multiprocessing.get_context("fork")
    ready, go = context.Barrier(callers + 1), context.Event()
    results = context.Queue()
    processes = [context.Process(target=_caller, args=(url, share, ready, go, results)) for share in shares]
    for process in processes:
        process.start()
    ready.wait()
    before = server_cpu(running)
    go.set()
    found = [results.get() for _ in processes]
    for process in processes:
        process.join()
    count = sum(done for done, _, _ in found)
    cpu = server_cpu(running) - before + sum(used for _, used, _ in found)
    latencies = [each for _, _, many in found for each in many]
    return Rate(count / SECONDS, cpu / count * 1000, statistics.median(latencies) * 1000)


def _caller(url: str, share: list[tuple[int, int]], ready: Any, go: Any, results: Any) -> None:
    engine = open_engine(url, pool_size=1)
    with transaction(engine) as connection:
        connection.exec_driver_sql("SELECT 1")
    ready.wait()
    go.wait()
    cpu, end, latencies = time.process_time(), time.perf_counter() + SECONDS, []
    for ward, occurrence in share:
        for stage in Stage:
            for move in (_submit, _accept):
                start = time.perf_counter()
                if start > end:
                    results.put((len(latencies), time.process_time() - cpu, latencies))
                    return
                move(engine, ward, occurrence, stage)
                latencies.append(time.perf_counter() - start)
    raise AssertionError("ran out of occurrences")


def _submit(engine: Engine, ward: int, occurrence: int, stage: Stage) -> None:
    with transaction(engine) as connection:
        submit(
            connection,
            ward,
            Submission(occurrence, stage, TODAY, doc_number="5/KH"),
            by="lan",
            today=TODAY,
            now=NOW,
        )


def _accept(engine: Engine, ward: int, occurrence: int, stage: Stage) -> None:
    with transaction(engine) as connection:
        accept(connection, ward, occurrence, stage, by="dieuphoi", now=NOW)


def _pgbench(running: EmbeddedServer, url: str, filled: list[Filled], callers: int, script: str) -> Rate:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SEQUENCE IF NOT EXISTS bench_position START 100000000")
        person = connection.execute("SELECT min(id) FROM cchc.account").fetchone()
    ids = [occurrence for each in filled for occurrence in each.occurrences]
    assert person is not None
    text = script.format(
        first=min(ids),
        last=len(ids) - 1,
        first_ward=filled[0].ward.id,
        per_ward=len(filled[0].occurrences),
        person=person[0],
        body="x" * 330,
        leaf="\\\\x" + "00" * 32,
    )
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(text)
        file.flush()
        cpu, own = server_cpu(running), os.times()
        done = subprocess.run(
            [programs() / "pgbench", "-n", "-M", "prepared", "-c", str(callers), "-j", str(min(callers, 2)),
             "-T", str(SECONDS), "-f", file.name, url],
            check=False, capture_output=True, text=True,
        )  # fmt: skip # short values read best packed
        after = os.times()
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    count = re.search(r"actually processed: (\d+)", done.stdout)
    if done.returncode or rate is None or count is None:
        raise RuntimeError(done.stdout + done.stderr)
    used = (
        server_cpu(running)
        - cpu
        + (after.children_user + after.children_system)
        - (own.children_user + own.children_system)
    )
    per_second = float(rate[1])
    return Rate(per_second, used / int(count[1]) * 1000, callers / per_second * 1000)


def server_cpu(running: EmbeddedServer) -> float:
    """Return the CPU seconds of the server's processes, those that ended included."""
    ticks = os.sysconf("SC_CLK_TCK")
    pid = running.pid()
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(stat.parent.name) == pid:
            total += sum(int(fields[index]) for index in (11, 12, 13, 14)) / ticks
        elif int(fields[1]) == pid:
            total += sum(int(fields[index]) for index in (11, 12)) / ticks
    return total
