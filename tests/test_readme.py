"""What the README shows is run, so that a stranger who types it sees the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from config.shared_server import using
from models.databases import ensure_databases
from services.setup import prepare
from tests.conftest import NOT_DURABLE

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def shown() -> Iterator[tuple[str, list[str]]]:
    """Yield each command of the README with the lines that it shows below it."""
    for block in BLOCK.findall(README):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.replace("\\\n", " ").splitlines()
            yield lines[0], lines[1:]


@pytest.fixture
def environment(data: Path) -> Iterator[dict[str, str]]:
    """Give the environment of a terminal beside a freshly started `cchc up`; Prefect is not needed."""
    with using(data, NOT_DURABLE) as server:
        ensure_databases(server.url(), None, "prefect")
        prepare(Settings(data=data, _env_file=None), server.url(), datetime.now(UTC))
        beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CCHC_")}
        yield kept | {"PATH": beside, "CCHC_DATA": str(data)}


def squeezed(text: str) -> str:
    """Return text with every stretch of blanks as one: how wide a table is drawn doesn't matter."""
    return re.sub(r"[ \t]+", " ", text)


def test_everything_that_the_readme_types_prints_what_it_shows(
    environment: dict[str, str], data: Path
) -> None:
    for command, lines in shown():
        done = subprocess.run(
            command, shell=True, cwd=data, env=environment, capture_output=True, text=True, timeout=240
        )

        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        rest = squeezed(done.stdout)
        for line in lines:
            found = re.search(re.escape(squeezed(line)).replace("…", ".+"), rest)
            assert found, f"{command} does not print “{line}”, but:\n{done.stdout}"
            rest = rest[found.end() :]


def test_the_readme_types_a_whole_day() -> None:
    """The test above would also pass on a README that shows nothing."""
    typed = [" ".join(command.split()[:3]) for command, lines in shown() if lines]

    assert typed == [
        "cchc unit contact",
        "cchc user add",
        "cchc event raise",
        "cchc stage submit",
        "cchc stage accept",
        "cchc task show",
        "cchc audit verify",
        "cchc evidence export",
        "cchc evidence verify",
    ]


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:^|`)make (\w+)", README, re.MULTILINE))))
def test_every_make_target_that_the_readme_names_is_there(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_two_commands_and_the_picture_come_before_everything_else() -> None:
    first_screen = README.partition("\n## ")[0]

    assert "\nmake run " in first_screen
    assert "\nmake test " in first_screen
    assert "](docs/pictures/" in first_screen


def test_the_settings_table_names_every_setting_and_no_other() -> None:
    table = README.partition("\n## Settings")[2].partition("\n## ")[0]

    assert set(re.findall(r"CCHC_\w+", table)) == {f"CCHC_{name.upper()}" for name in Settings.model_fields}
