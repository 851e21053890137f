from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from config.parts import NAMES, PartStatus, State, read_parts, write_parts
from config.processes import started_at

HERE = PartStatus("web", State.RUNNING, os.getpid(), "http://127.0.0.1:8000", began=started_at(os.getpid()))


def test_without_a_file_every_part_is_down(data: Path) -> None:
    assert [(part.name, part.state) for part in read_parts(data)] == [(name, State.DOWN) for name in NAMES]


def test_a_damaged_file_counts_as_none(data: Path) -> None:
    (data / "run").mkdir()
    for text in ("", "{", '{"parts": 1}', '{"keeper": {"pid": 1}, "parts": [{"name": "web"}]}'):
        (data / "run" / "parts.json").write_text(text)

        assert {part.state for part in read_parts(data)} == {State.DOWN}


def test_what_was_written_is_read_again(data: Path) -> None:
    write_parts(data, [HERE])

    assert {part.name: part for part in read_parts(data)}["web"] == HERE


def test_a_process_that_only_has_the_same_pid_is_not_the_part(data: Path) -> None:
    write_parts(data, [replace(HERE, began="1")])

    web = {part.name: part for part in read_parts(data)}["web"]

    assert web.state is State.DOWN
    assert web.pid is None


def test_a_database_elsewhere_counts_while_someone_looks_after_it(data: Path) -> None:
    write_parts(data, [PartStatus("database", State.RUNNING, url="postgresql://db.example/ward")])
    assert read_parts(data)[0].state is State.RUNNING

    file = data / "run" / "parts.json"
    file.write_text(file.read_text().replace(f'"began": "{HERE.began}"', '"began": "1"'))

    assert read_parts(data)[0].state is State.DOWN
