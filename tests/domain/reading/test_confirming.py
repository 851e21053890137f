"""Every kind of finding says what confirming it means."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import services
from domain import reading
from domain.plans import Finding, Severity, Source
from domain.reading.as_data import finding_data
from domain.reading.confirming import KINDS, kind_of, meaning

SOURCES = Path(services.__file__).parents[1]
MODULES = [
    import_module(f"domain.reading.{name}")
    for _, name, _ in iter_modules(reading.__path__)
    if name.endswith("doubts")
]
TABLES = [table for module in MODULES for table in vars(module).values() if isinstance(table, dict)]
WORDED = {
    code.replace("_", "-")
    for table in TABLES
    for code, entry in table.items()
    if isinstance(entry, tuple) and isinstance(entry[0], Severity)
}


def made_elsewhere() -> set[str]:
    """Return the codes of findings that are made without a table of doubts."""
    paths = [path for layer in ("domain", "services") for path in (SOURCES / layer).rglob("*.py")]
    made = re.compile(r'\b(?:Finding|_missing)\(\s*"([a-z-]+)"')
    return {code for path in paths for code in made.findall(path.read_text(encoding="utf-8"))}


def test_every_kind_of_finding_that_reading_can_make_says_what_confirming_it_means() -> None:
    assert len(WORDED) > 40
    assert made_elsewhere() >= {"no-number", "no-date"}
    assert WORDED | made_elsewhere() <= KINDS.keys()


@pytest.mark.parametrize("code", KINDS)
def test_a_meaning_is_one_sentence_and_a_name_can_stand_in_a_list(code: str) -> None:
    kind = KINDS[code]

    assert re.fullmatch(r"Xác nhận nghĩa là: \S.*[^.]\.", kind.meaning)
    assert 5 < len(kind.name) <= 40
    assert kind.name[0].islower()


def test_confirming_a_group_means_one_report_for_each_of_its_units() -> None:
    assert meaning("group-lead") == (
        "Xác nhận nghĩa là: mỗi đơn vị trong danh sách có kỳ thực hiện riêng và tự báo cáo."
    )


def test_a_kind_that_an_older_program_made_is_still_answered() -> None:
    assert kind_of("gone").meaning.startswith("Xác nhận nghĩa là: ")
    assert not kind_of("gone").dated


@pytest.mark.parametrize(
    ("place", "shown"),
    [(None, None), (Source(1, 12, 3), {"table": 1, "row": 12, "page": 3})],
)
def test_a_finding_as_data_says_where_it_stands_and_what_confirming_means(
    place: Source | None, shown: object
) -> None:
    finding = Finding("group-lead", Severity.CHECK, "Nhiệm vụ V.2: …", "V.2", "Các phòng", place)

    data = finding_data(finding)

    assert data["place"] == shown
    assert data["meaning"] == meaning("group-lead")
    assert {"code", "severity", "message", "task", "source_text"} < data.keys()
