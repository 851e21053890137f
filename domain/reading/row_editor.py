"""Bring a plan's rows to what the rows and clauses of an amending decision make of them, one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from domain.differences import Field
from domain.matching import token_similarity
from domain.plans import Finding, Source, TaskReading
from domain.reading.amending import Amending, TableRows
from domain.reading.amending_doubts import about_amendment
from domain.reading.normal import key, squeezed
from domain.reading.orders import Action, Order
from domain.reading.references import flat
from domain.reading.rereading import Reread, Setting, cells_of, read_rows, reread
from domain.reading.task_changes import ChangeKind, TaskChange, grave_doubts, kept
from domain.reading.units import split_units

_UNLIKE, _ALIKE = 0.4, 0.85  # of two titles
_UNCHANGED = re.compile(r"[\s.…-]*|(?:khong thay doi|giu nguyen|nhu cu|khong doi)\.?")
_GOES = re.compile(r"(?:bai bo|khong (?:tiep tuc )?thuc hien|rut(?: khoi ke hoach)?|dua ra khoi ke hoach)\.?")


@dataclass(slots=True)
class RowEditor:
    """The plan's rows under way, edited clause by clause."""

    old: dict[str, TaskReading]
    amending: Amending
    setting: Setting
    cells: dict[str, dict[Field, str]] = field(default_factory=dict)
    told: dict[str, dict[Field, str]] = field(default_factory=dict)  # what was said of a task already
    sources: dict[str, list[str]] = field(default_factory=dict)
    withdrawn: dict[str, str] = field(default_factory=dict)
    added: dict[str, tuple[dict[Field, str], Source]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def doubt(self, code: str, *, task: str | None = None, source: str = "", **facts: str) -> None:
        """Note what isn't certain."""
        self.findings.append(about_amendment(code, task=task, source=source, **facts))

    def take_table(self, table: TableRows) -> None:
        """Take the rows of a table of changed, new or withdrawn tasks."""
        for read in read_rows(table.rows, self.setting):
            row = read.task
            goes = table.withdraws or _GOES.fullmatch(flat(row.time_text.strip()))
            code = self._meant(row, goes=bool(goes))
            if code is None:
                continue
            if goes:
                self._withdraw(code, row.title or row.code)
            elif code in self.old:
                said = {field: text for field, text in cells_of(row).items() if _says(text)}
                self._set(code, said, squeezed(row.title) or code)
            else:
                self._add(code, cells_of(row), row.source, row.title)

    def _meant(self, row: TaskReading, *, goes: bool) -> str | None:
        """Return the code of the task that a row is about; None, with a doubt, where that isn't certain."""
        likeness = {code: token_similarity(row.title, task.title) for code, task in self.old.items()}
        alike = [code for code, score in likeness.items() if score >= _ALIKE]
        if row.code in self.old:
            if not row.title or likeness[row.code] >= max(_UNLIKE, *(likeness[code] for code in alike), 0):
                return row.code
            if likeness[row.code] >= _UNLIKE and row.code in alike:
                return row.code
            present = self.old[row.code].title
            if alike:
                self.doubt("row_resembles", task=row.code, source=row.title, other=alike[0])
            else:
                self.doubt("row_unclear", task=row.code, source=row.title, present=present)
            return None
        numbered = "." in row.code or not any("." in code for code in self.old)
        if len(alike) == 1 and (goes or not numbered):
            return alike[0]
        if alike:
            self.doubt("row_resembles", task=row.code, source=row.title, other=", ".join(alike))
        elif goes or not numbered:
            self.doubt("row_unmatched", task=row.code, source=row.title)
        else:
            return row.code
        return None

    def take(self, order: Order) -> None:
        """Take one clause."""
        if order.action is Action.ADD:
            self._add_ordered(order)
            return
        unknown = [code for code in order.codes if code not in self.old]
        for code in unknown:
            self.doubt("unknown_code", task=code, source=order.text)
        if unknown:
            return
        if order.action is Action.REPLACE:
            self._replace(order)
        for code in order.codes:
            if order.action is Action.WITHDRAW:
                self._withdraw(code, order.text)
            elif order.action is Action.APPEND:
                extra = {field: f"{self._present(code)[field]}; {said}" for field, said in order.cells}
                self._set(code, extra, order.text)
            elif order.action is Action.SET:
                self._set_ordered(code, order)

    def _add_ordered(self, order: Order) -> None:
        code = order.codes[0]
        section, _, number = code.rpartition(".")
        if section and section not in {task.section for task in self.old.values()}:
            self.doubt("unknown_code", task=section, source=order.text)
            return
        if not number:
            taken = [*self.old, *self.added]
            numbers = [code.removeprefix(f"{section}.") for code in taken if code.startswith(f"{section}.")]
            code = f"{section}.{max(int(each) for each in numbers if each.isdigit()) + 1}"
            self.doubt("number_chosen", task=code, source=order.text)
        self._add(code, dict(order.cells), Source(0, 0), order.text)

    def _add(self, code: str, cells: dict[Field, str], source: Source, text: str) -> None:
        if code in self.old or code in self.added:
            self.doubt("code_taken", task=code, source=text)
            return
        self.added[code] = cells, source
        self.sources[code] = [text]

    def _withdraw(self, code: str, source: str) -> None:
        if code in self.told:
            self.doubt("twice", task=code, source=source)
        self.withdrawn[code] = source

    def _set_ordered(self, code: str, order: Order) -> None:
        cells = dict(order.cells)
        if order.former is not None:
            [(changed, value)] = order.cells
            present = self._present(code)[changed]
            if not self._was(changed, order.former, present):
                self.doubt(
                    "former_differs", task=code, source=order.text, former=order.former, present=present
                )
                return
            if changed is not Field.LEAD and order.former in present:
                cells = {changed: present.replace(order.former, value)}
        self._set(code, cells, order.text)

    def _was(self, changed: Field, former: str, present: str) -> bool:
        if changed in {Field.LEAD, Field.COORDINATING}:
            names = {hit.name for hit in split_units(former, self.setting.units)}
            return names <= {hit.name for hit in split_units(present, self.setting.units)}
        return f" {key(former)} " in f" {key(present)} "

    def _set(self, code: str, cells: dict[Field, str], source: str) -> None:
        told = self.told.setdefault(code, {})
        present = self._present(code)
        for changed, said in cells.items():
            if code in self.withdrawn or (changed in told and key(told[changed]) != key(said)):
                self.doubt("twice", task=code, source=source)
                return
            if key(said) != key(present[changed]):
                told[changed] = said
        self.cells[code] = present | cells
        self.sources.setdefault(code, []).append(source)

    def _replace(self, order: Order) -> None:
        former = order.former or ""
        hit = False
        for code in order.codes or tuple(self.old):
            changed = {
                field: new
                for field, text in self._present(code).items()
                if (new := self._with_words(field, text, former, order.words)) != text
            }
            if changed:
                hit = True
                self._set(code, changed, order.text)
            elif order.codes:
                self.doubt("words_missing", source=order.text, former=former, where=f"nhiệm vụ {code}")
        if not hit and not order.codes:
            self.doubt("words_missing", source=order.text, former=former, where="nhiệm vụ nào")

    def _with_words(self, changed: Field, text: str, former: str, words: str) -> str:
        if changed in {Field.LEAD, Field.COORDINATING}:
            unit = self.setting.units.known(former)
            names = [name.strip() for name in text.split(";")]
            if unit is not None and unit.name in names:
                return "; ".join(words if name == unit.name else name for name in names)
        return squeezed(text.replace(former, words)) if former in text else text

    def _present(self, code: str) -> dict[Field, str]:
        return self.cells.get(code) or cells_of(self.old[code])

    def changes(self) -> Iterable[TaskChange]:
        """Yield every task that changes, in the plan's order, then those that are added."""
        for code, before in self.old.items():
            if code in self.withdrawn:
                yield TaskChange(ChangeKind.WITHDRAWN, before, None, self.withdrawn[code])
            elif code in self.cells:
                read = reread(code, before.section, self.cells[code], before.source, self.setting)
                after = kept(before, read.task)
                change = TaskChange(ChangeKind.CHANGED, before, after, "; ".join(self.sources[code]))
                if change.fields:
                    self.findings += self._doubts(read, change)
                    yield change
        setting = replace(self.setting, issued_on=self.amending.decision.issued_on)
        for code, (cells, source) in self.added.items():
            read = reread(code, code.rpartition(".")[0], cells, source, setting)
            change = TaskChange(ChangeKind.ADDED, None, read.task, "; ".join(self.sources[code]))
            self.findings += self._doubts(read, change)
            yield change

    def _doubts(self, read: Reread, change: TaskChange) -> list[Finding]:
        """Return what is doubtful in a task's new words; one doubt alone about a day that was over."""
        late = self._late(change)
        said = [each for each in grave_doubts(read, change) if not late or each.code != "before-issue"]
        return [*said, *late]

    def _late(self, change: TaskChange) -> list[Finding]:
        """Return a doubt about a new date that was over when the amendment was issued."""
        if change.after is None or (change.before is not None and not change.redated):
            return []
        issued = self.amending.decision.issued_on
        known = {milestone.due for milestone in change.before.milestones} if change.before else set()
        late = [
            milestone.due
            for milestone in change.after.milestones
            if milestone.kind == "deadline"
            and milestone.due
            and milestone.due < issued
            and milestone.due not in known
        ]
        return [
            about_amendment(
                "born_late", task=change.code, source=change.after.time_text, date=f"{due:%d/%m/%Y}"
            )
            for due in late
        ]


def _says(text: str) -> bool:
    return not _UNCHANGED.fullmatch(flat(squeezed(text)).strip(" -"))
