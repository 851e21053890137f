"""The words of reports, out of an editable file: the administrator's own copy, else the one that ships."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

from domain.errors import WardError
from domain.reports import Kind, place_name
from domain.status import Status
from services.reports import Report

SHIPPED = Path(__file__).resolve().parents[1] / "config" / "reports"
NAME = "bao-cao.toml"
CONTENTS = frozenset({"summary", "sections", "targets", "late", "missing", "waiting", "blank"})
_TEXTS = {"head": ("superior", "organ", "number", "place_and_date"), "annex": ("title", "under")}
_LISTS = {"opening": "text", "closing": "text", "recipients": "lines", "signature": "lines"}
_LARGEST = 200_000  # bytes
_STATUSES = {
    "done_on_time": Status.DONE_ON_TIME,
    "done_late": Status.DONE_LATE,
    "done_no_due": Status.DONE_NO_DUE,
    "on_time": Status.ON_TIME,
    "overdue": Status.OVERDUE,
    "not_yet": Status.NOT_YET,
    "awaits_event": Status.AWAITS_EVENT,
    "awaits_date": Status.AWAITS_DATE,
    "cancelled": Status.CANCELLED,
}


class BrokenTemplate(WardError):
    """The template of a report can't be used; the notice says which file, where and why."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"broken report template {path.name}",
            f"Mẫu báo cáo {path} không dùng được: {why}. Đề nghị sửa tệp này,"
            " hoặc xoá nó để dùng mẫu đi kèm chương trình.",
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a report: its heading, its own words, and what is written from the figures."""

    heading: str
    text: tuple[str, ...]
    content: str | None


@dataclass(frozen=True, slots=True)
class Texts:
    """A report's words, with its figures in them."""

    superior: str
    organ: str
    number: str
    place_and_date: str
    title: str
    opening: tuple[str, ...]
    parts: tuple[Part, ...]
    closing: tuple[str, ...]
    recipients: tuple[str, ...]
    signature: tuple[str, ...]
    annex_title: str
    annex_under: str


def texts(facts: Report, folder: Path | None) -> Texts:
    """Return the words of a report; `folder` is where an administrator's own template may stand.

    Raises:
        BrokenTemplate: the template can't be read, lacks something, or names what there is not.
    """
    path = template(folder)
    data = _read(path)
    figures = figures_of(facts)

    def filled(where: str, text: object) -> str:
        return _filled(path, where, text, figures)

    def listed(where: str, lines: object) -> tuple[str, ...]:
        if not isinstance(lines, list):
            raise BrokenTemplate(path, f"“{where}” phải là danh sách các dòng chữ trong dấu ngoặc vuông")
        return tuple(filled(where, line) for line in lines)

    words = {
        f"{table}.{name}": filled(f"{table}.{name}", _need(path, data, table, name))
        for table, names in {**_TEXTS, "title": tuple(Kind)}.items()
        for name in names
    }
    lists = {
        table: listed(f"{table}.{name}", _need(path, data, table, name)) for table, name in _LISTS.items()
    }
    parts = data.get("part")
    if not isinstance(parts, list) or not parts:
        raise BrokenTemplate(path, "thiếu các phần [[part]]")
    return Texts(
        superior=words["head.superior"],
        organ=words["head.organ"],
        number=words["head.number"],
        place_and_date=words["head.place_and_date"],
        title=words[f"title.{facts.period.kind}"],
        parts=tuple(_part(path, number, each, filled) for number, each in enumerate(parts, 1)),
        annex_title=words["annex.title"],
        annex_under=words["annex.under"],
        **lists,
    )


def template(folder: Path | None) -> Path:
    """Return the template that counts."""
    own = folder / NAME if folder is not None else None
    return own if own is not None and own.exists() else SHIPPED / NAME


