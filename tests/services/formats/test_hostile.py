"""Files made to harm are refused, or read harmlessly, in bounded time and memory."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import WardError
from domain.reading.layout import Sheet
from services.reading import SIZE_LIMIT, lay_out, read_bytes
from tests.services.formats import hostile
from tests.services.formats.measured import Outcome, outcome_of
from tests.services.formats.valid import SMALL, excel, word

CPU_SECONDS, MEGABYTES = 2, 1024.0
PDF = hostile.pdf(
    hostile.CATALOG,
    hostile.PAGES,
    hostile.page(b"/Font<</F1 5 0 R>>"),
    hostile.stream(b"BT /F1 9 Tf 9 9 Td (Ke hoach) Tj ET"),
    hostile.FONT,
)
SMALL_FILES = {
    "services.formats.word": word(),
    "services.formats.excel": excel(),
    "services.formats.pdf": PDF,
}
FILES = {**hostile.packages(), **hostile.pdfs()}


@pytest.fixture
def reading(tmp_path: Path) -> Callable[[bytes], Outcome]:
    """Give a function that reads a content in a process of its own, and checks what it cost."""

    def read(content: bytes, name: str = "kế hoạch.docx") -> Outcome:
        path = tmp_path / name
        path.write_bytes(content)
        outcome = outcome_of(path, CPU_SECONDS)
        assert outcome.cpu < CPU_SECONDS + 5  # what it takes to start is a matter of the machine
        assert outcome.memory < 100
        assert outcome.child_memory < MEGABYTES
        return outcome

    return read


@pytest.mark.parametrize("harm", FILES)
def test_a_harmful_file_is_refused_with_a_way_out_at_small_cost(
    reading: Callable[[bytes], Outcome], harm: str
) -> None:
    outcome = reading(FILES[harm])

    assert outcome.refusal not in {"", "SystemFault"}
    assert "Đề nghị" in outcome.notice
    assert "root:" not in outcome.notice


def test_an_entity_on_the_net_is_never_asked_for(reading: Callable[[bytes], Outcome]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/x"
        for data, part in ((word(), hostile.DOCUMENT), (excel(), hostile.SHEET)):
            assert reading(hostile.declaring(data, part, hostile.external(url), "x")).refusal

        with pytest.raises(TimeoutError):
            listening.accept()


def test_members_that_would_leave_the_folder_go_nowhere(reading: Callable[[bytes], Outcome]) -> None:
    outcome = reading(hostile.with_tricky_names(word()))

    assert outcome.tasks == 2 or outcome.refusal
    assert not Path("/tmp/cchc-escaped").exists()


def test_a_document_with_macros_is_read_without_them(reading: Callable[[bytes], Outcome]) -> None:
    assert reading(hostile.with_macro(word())).tasks == 2


@pytest.mark.parametrize(("name", "make"), [("a.pdf", word), ("a.docx", excel), ("a.txt", word)])
def test_a_wrong_ending_is_read_by_its_content_and_named(name: str, make: Callable[[], bytes]) -> None:
    plan = read_bytes(make(), name)

    assert len(plan.tasks) == 2
    assert [finding.severity for finding in plan.findings if finding.code == "other-ending"] == ["info"]


@pytest.mark.parametrize("content", [b"", bytes(SIZE_LIMIT + 1)])
def test_what_is_empty_or_larger_than_any_decision_is_refused_unread(
    reading: Callable[[bytes], Outcome], content: bytes
) -> None:
    assert reading(content).refusal == "UnreadableFile"


def test_a_named_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "kế hoạch.docx")

    assert outcome_of(tmp_path / "kế hoạch.docx", CPU_SECONDS).refusal == "UnreadableFile"


@pytest.mark.parametrize("layout", SMALL_FILES)
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_refused_or_read(layout: str, part: float) -> None:
    content = SMALL_FILES[layout]

    with contextlib.suppress(WardError):
        assert isinstance(lay_out(content[: int(len(content) * part)], "a"), Sheet)


@pytest.mark.parametrize("layout", SMALL_FILES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_damage_to_a_file_raises_anything_but_a_refusal(layout: str, data: st.DataObject) -> None:
    content = bytearray(SMALL_FILES[layout])
    places = st.integers(0, len(content) - 1)
    for at, byte in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=5)):
        content[at] = byte
    end = data.draw(st.none() | places)

    with contextlib.suppress(WardError):
        assert isinstance(import_module(layout).lay_out(bytes(content[:end])), Sheet)


@settings(deadline=None)
@given(st.binary(max_size=60), st.integers(0, 300))
def test_no_damage_to_a_text_raises_anything_but_a_refusal(noise: bytes, at: int) -> None:
    whole = SMALL.text.encode()

    with contextlib.suppress(WardError):
        read_bytes(whole[:at] + noise + whole[at + len(noise) :], "a.txt")
