"""Fold parts into their task, inherit units and times, and drop what only groups."""

from __future__ import annotations

from collections import Counter

from domain.reading.doubts import about_plan
from domain.reading.drafts import INHERITED, Draft, Drafts
from domain.reading.narrowing import is_time_alone
from domain.reading.normal import fold, key

_BELOW = (
    "duoi day",
    "ben duoi",
    "nhu duoi",
    "o duoi",
    "muc duoi",
    "tung noi dung",
    "tung nhiem vu",
    "nhu sau",
    "theo tung",
    "cu the theo",
    "chi tiet",
    "sau day",
)


def completed(drafts: Drafts) -> Drafts:
    """Fold parts that are mere content, inherit units and times, and drop parents that only group."""
    by_code = {draft.code: draft for draft in drafts.tasks}
    _fold(drafts, by_code)
    sections = {section.code: section for section in drafts.sections}
    for draft in drafts.tasks:
        parent = by_code.get(draft.parent or "")
        if parent is not None and parent is not draft:
            parent.children += 1
            _inherit(draft, parent.cells, ("lead", "coordinating"))
            if draft.is_part and not _time_below(parent):
                _inherit(draft, parent.cells, ("time",))
    drafts.grouped = Counter(draft.section for draft in drafts.tasks if draft.parent not in by_code)
    drafts.tasks = [draft for draft in drafts.tasks if not (draft.children and _time_below(draft))]
    for draft in drafts.tasks:
        note = draft.cells.get("note", "")
        if not key(draft.cells.get("time", "")) and is_time_alone(note):
            draft.cells["time"] = note
        for code in _outward(draft.section):
            if code in sections and draft.cells.get("time"):
                _inherit(draft, sections[code].cells, ("period",))
            if code in sections and _inherit(draft, sections[code].cells, INHERITED):
                source = sections[code].title
                found = about_plan("inherited", task=draft.code, source=source, section=code)
                drafts.findings.append(found)
    return drafts


def _fold(drafts: Drafts, by_code: dict[str, Draft]) -> None:
    """Give parts without unit and time of their own back to their parent: they only tell what it is."""
    own = {
        draft.parent
        for draft in drafts.tasks
        if draft.is_part and (draft.cells.get("lead") or draft.cells.get("time"))
    }
    kept = []
    for draft in drafts.tasks:
        parent = by_code.get(draft.parent or "")
        if not draft.is_part or draft.parent in own or parent is None or draft.code in own:
            kept.append(draft)
            continue
        letter = draft.code.rpartition(".")[2]
        lead = "-" if letter.isdigit() else f"{letter})"
        parent.cells["content"] += f"\n{lead} {draft.cells.get('content', '')}"
        for name in ("coordinating", "product"):
            added = filter(None, (parent.cells.get(name, ""), draft.cells.get(name, "")))
            parent.cells[name] = "\n".join(added)
    drafts.tasks = kept


def _inherit(draft: Draft, cells: dict[str, str], names: tuple[str, ...]) -> bool:
    """Fill empty cells; say whether any was."""
    lacking = [name for name in names if not draft.cells.get(name) and cells.get(name)]
    for name in lacking:
        draft.cells[name] = cells[name]
    return bool(lacking)


def _outward(section: str) -> list[str]:
    steps = section.split(".")
    return [".".join(steps[:size]) for size in range(len(steps), 0, -1)]


def _time_below(draft: Draft) -> bool:
    time = draft.cells.get("time", "")
    return not key(time) or any(words in fold(time) for words in _BELOW)
