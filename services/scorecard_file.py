"""The criteria of the score sheet, out of an editable file; what is wrong in it is said with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from domain.errors import WardError
from domain.plans import Stage
from domain.scorecard import Criterion, Rule
from services.report_texts import toml_place

SHIPPED = Path(__file__).resolve().parents[1] / "config" / "scorecard"
NAME = "chi-so-cchc.toml"
_LARGEST = 500_000  # bytes
_KEYS = frozenset({"code", "title", "max", "rule", "sections", "tasks", "each", "stage"})
_HEAD = {"title": str, "document": str, "confirmed": bool}


class BrokenScorecard(WardError):
    """The file of criteria can't be used; the notice names it, the line and what is wrong."""

    def __init__(self, path: Path, line: int | None, why: str) -> None:
        where = f", dòng {line}" if line else ""
        super().__init__(
            f"broken scorecard {path.name}, line {line}",
            f"Bảng tiêu chí {path}{where}: {why}. Đề nghị sửa tệp,"
            " hoặc xoá nó để dùng tệp đi kèm chương trình.",
        )


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The criteria with the document that sets them; `confirmed` once somebody held them against it."""

    title: str
    document: str
    confirmed: bool
    criteria: tuple[Criterion, ...]


def load_scorecard(folder: Path | None) -> Scorecard:
    """Return the criteria: those in `folder`, the administrator's own, else those that ship.

    Raises:
        BrokenScorecard: they can't be used.
    """
    own = folder / NAME if folder is not None else None
    path = own if own is not None and own.exists() else SHIPPED / NAME
    return _understood(path, _read(path))


@lru_cache(maxsize=4)
def _understood(path: Path, text: str) -> Scorecard:
    """Return the criteria in a text, once for as long as it stays the same."""
    data = _parsed(path, text)
    reader = _Reader(path, text)
    for key, kind in _HEAD.items():
        if not isinstance(data.get(key), kind):
            raise reader.wrong(None, "", f"thiếu hoặc sai “{key}”")
    if unknown := data.keys() - _HEAD.keys() - {"criterion"}:
        raise reader.wrong(None, min(unknown), f"không có mục “{min(unknown)}”")
    rows = data.get("criterion")
    if not isinstance(rows, list) or not rows:
        raise reader.wrong(None, "", "thiếu các tiêu chí [[criterion]]")
    if data["confirmed"] and not data["document"].strip():
        raise reader.wrong(None, "confirmed", "đã xác nhận thì phải ghi số văn bản vào “document”")
    criteria = tuple(reader.criterion(number, row) for number, row in enumerate(rows))
    return Scorecard(data["title"], data["document"], data["confirmed"], criteria)


class _Reader:
    """Reads criteria one by one, and knows on which line each stands."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.lines = path, text.splitlines()
        self.begins = [
            n for n, line in enumerate(self.lines) if re.match(r"\s*\[\[\s*criterion\s*\]\]", line)
        ]
        self.codes: set[str] = set()

    def wrong(self, number: int | None, key: str, why: str) -> BrokenScorecard:
        """Return the refusal, with the line of `key` in the criterion, or of the criterion."""
        begin = self.begins[number] if number is not None and number < len(self.begins) else 0
        end = (
            self.begins[number + 1]
            if number is not None and number + 1 < len(self.begins)
            else len(self.lines)
        )
        for at in range(begin, end):
            if key and re.match(rf"\s*\"?{re.escape(key)}\"?\s*=", self.lines[at]):
                return BrokenScorecard(self.path, at + 1, why)
        return BrokenScorecard(self.path, begin + 1 if number is not None else None, why)

    def criterion(self, number: int, row: Mapping[str, Any]) -> Criterion:
        """Return one criterion, if all of it is what it should be."""
        if unknown := row.keys() - _KEYS:
            raise self.wrong(number, min(unknown), f"không có thuộc tính “{min(unknown)}”")
        code, title = (self._text(number, row, key) for key in ("code", "title"))
        if code in self.codes:
            raise self.wrong(number, "code", f"mã “{code}” bị lặp")
        self.codes.add(code)
        if "rule" not in row and "max" not in row:
            return Criterion(code, title)
        rule = self._rule(number, row)
        sections, tasks = (self._texts(number, row, key) for key in ("sections", "tasks"))
        if rule is not Rule.MANUAL and bool(sections) == bool(tasks):
            raise self.wrong(number, "rule", "cần một trong hai: sections hoặc tasks")
        if rule is Rule.COUNT_LATE and "each" not in row:
            raise self.wrong(number, "rule", "count-late cần “each”: điểm trừ cho mỗi mốc quá hạn")
        return Criterion(
            code,
            title,
            self._number(number, row, "max"),
            rule,
            sections,
            tasks,
            each=self._number(number, row, "each") if "each" in row else Decimal(0),
            stage=self._stage(number, row, rule),
        )

    def _rule(self, number: int, row: Mapping[str, Any]) -> Rule:
        if row.get("rule") not in set(Rule):
            known = ", ".join(Rule)
            raise self.wrong(
                number, "rule", f"cách tính “{row.get('rule', '')}” không có; chọn một trong: {known}"
            )
        return Rule(row["rule"])

    def _stage(self, number: int, row: Mapping[str, Any], rule: Rule) -> Stage:
        if rule is not Rule.DOCUMENT_EXISTS:
            return Stage.PLAN
        if row.get("stage") not in set(Stage):
            raise self.wrong(number, "stage", f"stage là một trong: {', '.join(Stage)}")
        return Stage(row["stage"])

    def _number(self, number: int, row: Mapping[str, Any], key: str) -> Decimal:
        value = row.get(key)
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= 1000:
            raise self.wrong(number, key, f"“{key}” phải là số từ 0 đến 1000, phần lẻ viết sau dấu chấm")
        return Decimal(value)

    def _text(self, number: int, row: Mapping[str, Any], key: str) -> str:
        value = row.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(number, key, f"thiếu “{key}”, viết trong dấu ngoặc kép")
        return value.strip()

    def _texts(self, number: int, row: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = row.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong(number, key, f'“{key}” phải là danh sách, ví dụ ["I"]')
        return tuple(value)


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise BrokenScorecard(path, None, "tệp quá lớn")
        return path.read_text("utf-8")
    except OSError as problem:
        raise BrokenScorecard(path, None, f"không đọc được ({problem.strerror})") from None
    except UnicodeDecodeError:
        raise BrokenScorecard(path, None, "tệp không theo bảng mã UTF-8") from None


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as problem:
        raise BrokenScorecard(path, None, f"sai cú pháp{toml_place(problem)}") from None
