from __future__ import annotations

import os
from pathlib import Path

import pytest

from config.machine_user import typed_by


@pytest.mark.parametrize(("told", "number"), [("1000\n", "1000"), ("4294967295", None), ("", None)])
def test_who_logged_in_types_a_command_or_else_who_runs_it(
    tmp_path: Path, told: str, number: str | None
) -> None:
    login = tmp_path / "loginuid"
    login.write_text(told)

    assert typed_by(login) == f"command:{number or os.getuid()}"
    assert typed_by(tmp_path / "none") == f"command:{os.getuid()}"
