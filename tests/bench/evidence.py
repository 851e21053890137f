"""Evidence at the size of years: verifying, proving, appending, packing."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import psycopg
from sqlalchemy import Engine

from domain.canonical import canonical
from domain.merkle import leaf_hash, root_from_inclusion
from models import directory, history
from models.database import open_engine, transaction
from models.history import SYSTEM
from services.audit import verify
from services.documents import DocumentStore, register
from services.history import record
from services.proofs import StoredTree
from tests.bench import replay
from tests.bench.office import NOW, new_database, server
from tests.bench.replay import PEAK
from tests.builders import occurrence, office, plan_of, task

EVENTS = 1_000_000
LARGE = 10_000_000
BATCH = 5_000
DOCUMENTS, EACH_MB = 11, 190


def run() -> None:
    """Print each figure with its goal."""
    with server() as running:
        url = new_database(running, "evidence")
        engine = open_engine(url)
        ward = _ward(engine, "dai")
        _fill(engine, ward)
        _verifying(engine, url, ward)
        _appending(engine, ward)
        engine.dispose()
        replay.measure(running)
        _proving(new_database(running, "large"))
        _packing(new_database(running, "pack"))


def _ward(engine: Engine, code: str) -> int:
    with transaction(engine) as connection:
        return directory.put_ward(connection, code, f"UBND phường {code}")


def _fill(engine: Engine, ward: int, count: int = EVENTS) -> None:
    start = time.perf_counter()
    for first in range(0, count, BATCH):
        size = min(BATCH, count - first)
        facts = [
            canonical(
                {
                    "attempt": 1, "due_on": "2026-03-31", "effective_on": "2026-03-02", "late": 0,
                    "note_sha256": f"{first + number:064x}", "occurrence": first + number, "stage": "plan",
                }
            )
            for number in range(size)
        ]  # fmt: skip
        with transaction(engine) as connection:
            actor = '{"id":12,"role":"officer"}'
            history.append(connection, ward, at=NOW, actor=actor, kinds=["x.filled"] * size, facts=facts)
    print(f"{count} events appended in batches of {BATCH}: {count / (time.perf_counter() - start):.0f}/s")


def _verifying(engine: Engine, url: str, ward: int) -> None:
    """Compare with SHA-256 alone over the same bytes from the same table, in turns."""
    plain, whole = [], []
    for _ in range(3):
        with engine.connect() as connection:
            plain.append(
                _timed(lambda: [None for row in history.stream(connection, ward, EVENTS) if _hashed(row)])
            )
        with engine.connect() as connection:
            whole.append(_timed(lambda: _verified(connection)))
    fastest = EVENTS / min(whole)
    print(f"verifying: {fastest:.0f} events/s; SHA-256 over the same stream: {EVENTS / min(plain):.0f}/s;"
          f" ratio {min(plain) / min(whole):.2f} (goal >= 0.4)")  # fmt: skip
    code = (
        "import sys; from models.database import open_engine; from services.audit import verify\n"
        "engine = open_engine(sys.argv[1])\n"
        "with engine.connect() as connection: assert verify(connection).ok\n" + PEAK
    )
    said = subprocess.run([sys.executable, "-c", code, url], capture_output=True, check=True, text=True)
    print(f"peak memory of verifying {EVENTS} events: {said.stdout.strip()} MB (goal < 150)")


def _hashed(row: tuple[int, int, bytes, bytes, bytes]) -> bool:
    return sha256(row[3]).digest() == b""


def _verified(connection: object) -> None:
    assert verify(connection).ok  # type: ignore[arg-type] # a connection


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _appending(engine: Engine, long: int) -> None:
    """Append single events to a log of ten and to one of a million, in turns."""
    ratios = []
    for turn in range(9):
        short = _ward(engine, f"ngan-{turn}")
        _append(engine, short, 10)
        order = [(short, "short"), (long, "long")] if turn % 2 else [(long, "long"), (short, "short")]
        spent = {name: _timed(lambda ward=ward: _append(engine, ward, 400)) for ward, name in order}  # type: ignore[misc]
        ratios.append(spent["long"] / spent["short"])
    print(f"appending with {EVENTS} events against 10: x{statistics.median(ratios):.3f} (goal < 1.10)")


def _append(engine: Engine, ward: int, count: int) -> None:
    for number in range(count):
        with transaction(engine) as connection:
            facts = [canonical({"n": number})]
            history.append(connection, ward, at=NOW, actor=SYSTEM, kinds=["x"], facts=facts)


def _proving(url: str) -> None:
    """Prove single events among ten million, each with nothing computed before."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO cchc.ward (code, name) VALUES ('lon', 'UBND phường Lớn')")
        connection.execute(
            "INSERT INTO cchc.audit_event SELECT 1, n, now(), 'x', '{}' || n,"
            f" sha256('\\x00'::bytea || convert_to('{{}}' || n, 'UTF8'))"
            f" FROM generate_series(0, {LARGE - 1}) n"
        )
        for level, rows in (
            (8, "SELECT position AS n, leaf_hash AS h FROM cchc.audit_event"),
            (16, "SELECT number AS n, hash AS h FROM cchc.audit_node WHERE level = 8"),
        ):
            connection.execute(
                f"INSERT INTO cchc.audit_node SELECT 1, {level}, n >> 8,"
                f" cchc.subtree(array_agg(h ORDER BY n)) FROM ({rows}) t GROUP BY n >> 8"
                " HAVING count(*) = 256"
            )
        connection.execute("VACUUM ANALYZE cchc.audit_event")
    engine = open_engine(url)
    spent = []
    with engine.connect() as connection:
        root = StoredTree(connection, 1).root(LARGE)
        for turn in range(200):
            position = turn * 7919 * 631 % LARGE
            start = time.perf_counter()
            proof = StoredTree(connection, 1).inclusion(position, LARGE)
            spent.append(time.perf_counter() - start)
            leaf = leaf_hash(f"{{}}{position}".encode())
            assert root_from_inclusion(leaf, position, LARGE, proof) == root
    engine.dispose()
    print(f"proof of one event among {LARGE}: median {statistics.median(spent) * 1000:.1f} ms,"
          f" worst of 200 {max(spent) * 1000:.1f} ms (goal < 50)")  # fmt: skip


