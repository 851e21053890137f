"""Give sections and tasks their codes, from what stands before them, in the order in which they stand."""

from __future__ import annotations

import re
from typing import Any

from domain.reading.doubts import about_plan
from domain.reading.drafts import INHERITED, Draft, Drafts, Entry, Numbered, SectionDraft
from domain.reading.families import completed
from domain.reading.normal import squeezed

_DECLARED = re.compile(
    r"\(?\s*(?:gồm|có|tổng số)?:?\s*(\d{1,3})\s*(?:nhiệm vụ|công việc|nội dung|việc|hoạt động|đầu việc)",
    re.IGNORECASE,
)
_PERIOD = re.compile(r"(?:tháng|quý|tuần|6 tháng)\s+(?:thứ\s+)?(?:\d|[IV])", re.IGNORECASE)
_ROMANS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")


def declared_in(title: str) -> int | None:
    """Return the number of tasks that a title claims: (07 nhiệm vụ)."""
    found = _DECLARED.search(title)
    return int(found[1]) if found else None


def outlined(entries: list[Entry]) -> Drafts:
    """Return sections and tasks with their codes, each task with what its section or parent gives it."""
    outline = _Outline(entries)
    for at, entry in enumerate(entries):
        outline.take(entry, entries[at + 1] if at + 1 < len(entries) else None)
    return completed(outline.drafts)


