"""Open a decision's file with care, whatever kind it is, and read the plan in it."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from config.event_types import load_event_types
from config.units import load_units
from domain.errors import SystemFault, WardError
from domain.plans import PlanReading
from domain.reading.doubts import about_plan
from domain.reading.layout import Line, Row, Sheet
from domain.reading.plan import read_sheet
from domain.reading.tables import text_sheet
from domain.reading.units import UnitBook
from services.formats.kinds import Kind, UnsupportedFormat, check_letters, kind_of, named_kind, text_of

SIZE_LIMIT = 20 * 1024 * 1024
# A plan of a whole province stays below a third of these; beyond them reading would only take long.
CELL_LIMIT, TEXT_LIMIT, ROW_LIMIT = 20_000, 1_000_000, 10_000
_RUN = re.compile(r"([\W_]{300})[\W_]+")  # nobody reads so many signs, and patterns take long over them

Progress = Callable[[str], None]

__all__ = ["UnreadableFile", "UnsupportedFormat", "lay_out", "lay_out_file", "read_bytes", "read_file"]


class UnreadableFile(WardError):
    """The path leads to no file that can be read."""

    def __init__(self, path: Path, why: str, notice: str) -> None:
        super().__init__(f"cannot read {path.name}: {why}", notice)


def read_file(path: Path, *, units: UnitBook | None = None, progress: Progress | None = None) -> PlanReading:
    """Return the plan in a decision's file (see `read_bytes`).

    Raises:
        UnreadableFile: there is no such file, or it is a folder, empty or too large.
        WardError: what `read_bytes` refuses.
        SystemFault: the disk or its permissions refuse.
    """
    return read_bytes(_content(path), path.name, units=units, progress=progress)


def read_bytes(
    data: bytes, name: str, *, units: UnitBook | None = None, progress: Progress | None = None
) -> PlanReading:
    """Return the plan in a decision's content, as uploaded under `name`.

    The content says which kind it is. Everything but plain text is laid out in a child
    process with limits. `units` are the units known (the shipped ones without it), and
    `progress` is told in Vietnamese what takes long, and an empty text when that is over.

    Raises:
        UnreadableFile: it is empty or too large.
        UnsupportedFormat: it is of a kind that isn't read.
        NotADecision: it holds no plan.
        WardError: its format's own refusals, a scan without OCR among them.
    """
    sheet = lay_out(data, name, progress=progress)
    book = load_units() if units is None else units
    return read_sheet(sheet, units=book, event_types=load_event_types())


def lay_out(data: bytes, name: str, *, progress: Progress | None = None) -> Sheet:
    """Return a document as lines and rows.

    Raises:
        WardError: as `read_bytes`, except that nobody has looked for a plan yet.
    """
    name = Path(name).name
    _check_size(len(data), Path(name))
    kind = kind_of(data, name)
    if kind is Kind.TEXT:
        sheet = text_sheet(_checked(text_of(data, name), Path(name)))
    else:
        from services.formats.front import lay_out_document  # plain text pays nothing for the others

        sheet = lay_out_document(data, kind, name, progress or _silent)
    _check_extent(sheet, Path(name))
    check_letters(sheet.text, name)
    return _with_claim(_without_runs(sheet), kind, name)


def lay_out_file(path: Path, *, progress: Progress | None = None) -> Sheet:
    """Return a document's file as lines and rows.

    Raises:
        UnreadableFile, SystemFault, WardError: as `read_file`, except that nobody has looked for a plan yet.
    """
    return lay_out(_content(path), path.name, progress=progress)


def _silent(_: str) -> None:
    return


def _with_claim(sheet: Sheet, kind: Kind, name: str) -> Sheet:
    """Say so where the name's ending claims another kind than the content is."""
    if named_kind(name) in {None, kind}:
        return sheet
    ending = Path(name).suffix.lower()
    doubt = about_plan("other_ending", source=name, ending=ending, kind=kind.label)
    return replace(sheet, findings=(doubt, *sheet.findings))


def _content(path: Path) -> bytes:
    """Return the file's bytes; what is no plain file is refused unopened, so that no pipe can hang it."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            notice = f"“{path}” là thư mục. Đề nghị chỉ rõ tệp quyết định trong đó."
            raise UnreadableFile(path, "a directory", notice)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableFile(path, "not a regular file", f"“{path}” không phải là tệp thông thường.")
        _check_size(status.st_size, path)
        with path.open("rb") as file:
            return file.read(SIZE_LIMIT + 1)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        notice = f"Không tìm thấy tệp “{path}”. Đề nghị kiểm tra lại đường dẫn."
        raise UnreadableFile(path, "no such file", notice) from None
    except OSError as problem:
        notice = f"Không mở được tệp “{path}”: {problem.strerror}. Đề nghị kiểm tra quyền đọc và ổ đĩa."
        raise SystemFault(f"cannot open {path.name}: {problem}", notice) from problem


def _check_size(size: int, path: Path) -> None:
    if size > SIZE_LIMIT:
        megabytes = SIZE_LIMIT // 1024 // 1024
        notice = f"“{path.name}” lớn hơn {megabytes} MB, quá lớn với một quyết định. Đề nghị chọn lại tệp."
        raise UnreadableFile(path, "too large", notice)
    if size == 0:
        raise _empty(path)


def _empty(path: Path) -> UnreadableFile:
    notice = f"Tệp “{path.name}” không có nội dung. Đề nghị chọn lại tệp."
    return UnreadableFile(path, "empty", notice)


def _check_extent(sheet: Sheet, path: Path) -> None:
    """Refuse what holds nothing, and what no office wrote: reading it would take minutes."""
    total, longest, said = 0, 0, False
    for text in (text for block in sheet.blocks for text in _texts(block)):
        total += len(text)
        longest = max(longest, len(text))
        said = said or bool(text.strip())
    if not said:
        raise _empty(path)
    if longest > CELL_LIMIT or total > TEXT_LIMIT or len(sheet.blocks) > ROW_LIMIT:
        raise _too_long(path, f"{len(sheet.blocks)} blocks, {total} letters, one of {longest}")


def _checked(text: str, path: Path) -> str:
    """Return a text that isn't too long to look for tables in."""
    lines = len(text.splitlines())
    if len(text) > TEXT_LIMIT or lines > ROW_LIMIT:
        raise _too_long(path, f"{lines} lines, {len(text)} letters")
    return text


def _too_long(path: Path, why: str) -> UnreadableFile:
    notice = (
        f"“{path.name}” có đoạn hoặc ô dài bất thường, hoặc quá nhiều dòng so với một quyết định. "
        "Đề nghị chép riêng phần quyết định và phụ lục sang tệp mới rồi đọc lại."
    )
    return UnreadableFile(path, why, notice)


def _without_runs(sheet: Sheet) -> Sheet:
    """Shorten endless runs of spaces, dots and other signs."""
    if not any(_RUN.search(text) for block in sheet.blocks for text in _texts(block)):
        return sheet
    return replace(sheet, blocks=tuple(_shortened(block) for block in sheet.blocks))


def _shortened(block: Line | Row) -> Line | Row:
    if isinstance(block, Line):
        return replace(block, text=_RUN.sub(r"\1", block.text))
    return replace(block, cells=tuple(_RUN.sub(r"\1", cell) for cell in block.cells))


def _texts(block: Line | Row) -> tuple[str, ...]:
    return (block.text,) if isinstance(block, Line) else block.cells