def _packing(url: str) -> None:
    """Pack two gigabytes of documents in a process of its own and look at its memory."""
    with tempfile.TemporaryDirectory(prefix="cchc-bench-") as folder:
        store = DocumentStore(Path(folder) / "documents")
        engine = open_engine(url)
        with transaction(engine) as connection:
            ward = office(connection, plan_of(task("I.1", occurrences=[occurrence()]))).ward
        for number in range(DOCUMENTS):
            block = os.urandom(1 << 20)
            kept = store.keep(BytesIO(block * EACH_MB), f"tài liệu {number}.pdf")
            with transaction(engine) as connection:
                register(connection, ward.id, [kept])
                record(
                    connection, ward.id, "event.recorded", {"document": kept.sha256}, actor=SYSTEM, now=NOW
                )
        engine.dispose()
        out = Path(folder) / "ho-so.zip"
        code = (
            "import sys; from cli.main import main\n"
            "main(['evidence', 'export', '--out', sys.argv[1]])\n" + PEAK
        )
        start = time.perf_counter()
        said = subprocess.run(
            [sys.executable, "-c", code, str(out)],
            capture_output=True,
            check=True,
            text=True,
            env={**os.environ, "CCHC_DATABASE_URL": url, "CCHC_DATA": folder},
        )
        spent, memory = time.perf_counter() - start, said.stdout.split()[-1]
        print(
            f"cchc evidence export, {out.stat().st_size / 1e9:.2f} GB: {spent:.1f} s,"
            f" peak memory {memory} MB (goal < 200)"
        )
