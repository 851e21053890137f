"""Commands as people type them, run in this process against one installation of the test module's own."""

from __future__ import annotations

import atexit
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cli.main import main
from config.shared_server import using
from models.databases import ensure_databases
from models.migrate import upgrade
from services.setup import PACKAGED
from tests.conftest import NOT_DURABLE

OFFICE = "Văn phòng HĐND và UBND phường"
CULTURE = "Phòng Văn hóa - Xã hội"
CENTRE = "Trung tâm Phục vụ hành chính công"
SERVICE = "Trung tâm Dịch vụ sự nghiệp công"
ECONOMY = "Phòng Kinh tế, Hạ tầng và Đô thị"


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return the one object that it printed."""
        return json.loads(self.out)


def cchc(*words: str, code: int | None = 0, stdin: str = "") -> Said:
    """Run a command; expect this exit code, no traceback, and Vietnamese where it is refused."""
    out, err = io.StringIO(), io.StringIO()
    before, sys.stdin = sys.stdin, io.StringIO(stdin)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            ended = main(list(words))
    except SystemExit as leave:  # argparse
        ended = int(leave.code or 0)
    finally:
        sys.stdin = before
    said = Said(ended, out.getvalue(), err.getvalue())
    assert code in {None, said.code}, f"{words}: {said}"
    assert "Traceback" not in said.out + said.err
    if said.code:
        assert vietnamese(said.out + said.err), said
    return said


def vietnamese(text: str) -> bool:
    """Tell whether the text has letters that only Vietnamese has."""
    return any(letter in "ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđươ" for letter in text.lower())


def rows(url: str, query: str, *values: object) -> list[tuple[Any, ...]]:
    """Ask the database itself."""
    with psycopg.connect(url) as connection:
        return connection.execute(query, values).fetchall()


def history_size(url: str) -> int:
    """Return how many events the log has."""
    size: int = rows(url, "SELECT count(*) FROM cchc.audit_event")[0][0]
    return size


@cache
def prepared() -> Path:
    """Make the folder of a server with our databases and nothing in them; copying it is much faster."""
    folder = Path(tempfile.mkdtemp(prefix="cchc-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o711)
    with using(folder, NOT_DURABLE) as server:
        ensure_databases(server.url(), None, "prefect")
        upgrade(server.url())
    return folder / "pgdata"


@contextmanager
def installation() -> Iterator[str]:
    """Give the URL of a running embedded database in a data folder of its own, named by `CCHC_DATA`."""
    folder = Path(tempfile.mkdtemp(prefix="cchc-"))
    folder.chmod(0o711)
    subprocess.run(["cp", "-a", str(prepared()), str(folder)], check=True)
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("CCHC_")]:
            patch.delenv(name)
        patch.setenv("CCHC_DATA", str(folder))
        patch.chdir(folder)
        with using(folder, NOT_DURABLE) as server:
            yield server.url()
    shutil.rmtree(folder, ignore_errors=True)


def office() -> None:
    """Import and activate the decision that ships, with people and addresses."""
    cchc("plan", "import", str(PACKAGED))
    cchc("user", "add", "dieuphoi", "--role", "coordinator", "--email", "dieuphoi@phuong.vn")
    cchc("user", "add", "chutich", "--role", "leader")
    for name, unit in (
        ("lan", OFFICE),
        ("hoa", CULTURE),
        ("minh", CENTRE),
        ("dung", SERVICE),
        ("kinhte", ECONOMY),
    ):
        cchc("user", "add", name, "--role", "officer", "--unit", unit)
        cchc("unit", "contact", unit, "--email", f"{name}@phuong.vn")
    cchc("plan", "activate")
