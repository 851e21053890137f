"""Turn table rows into numbered drafts of tasks, each in its section."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from domain.plans import Finding
from domain.reading.doubts import about_plan
from domain.reading.layout import Row
from domain.reading.normal import fold, key, squeezed
from domain.reading.tables import columns_of, is_column_numbers, is_header, is_second_header, joined

_ROMAN = r"(?:X{0,3}(?:IX|IV|V?I{1,3}|V|X))"
_TITLED = re.compile(rf"\s*({_ROMAN}|[A-ZĐ])(?:[.)/:]|\s+[-–]|\s)\s*(\S.*)", re.DOTALL)
_CODE = re.compile(rf"\s*({_ROMAN}|[A-ZĐ])\s*[.)]?\s*")
_TASK = re.compile(rf"\s*(?:({_ROMAN})\s*\.\s*)?(\d{{1,3}}(?:\.\d{{1,3}})*)\s*[.)]?\s*")
_SUB = re.compile(r"\s*([a-zđ])\s*[.)]\s*")
_DECLARED = re.compile(r"\(\s*(\d{1,3})\s*(?:nhiệm vụ|công việc|nội dung|việc|hoạt động)", re.IGNORECASE)
_BELOW = ("duoi day", "ben duoi", "nhu duoi", "o duoi", "muc duoi", "tung noi dung", "tung nhiem vu")
FIELDS = ("content", "lead", "coordinating", "time", "product")


@dataclass(slots=True)
class Draft:
    """A task's cells as they stand, continuation rows joined."""

    code: str
    section: str
    cells: dict[str, str]
    row: Row
    parent: str | None = None
    children: int = 0


@dataclass(slots=True)
class SectionDraft:
    """A section's title and the number of tasks that it claims."""

    code: str
    title: str
    declared: int | None


@dataclass(slots=True)
class Drafts:
    """Everything that the rows gave."""

    tasks: list[Draft] = field(default_factory=list)
    sections: list[SectionDraft] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    letters: bool = False  # sections are A., B., and I. stands below them

    @property
    def section(self) -> str:
        """The code of the section that rows now belong to."""
        return self.sections[-1].code if self.sections else ""


def drafts_of(rows: list[Row]) -> Drafts:
    """Read rows in order; those before the first header belong to other tables and are left out."""
    drafts = Drafts()
    after_header = False
    for row in rows:
        if is_header(row.cells):
            drafts.columns = columns_of(row.cells)
            after_header = True
        elif not drafts.columns or is_column_numbers(row.cells):
            continue
        elif after_header and is_second_header(row.cells):
            drafts.columns |= columns_of(row.cells)
        else:
            after_header = False
            _read(drafts, row)
    return _with_parents(drafts)


def _read(drafts: Drafts, row: Row) -> None:
    cells = {name: row.cells[at] if at < len(row.cells) else "" for name, at in drafts.columns.items()}
    number = cells.get("number", "")
    said = [cell for cell in row.cells if cell]
    if _section(drafts, row, said, cells):
        return
    task = _TASK.fullmatch(number)
    if task is not None:
        _add_task(drafts, row, cells, task)
        return
    sub = _SUB.fullmatch(number) if number else _SUB.match(cells.get("content", ""))
    if sub is not None and drafts.tasks:
        _add_sub(drafts, row, cells, sub)
    elif not number and drafts.tasks:
        draft = drafts.tasks[-1]
        for name in FIELDS:
            draft.cells[name] = joined(draft.cells.get(name, ""), cells.get(name, ""))
    else:
        drafts.findings.append(about_plan("odd_row", source=squeezed(" ".join(said)), row=row.number))


def _section(drafts: Drafts, row: Row, said: list[str], cells: dict[str, str]) -> bool:
    """Open a section where the row has a title and nothing else."""
    number = cells.get("number", "")
    match, title = None, ""
    if len(said) == 1:
        match = _TITLED.fullmatch(said[0])
        title = match[2] if match else ""
    elif len(said) == 2 and cells.get("content") and _CODE.fullmatch(number):
        match, title = _CODE.fullmatch(number), cells["content"]
    if match is None or not title[:1].isalpha():
        return False
    code = match[1]
    if not drafts.sections and code == "A":
        drafts.letters = True
    if drafts.letters and re.fullmatch(_ROMAN, code) and not _next_letter(drafts, code):
        letter = drafts.section.split(".")[0]
        code = f"{letter}.{code}" if letter else code
    declared = _DECLARED.search(title)
    drafts.sections.append(SectionDraft(code, squeezed(title), int(declared[1]) if declared else None))
    return True


def _next_letter(drafts: Drafts, code: str) -> bool:
    last = drafts.section
    return len(last) == 1 and len(code) == 1 and ord(code) == ord(last) + 1 and code not in {"I", "V", "X"}


def _add_task(drafts: Drafts, row: Row, cells: dict[str, str], match: re.Match[str]) -> None:
    section = drafts.section
    if match[1]:
        section = match[1]
        if section not in {known.code for known in drafts.sections}:
            drafts.sections.append(SectionDraft(section, "", None))
    number = ".".join(str(int(part)) for part in match[2].split("."))
    code = f"{section}.{number}" if section else number
    parent = code.rpartition(".")[0] if "." in number else None
    drafts.tasks.append(Draft(code, section, dict(cells), row, parent))


def _add_sub(drafts: Drafts, row: Row, cells: dict[str, str], match: re.Match[str]) -> None:
    last = drafts.tasks[-1]
    parent = last.parent if last.parent and re.search(r"\.[a-zđ]$", last.code) else last.code
    inherited = {name: cell for name, cell in cells.items() if cell}
    if not cells.get("number"):
        inherited["content"] = cells["content"][match.end() :]
    drafts.tasks.append(Draft(f"{parent}.{match[1]}", last.section, inherited, row, parent))


def _with_parents(drafts: Drafts) -> Drafts:
    """Drop a parent whose time stands with its children, and give them the units that they lack."""
    by_code = {draft.code: draft for draft in drafts.tasks}
    for draft in drafts.tasks:
        parent = by_code.get(draft.parent or "")
        if parent is None or parent is draft:
            continue
        parent.children += 1
        for name in ("lead", "coordinating"):
            draft.cells[name] = draft.cells.get(name, "") or parent.cells.get(name, "")
    drafts.tasks = [draft for draft in drafts.tasks if not (draft.children and _time_below(draft))]
    return drafts


def _time_below(draft: Draft) -> bool:
    time = draft.cells.get("time", "")
    return not key(time) or any(words in fold(time) for words in _BELOW)
