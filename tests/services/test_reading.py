from __future__ import annotations

import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.units import load_units
from domain.errors import NotADecision, SystemFault, WardError
from domain.plans import PlanReading
from domain.reading.units import Unit, UnitBook
from services.formats.kinds import UnsupportedFormat
from services.reading import CELL_LIMIT, ROW_LIMIT, SIZE_LIMIT, UnreadableFile, read_bytes, read_file
from services.setup import PACKAGED


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "quyết định.txt"


@pytest.fixture
def pipe() -> Iterator[Path]:
    """Give a named socket in a short path: something that is neither file nor folder."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listening:
        path = Path(folder) / "s"
        listening.bind(str(path))
        yield path


def refusal(path: Path) -> WardError:
    with pytest.raises(WardError) as caught:
        read_file(path)
    return caught.value


def test_the_packaged_decision_is_read() -> None:
    assert len(read_file(PACKAGED).tasks) == 33


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_same_decision_in_any_unicode_encoding_is_the_same_plan(path: Path, encoding: str) -> None:
    path.write_text(PACKAGED.read_text("utf-8"), encoding, newline="\r\n")

    assert read_file(path) == read_file(PACKAGED)


def test_units_of_ones_own_are_known() -> None:
    text = PACKAGED.read_text("utf-8").replace("Trung tâm PV HCC", "Tổ Một cửa")
    book = UnitBook((*load_units().units, Unit("Bộ phận Một cửa", "service", ("Tổ Một cửa",))))

    named = {unit.name: unit.aliases for unit in read_bytes(text.encode(), "a.txt", units=book).units}

    assert named["Bộ phận Một cửa"] == ("Tổ Một cửa",)


@pytest.mark.parametrize("run", [" ", ".", "- ", "; ", "_", "\u00a0"])
def test_endless_runs_of_signs_neither_take_long_nor_change_the_tasks(run: str) -> None:
    text = PACKAGED.read_text("utf-8").replace("Thường xuyên", "Thường xuyên" + run * 9000, 1)

    start = time.process_time()
    plan = read_bytes((text + "\n" + run * 9000).encode(), "a.txt")

    assert time.process_time() - start < 5
    assert [task.code for task in plan.tasks] == [task.code for task in read_file(PACKAGED).tasks]


def test_a_name_that_claims_another_kind_is_read_by_its_content_and_says_so() -> None:
    plan = read_bytes(PACKAGED.read_bytes(), "quyết định.PDF")

    (said,) = [finding for finding in plan.findings if finding.code == "other-ending"]
    assert (said.severity, said.source_text) == ("info", "quyết định.PDF")
    assert "văn bản thuần" in said.message


def test_an_upload_is_read_without_touching_the_disk() -> None:
    plan: PlanReading = read_bytes(PACKAGED.read_bytes(), "a.txt")

    assert plan == read_file(PACKAGED)


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (b"", UnreadableFile, "không có nội dung"),
        (b" \n\n", UnreadableFile, "không có nội dung"),
        (b"\x7fELF\x00\x01\xff", UnsupportedFormat, "nhị phân"),
        (b"abc\x00def", UnsupportedFormat, "nhị phân"),
        (b"\x89PNG\r\n", UnsupportedFormat, "ảnh PNG"),
        (b"PK\x03\x04rest", UnsupportedFormat, "tệp nén"),
        (b"K\xd5 ho\xb9ch c\xb6i c\xb8ch", NotADecision, "UTF-8"),
        ("Chỉ là một bài báo.".encode(), NotADecision, "bảng nhiệm vụ"),
        (b"x" * (CELL_LIMIT + 1), UnreadableFile, "dài bất thường"),
        (b"x\n" * (ROW_LIMIT + 1), UnreadableFile, "quá nhiều dòng"),
    ],
)
def test_a_file_that_holds_no_plan_is_refused_by_what_it_is(
    path: Path, content: bytes, error: type[WardError], words: str
) -> None:
    path.write_bytes(content)

    found = refusal(path)

    assert type(found) is error
    assert words in found.notice
    assert "Đề nghị" in found.notice


def test_an_unsupported_format_names_what_is_supported(path: Path) -> None:
    path.write_bytes(b"Rar!\x1a\x07")

    assert all(suffix in refusal(path).notice for suffix in (".docx", ".xlsx", "PDF", ".txt", "giải nén"))


@pytest.mark.parametrize("name", ["không có.txt", "quyết định.txt/bên trong", "x\0y"])
def test_a_path_that_leads_nowhere_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "quyết định.txt").write_text("x")

    assert "Không tìm thấy" in refusal(tmp_path / name).notice


def test_a_folder_and_a_socket_are_refused_unopened(tmp_path: Path, pipe: Path) -> None:
    assert "thư mục" in refusal(tmp_path).notice
    assert "không phải là tệp" in refusal(pipe).notice


def test_a_file_too_large_is_refused_without_being_read(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(SIZE_LIMIT + 1)

    assert "lớn hơn 20 MB" in refusal(path).notice


def test_a_name_too_long_for_the_disk_is_a_fault_told_in_vietnamese(tmp_path: Path) -> None:
    found = refusal(tmp_path / ("a" * 5000))

    assert isinstance(found, SystemFault)
    assert "Không mở được" in found.notice
