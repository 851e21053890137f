"""Every kind of file comes in by one door."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import WardError
from services.reading import read_bytes, read_file
from services.setup import PACKAGED
from tests.services.formats import hostile
from tests.services.formats.measured import outcome_of
from tests.services.formats.test_kinds import compound
from tests.services.formats.valid import DECISION, excel, word

PDF = Path(__file__).parent / "data" / "twenty-pages.pdf"
IMAGE = b"/Type/XObject/Subtype/Image/Width 2/Height 2/BitsPerComponent 8/ColorSpace/DeviceGray"
SCAN = hostile.pdf(
    hostile.CATALOG,
    hostile.PAGES,
    hostile.page(b"/XObject<</X 5 0 R>>"),
    hostile.stream(b"q 600 0 0 800 0 0 cm /X Do Q"),
    hostile.stream(b"\x00\xff\xff\x00", IMAGE),
)


@pytest.mark.parametrize(("name", "content"), [("a.docx", word(DECISION)), ("a.xlsx", excel(DECISION))])
def test_the_decision_is_the_same_plan_in_word_and_excel(name: str, content: bytes) -> None:
    plan, known = read_bytes(content, name), read_file(PACKAGED)

    assert plan.decision == known.decision
    assert plan.reporting_calendar == known.reporting_calendar
    assert [(task.code, task.milestones, task.lead_units) for task in plan.tasks] == [
        (task.code, task.milestones, task.lead_units) for task in known.tasks
    ]


def test_twenty_pages_are_read_whole_in_little_memory() -> None:
    outcome = outcome_of(PDF, cpu_seconds=60)

    assert outcome.tasks == 33
    assert max(outcome.memory, outcome.child_memory) < 300


def test_a_machine_without_libreoffice_says_how_to_get_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(WardError, match="LibreOffice is not installed") as caught:
        read_bytes(compound("WordDocument"), "kế hoạch.doc")
    assert ".docx" in caught.value.notice


def test_a_machine_without_ocr_says_how_to_get_there_and_what_it_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    said: list[str] = []

    with pytest.raises(WardError) as caught:
        read_bytes(SCAN, "quét.pdf", progress=said.append)

    assert "OCR" in caught.value.notice
    assert ["quét" in text for text in said] == [False, True, False]
    assert said[-1] == ""