class _Outline:
    """The sections that are open, and the task that parts belong to."""

    def __init__(self, entries: list[Entry]) -> None:
        self.drafts = Drafts()
        self.kinds: list[str] = []  # the kinds of section that were met, outermost first
        self.path: list[tuple[str, str]] = []
        self.host: Draft | None = None  # the last numbered task
        self.part: Draft | None = None  # its last part with a letter
        self.last = 0  # the last number in this section
        self.deeper = False  # the section is a number, and those of its tasks go on from it: 1, then 1.1
        self.dashes = 0
        self.has_heads = any(entry.is_head for entry in entries)
        self.restarts = _restarts(entries)

    @property
    def section(self) -> str:
        """The code of the section that is open."""
        return ".".join(value for _, value in self.path)

    def take(self, entry: Entry, following: Entry | None) -> None:
        """Take the next entry, knowing the one after it."""
        if entry.is_head and self._is_section(entry, following):
            self._open(entry.value, entry)
        elif entry.title and not entry.is_head and self._opens_titled(entry, following):
            return
        elif entry.kind in {"sub", "dash"} and self.host is not None:
            self._part(entry, self.host)
        else:
            self._task(entry)

    def _is_section(self, entry: Entry, following: Entry | None) -> bool:
        """Say whether a row with a section's number is one: it has a title alone, or tasks below it."""
        if entry.title or entry.kind == "part":
            return True
        if following is None or following.kind in {"sub", "dash"}:
            return False
        return not following.is_head or self._rank(following) > self._rank(entry)

    def _rank(self, entry: Entry) -> int:
        kind = self._kind(entry)
        return self.kinds.index(kind) if kind in self.kinds else len(self.kinds)

    def _kind(self, entry: Entry) -> str:
        """Return the kind of section; I right after H is a letter."""
        letter = next((value for kind, value in reversed(self.path) if kind == "letter"), "")
        goes_on = len(letter) == 1 == len(entry.value) and ord(entry.value) == ord(letter) + 1
        return "letter" if goes_on else entry.kind

    def _opens_titled(self, entry: Entry, following: Entry | None) -> bool:
        """Open a section at a title, where it has no number or numbers start again or go deeper below."""
        if following is None or entry.kind not in {"number", "plain"}:
            return False
        if entry.mark is None:
            return self._opens_plain(entry)
        deeper = following.kind == "number" and following.value.startswith(f"{entry.value}.")
        again = not following.title and (following.kind == "plain" or following.value == "1")
        self.deeper = deeper
        if entry.mark.prefix:
            return self._opens_prefixed(entry, again=again)
        if "." in entry.value or not (deeper or again):
            return False
        self._open(entry.value, entry)
        return True

    def _opens_prefixed(self, entry: Entry, *, again: bool) -> bool:
        """Open section I.2 inside I, where numbers start again below it."""
        if not again or entry.mark is None:
            return False
        outer = self._prefixed(entry.mark.prefix, entry)
        if "section" not in self.kinds:
            self.kinds.append("section")
        steps = [step for step in self.path if self.kinds.index(step[0]) < self.kinds.index("section")]
        if outer != ".".join(value for _, value in steps):
            steps = [("section", outer)]
        self._enter([*steps, ("section", entry.value)], entry)
        return True

    def _opens_plain(self, entry: Entry) -> bool:
        if self.has_heads:
            self._doubt("heading_row", entry)
        else:
            count = sum(kind == "plain" for kind in self.kinds)
            self.kinds = [*self.kinds, "plain"]
            value = _ROMANS[min(count, len(_ROMANS) - 1)]
            self._enter([("plain", value)], entry)
            self._doubt("section_numbered", entry, section=value)
        return True

    def _open(self, value: str, entry: Entry) -> None:
        kind = self._kind(entry) if entry.is_head else "section"
        if kind not in self.kinds:
            inner = self.kinds.index("section") if "section" in self.kinds else len(self.kinds)
            self.kinds.insert({"part": 0, "section": len(self.kinds)}.get(kind, inner), kind)
        rank = self.kinds.index(kind)
        outer = [(name, code) for name, code in self.path if self.kinds.index(name) < rank]
        self._enter([*outer, (kind, f"PL{value}" if kind == "part" else value)], entry)
        if kind == "part":
            self._doubt("parts_prefixed", entry, section=self.section)

    def _enter(self, path: list[tuple[str, str]], entry: Entry) -> None:
        self.path = path
        title = squeezed(entry.cells.get("content", ""))
        own = {name: entry.cells[name] for name in INHERITED if entry.cells.get(name)}
        if _PERIOD.match(title):
            own.setdefault("time", title)
            own["period"] = title
        self.drafts.sections.append(SectionDraft(self.section, title, declared_in(title), entry.place, own))
        if path[-1][0] == "section":
            self.drafts.numbers.append(Numbered(self.section, entry.place))
        self._close()
        if self.restarts or path[-1][0] != "plain":
            self.last = 0

    def _close(self) -> None:
        self.host = self.part = None
        self.dashes = 0

    def _task(self, entry: Entry) -> None:
        mark = entry.mark
        if entry.is_head:
            self.path = [step for step in self.path if self.kinds.index(step[0]) < self._rank(entry)]
        elif self.deeper and entry.value.isdigit() and self.path and self.path[-1][0] == "section":
            self.path.pop()  # 3 after the section 2 with 2.1
        section = self._prefixed(mark.prefix, entry) if mark and mark.prefix else self.section
        number = entry.value if entry.kind not in {"plain", "dash"} else str(self.last + 1)
        if number.isdigit():
            self.last = int(number)
        base = self._base(section, number)
        code = f"{base}.{number}" if base else number
        parent = code.rpartition(".")[0] if "." in number else None
        if mark and mark.sub:
            parent, code = code, f"{code}.{mark.sub}"
        self._close()
        draft = Draft(code, section, dict(entry.cells), entry.place, parent)
        self.host = None if entry.kind in {"sub", "dash"} else draft
        self.drafts.tasks.append(draft)
        self.drafts.numbers.append(Numbered(code, entry.place))

    def _base(self, section: str, number: str) -> str:
        """Return what stands before a number: 1.2 in section 1 already says so."""
        kind, value = self.path[-1] if self.path else ("", "")
        if kind == "section" and number.startswith(f"{value}."):
            return section.rpartition(".")[0]
        return "" if kind == "plain" and not self.restarts else section

    def _prefixed(self, prefix: str, entry: Entry) -> str:
        """Return the section that a number names itself, and list it where no row did."""
        codes = [section.code for section in self.drafts.sections]
        ending = [code for code in codes if code == prefix or code.endswith(f".{prefix}")]
        if ending:
            return self.section if self.section in ending else ending[-1]
        self.drafts.sections.append(SectionDraft(prefix, "", None, entry.place))
        return prefix

    def _part(self, entry: Entry, host: Draft) -> None:
        if entry.kind == "sub":
            parent, number, self.dashes = host, entry.value, 0
        else:
            self.dashes += 1
            parent, number = self.part or host, str(self.dashes)
        code = f"{parent.code}.{number}"
        part = Draft(code, host.section, dict(entry.cells), entry.place, parent.code, is_part=True)
        self.drafts.tasks.append(part)
        self.drafts.numbers.append(Numbered(code, entry.place, is_part=True))
        if entry.kind == "sub":
            self.part = part

    def _doubt(self, code: str, entry: Entry, **facts: Any) -> None:
        source = squeezed(entry.cells.get("content", ""))
        self.drafts.findings.append(about_plan(code, source=source, place=entry.place, **facts))


def _restarts(entries: list[Entry]) -> bool:
    """Say whether the tasks of sections without a number count from 1 again, or not at all."""
    numbers = [entry.value for entry in entries if entry.kind == "number" and not entry.title]
    return not numbers or len(numbers) > len(set(numbers))
