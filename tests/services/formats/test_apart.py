"""Documents are laid out in a process of their own, whatever happens to it."""

from __future__ import annotations

import json
import time
import traceback
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import PlainFault, SystemFault, WardError
from domain.plans import Finding, Severity, Source
from domain.reading.layout import Line, Row, Sheet
from services.formats import wire
from services.formats.apart import BrokenDocument, Limits, Refused, TooDemanding, lay_out_apart
from tests.services.formats.far_end import SHEET

TIGHT = Limits(memory=512 << 20, cpu_seconds=1, seconds=3, output=1 << 20)
# For what is promised of no time: on a busy machine a child needs some only to start.
ROOMY = replace(TIGHT, cpu_seconds=30, seconds=240)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
pages = st.none() | st.integers(1, 99)
numbers = st.integers(0, 99)
findings = st.builds(
    Finding,
    texts,
    st.sampled_from(Severity),
    texts,
    st.none() | texts,
    texts,
    st.none() | st.builds(Source, numbers, numbers, pages),
)
blocks = st.builds(Line, texts, pages) | st.builds(
    Row, numbers, numbers, st.lists(texts).map(tuple), pages, st.frozensets(numbers)
)
sheets = st.builds(Sheet, st.lists(blocks).map(tuple), st.lists(findings).map(tuple), st.booleans())


def laid_out(content: str, limits: Limits = ROOMY) -> Sheet:
    return lay_out_apart(
        "tests.services.formats.far_end", content.encode(), name="kế hoạch.docx", label="Word", limits=limits
    )


def refusal(content: str, limits: Limits = ROOMY) -> WardError:
    with pytest.raises(WardError) as caught:
        laid_out(content, limits)
    return caught.value


@given(sheets)
def test_a_sheet_comes_back_from_the_wire_as_it_was(sheet: Sheet) -> None:
    line = wire.dumps(wire.dumped(sheet))

    assert "\n" not in line
    assert wire.loaded(json.loads(line)) == sheet


def test_a_sheet_comes_back_from_the_child_as_it_was() -> None:
    assert laid_out("sheet") == SHEET


def test_a_letter_that_no_file_can_hold_arrives_as_a_question_mark() -> None:
    assert laid_out("surrogate").body == ("a?b",)


def test_a_refusal_arrives_with_its_name_and_its_words() -> None:
    found = refusal("refuse")

    assert isinstance(found, Refused)
    assert (found.name, str(found), found.notice) == ("ScannedDocument", "a scan", "Đây là bản quét.")


def test_a_fault_of_the_machine_stays_one() -> None:
    found = refusal("fault")

    assert type(found) is PlainFault
    assert found.notice == "Ổ đĩa đầy."


def test_a_missing_library_is_a_fault_and_says_how_to_mend_it() -> None:
    found = refusal("import")

    assert type(found) is SystemFault
    assert "cài lại" in found.notice


@pytest.mark.parametrize("content", ["spin", "sleep", "swell", "babble", "die", "recurse"])
def test_a_document_that_takes_too_much_is_stopped_in_time_and_named(content: str) -> None:
    start = time.monotonic()
    found = refusal(content, TIGHT)

    assert type(found) is TooDemanding
    assert "kế hoạch.docx" in found.notice
    assert "Đề nghị" in found.notice
    assert time.monotonic() - start < TIGHT.seconds + 240  # one that sleeps would take ten minutes


@pytest.mark.parametrize("content", ["fail", "exit", "run", "shell", "fork", "connect", "write"])
def test_what_fails_or_does_what_no_document_needs_is_refused_as_broken(content: str) -> None:
    found = refusal(content)

    assert type(found) is BrokenDocument
    assert "có thể bị hỏng" in found.notice
    assert "Traceback" not in found.notice + str(found)


def test_debugging_shows_what_happened_in_the_child() -> None:
    shown = "".join(traceback.format_exception(refusal("fail")))

    assert "inside the library" in shown
    assert "far_end.py" in shown


def test_what_the_surroundings_hold_stays_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_MAIL_URL", "mailtos://user:pass@host")

    assert not {line for line in laid_out("secrets").body if "CCHC" in line}


def test_programs_may_be_started_where_a_layout_needs_them() -> None:
    assert laid_out("run", Limits(programs=True)) == SHEET
