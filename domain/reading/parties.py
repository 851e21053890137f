"""Tell who leads from who helps where one cell names both."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WHO = (
    r"(?:(?:các\s+)?(?:cơ quan|đơn vị|bộ phận|phòng, ban|thành viên)"
    r"(?:\s*+[,/]\s*+(?:cơ quan|đơn vị)){0,4}\s+)?"
)
# A run of signs is entered at its start alone and never left half way: else long runs take quadratic time.
_SIGNS = r"(?<![\s;,.(–+-])[\s;,.(–+-]*+"
_FLAGS = re.IGNORECASE
_HELPS = re.compile(
    rf"{_SIGNS}(?:và\s+)?{_WHO}phối hợp(?:\s+(?:thực hiện|cùng|với))*\s*(?:[:)–-]|\b)\s*", _FLAGS
)
_LEADS = re.compile(
    rf"{_SIGNS}{_WHO}(?:chủ trì|tham mưu|đầu mối)(?:\s*+[,/]?\s*+(?:thực hiện|tham mưu|chính))*\s*:\s*",
    _FLAGS,
)
_LEADING = re.compile(
    r"(?<![\s,;])[\s,;]*+(?:(?:\bgiao\s+)?\(?\b(?:là\s+)?(?:cơ quan\s+|đơn vị\s+)?chủ trì"
    r"(?:\s+(?:thực hiện|tham mưu))?\)?[\s,;]*)+",
    _FLAGS,
)
_TAG = re.compile(r"\(\s*(chủ trì|phối hợp)[^()]*\)\s*+[;,.\n]*", _FLAGS)


def parties_in(cell: str) -> tuple[str, str] | None:
    """Return the leading and the helping units of a cell that says which is which; None where it doesn't."""
    tagged = list(_tagged(cell))
    if tagged and any(tag.lower().startswith("chủ") for _, tag in tagged):
        return _joined(tagged, "chủ"), _joined(tagged, "phối")
    helps, leads = _HELPS.search(cell), _LEADS.search(cell)
    if helps is None:
        return None if leads is None else (cell[: leads.start()] + cell[leads.end() :], "")
    if leads is not None and helps.start() < leads.start():
        return cell[leads.end() :].strip(), cell[helps.end() : leads.start()].strip()
    before = cell[: helps.start()]
    if leads is not None:
        before = before[: leads.start()] + before[leads.end() :]
    return _LEADING.sub(" ", before).strip(" ;,.()\n"), cell[helps.end() :].strip(" ;,.()\n")


def _tagged(cell: str) -> Iterator[tuple[str, str]]:
    """Yield names with the tag that stands behind them in brackets."""
    end = 0
    for tag in _TAG.finditer(cell):
        first = max(end, cell.rfind("(", 0, tag.start()) + 1, cell.rfind(")", 0, tag.start()) + 1)
        if names := cell[first : tag.start()]:
            yield names.rstrip() or names, tag[1]
        end = tag.end()


def _joined(tagged: list[tuple[str, str]], word: str) -> str:
    return "; ".join(names.strip(" ,;\n") for names, tag in tagged if tag.lower().startswith(word))