def figures_of(facts: Report) -> Mapping[str, str]:
    """Return what a template may name, each as it is written."""
    statuses, dues = facts.statuses, facts.dues
    counts = {name: statuses.get(status, 0) for name, status in _STATUSES.items()}
    counts["tasks"] = len(facts.tasks)
    counts["done"] = counts["done_on_time"] + counts["done_late"] + counts["done_no_due"]
    counts |= {"dues": dues.total, "due": dues.due, "due_on_time": dues.on_time, "due_late": dues.late}
    counts |= {"due_missing": dues.missing, "due_ahead": dues.ahead}
    label = facts.period.label
    return {name: str(count) for name, count in counts.items()} | {
        "ward": facts.ward.name,
        "place": place_name(facts.ward.name),
        "period": label[0].lower() + label[1:],
        "Period": label,
        "plan": facts.number,
        "plan_date": f"{facts.issued_on:%d/%m/%Y}",
        "plan_title": re.sub(r"^ban hành ", "", facts.plan_title, flags=re.IGNORECASE),
        "as_of": f"{facts.as_of:%d/%m/%Y}",
        "known_on": f"{facts.today:%d/%m/%Y}",
        "year": str(facts.period.year),
        "signing_year": str(facts.today.year),
        "share": dues.share or "chưa có mốc nào đến hạn",
    }


def _part(path: Path, number: int, part: Any, filled: Any) -> Part:
    where = f"part thứ {number}"
    if not isinstance(part, dict) or part.keys() - {"heading", "text", "content"}:
        raise BrokenTemplate(path, f"{where} chỉ được có heading, text, content")
    content = part.get("content")
    if content is not None and content not in CONTENTS:
        raise BrokenTemplate(
            path, f"{where}: content “{content}” không có; chọn một trong: {', '.join(sorted(CONTENTS))}"
        )
    lines = part.get("text", [])
    if not isinstance(lines, list):
        raise BrokenTemplate(path, f"{where}: text phải là danh sách trong dấu ngoặc vuông")
    own = tuple(filled(where, line) for line in lines)
    return Part(filled(where, part.get("heading", "")), own, content)


def _filled(path: Path, where: str, text: object, figures: Mapping[str, str]) -> str:
    """Put figures into a text; of a name only the plain one counts, so that no template reaches further."""
    if not isinstance(text, str):
        raise BrokenTemplate(path, f"“{where}” phải là chữ trong dấu ngoặc kép")
    try:
        pieces = list(Formatter().parse(text))
    except ValueError:
        raise BrokenTemplate(path, f"“{where}” có dấu ngoặc nhọn thiếu một nửa") from None
    said = []
    for literal, name, spec, conversion in pieces:
        said.append(literal)
        if name is not None:
            if name not in figures or spec or conversion:
                raise BrokenTemplate(path, f"“{where}” có {{{name}}}, không phải số liệu nào của báo cáo")
            said.append(figures[name])
    return "".join(said)


def _need(path: Path, data: Mapping[str, Any], table: str, name: str) -> Any:
    found = data.get(table)
    if not isinstance(found, dict) or name not in found:
        raise BrokenTemplate(path, f"thiếu “{name}” trong [{table}]")
    return found[name]


def _read(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > _LARGEST:
            raise BrokenTemplate(path, "tệp quá lớn")
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as problem:
        raise BrokenTemplate(path, f"không đọc được ({problem.strerror})") from None
    except UnicodeDecodeError:
        raise BrokenTemplate(path, "tệp không theo bảng mã UTF-8") from None
    except tomllib.TOMLDecodeError as problem:
        raise BrokenTemplate(path, f"sai cú pháp{toml_place(problem)}") from None


def toml_place(problem: tomllib.TOMLDecodeError) -> str:
    """Say where TOML is wrong, as its reader tells it: ` ở dòng 3, cột 5`."""
    found = re.search(r"line (\d+), column (\d+)", str(problem))
    return f" ở dòng {found[1]}, cột {found[2]}" if found else " ở cuối tệp"
