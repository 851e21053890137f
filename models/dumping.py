"""Whole databases out and in again, by PostgreSQL's own tools."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Connection

from domain.errors import SystemFault
from models.base import SCHEMA

CHUNK = 1024 * 1024
# `-n` alone would leave the extensions behind that the schema's functions need.
_WHAT = ("--format=custom", "--no-owner", f"--schema={SCHEMA}", "--extension=unaccent", "--extension=pg_trgm")
_VARIABLES = {
    "host": "PGHOST", "hostaddr": "PGHOSTADDR", "port": "PGPORT", "dbname": "PGDATABASE", "user": "PGUSER",
    "password": "PGPASSWORD", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT",
}  # fmt: skip # pairs


class ToolFault(SystemFault):
    """One of PostgreSQL's tools did not do its work; the notice ends with its own last words."""

    def __init__(self, tool: str, said: str) -> None:
        last = "\n".join(said.strip().splitlines()[-6:])
        super().__init__(f"{tool}: {last}", f"Công cụ {tool} của PostgreSQL báo lỗi:\n{last}")


def snapshot(connection: Connection) -> str:
    """Let another connection see what this one sees, for as long as its transaction lasts."""
    name: str = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
    return name


def documents(connection: Connection) -> list[str]:
    """Return the digests of the documents of all wards, in order."""
    return list(
        connection.exec_driver_sql("SELECT DISTINCT sha256 FROM cchc.document ORDER BY sha256").scalars()
    )


def dump(url: str, tools: Path, seen: str) -> Iterator[bytes]:
    """Yield our schema as of an exported snapshot, in pg_dump's custom format.

    Raises:
        ToolFault: pg_dump failed; nothing that was yielded counts.
    """
    command = [str(tools / "pg_dump"), *_WHAT, "--compress=gzip:6", f"--snapshot={seen}"]
    with _started(command, url, stdout=subprocess.PIPE) as (process, said):
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        while chunk := process.stdout.read(CHUNK):
            yield chunk
        _finished("pg_dump", process, said)


def load(url: str, tools: Path, chunks: Iterator[bytes]) -> None:
    """Put a dump into a database that has none of our schema: all of it, or nothing.

    Raises:
        ToolFault: pg_restore failed, and the database is as it was.
    """
    database = str(conninfo_to_dict(url).get("dbname"))
    command = [
        str(tools / "pg_restore"),
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-comments",
    ]
    with _started([*command, f"--dbname={database}"], url, stdin=subprocess.PIPE) as (process, said):
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        try:
            for chunk in chunks:
                process.stdin.write(chunk)
            process.stdin.close()
        except BrokenPipeError:  # it ended early, and has said why
            pass
        _finished("pg_restore", process, said)


def is_empty(url: str) -> bool:
    """Tell whether a database has nothing of ours.

    Raises:
        SystemFault: it can't be reached.
    """
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            row = connection.execute("SELECT to_regnamespace(%s) IS NULL", [SCHEMA]).fetchone()
    except psycopg.OperationalError as problem:
        why = str(problem).strip()
        raise SystemFault(
            f"cannot reach the database: {why}", f"Không kết nối được cơ sở dữ liệu: {why}"
        ) from None
    return bool(row and row[0])


def drop(url: str) -> None:
    """Take away what `load` put into a database, after it proved to be wrong."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


@contextmanager
def _started(
    command: Sequence[str], url: str, stdin: int = subprocess.DEVNULL, stdout: int = subprocess.DEVNULL
) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """Run a tool; its login goes by the environment, so that no password shows in the list of processes."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    login = {_VARIABLES[key]: str(value) for key, value in conninfo_to_dict(url).items() if key in _VARIABLES}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - a tool of our own package, by absolute path
            list(command),
            env={**known, **login, "LC_ALL": "C"},
            stdin=stdin,
            stdout=stdout,
            stderr=said,
        )
        try:
            yield process, said
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None and not stream.closed:
                    _closed(stream.close)


def _closed(close: Callable[[], None]) -> None:
    try:
        close()
    except BrokenPipeError:
        return


def _finished(tool: str, process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    if process.wait() != 0:
        said.seek(0)
        raise ToolFault(tool, said.read(100_000).decode(errors="replace"))
