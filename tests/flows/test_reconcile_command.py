"""`cchc reconcile`, against a real Prefect."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cli.engine import reconcile
from config.parts import PartStatus, State, write_parts
from config.processes import started_at
from domain.errors import SystemFault
from tests.flows.prefect_office import Desk


@pytest.fixture
def installation(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CCHC_DATA", str(tmp_path))
    monkeypatch.setenv("CCHC_DATABASE_URL", database_url)
    return tmp_path


def prefect_is(state: State, data: Path, url: str) -> None:
    me = os.getpid()
    write_parts(data, [PartStatus("prefect", state, me, url, began=started_at(me))])


def test_it_says_what_it_mended_and_then_that_nothing_is_amiss(
    desk: Desk, installation: Path, prefect_environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    prefect_is(State.RUNNING, installation, prefect_environment["PREFECT_API_URL"])
    desk.set_up("II.3")

    assert reconcile(as_json=True) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["deployments"], said["runs"]) == (3, 1)
    assert said["lines"]
    assert reconcile(as_json=False) == 0
    assert "không có gì lệch" in capsys.readouterr().out


def test_without_prefect_it_says_how_to_start_it(installation: Path) -> None:
    with pytest.raises(SystemFault) as fault:
        reconcile(as_json=False)
    assert "cchc up" in fault.value.notice

    prefect_is(State.STARTING, installation, "http://127.0.0.1:9/api")
    with pytest.raises(SystemFault) as fault:
        reconcile(as_json=False)
    assert "đang khởi động" in fault.value.notice
