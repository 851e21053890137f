"""How a list of tasks is asked for: all of it stands in the address."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

from fastapi import Request

from domain import names
from domain.due_windows import WINDOW_NAMES, Window
from domain.plans import TaskKind
from domain.refusals import BadValue, UnknownUnit
from notifications.wording import clean
from services.overview import Overview
from services.task_lists import NOBODY, SORTS, Asked
from web.words import KINDS, STATUS_SLUGS

slug = cache(names.slug)
SORT_NAMES = {
    "": "thứ tự phụ lục",
    "due": "thời hạn gần nhất trước",
    "-due": "thời hạn xa nhất trước",
    "unit": "đơn vị, A đến Z",
    "-unit": "đơn vị, Z đến A",
    "status": "tình trạng",
    "-status": "tình trạng, ngược lại",
    "-code": "thứ tự phụ lục, ngược lại",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which tasks are shown, in which order; the texts are those of the address."""

    status: str = ""
    unit: str = ""
    section: str = ""
    kind: str = ""
    person: str = ""
    due: str = ""
    q: str = ""
    sort: str = ""

    def link(self, page: str = "/tasks", **more: str) -> str:
        """Return the address of the tasks filtered like this, with `more`."""
        asked = {name: getattr(self, name) for name in self.__slots__}
        said = {name: value for name, value in {**asked, **more}.items() if value}
        return page + (f"?{urlencode(said)}" if said else "")

    def sorted_by(self, column: str) -> str:
        """Return the address of the same tasks sorted by a column; a second time the other way round."""
        return self.link(sort=f"-{column}" if (self.sort or "code") == column else column)

    def direction(self, column: str) -> str:
        """Return what `aria-sort` says of a column; empty where the order is another's."""
        if (self.sort.removeprefix("-") or "code") != column:
            return ""
        return "descending" if self.sort.startswith("-") else "ascending"

    @property
    def narrow(self) -> bool:
        """Say whether anything is left out."""
        return self != Filter(sort=self.sort)

    @property
    def folded(self) -> bool:
        """Say whether none of the rarer filters is in use, so that they need not be unfolded."""
        return not (self.section or self.kind or self.person or self.due or self.sort)

    @property
    def asked(self) -> Asked:
        """Return what is asked for.

        Raises:
            BadValue: there is no such status, kind, window or order.
        """
        _one_of("Tình trạng", self.status, STATUS_SLUGS)
        _one_of("Loại nhiệm vụ", self.kind, list(TaskKind))
        _one_of("Thời hạn", self.due, list(Window))
        _one_of("Cách sắp xếp", self.sort.removeprefix("-"), SORTS)
        return Asked(
            STATUS_SLUGS.get(self.status),
            self.section,
            TaskKind(self.kind) if self.kind else None,
            self.person,
            Window(self.due) if self.due else None,
            clean(self.q),
            self.sort,
        )


async def filter_of(request: Request) -> Filter:
    """Read the filter of an address; in the event loop and by hand, for the list is asked for most of all.

    Raises:
        BadValue: a text is longer than anything that could be meant.
    """
    if not request.url.query:
        return NONE
    given = {name: value for name, value in request.query_params.items() if name in _LONGEST}
    for name, value in given.items():
        if len(value) > _LONGEST[name]:
            raise BadValue("Bộ lọc", f"{value[:20]}…", f"dài quá {_LONGEST[name]} ký tự")
    return Filter(**given)


NONE = Filter()
_LONGEST = {
    "status": 60,
    "unit": 300,
    "section": 40,
    "kind": 40,
    "person": 64,
    "due": 40,
    "q": 200,
    "sort": 20,
}


def unit_of(overview: Overview, value: str) -> str | None:
    """Return the unit that an address means; None for none.

    Raises:
        UnknownUnit: no unit that leads tasks has this name.
    """
    if not value:
        return None
    for name in overview.units:
        if slug(name) == value:
            return name
    raise UnknownUnit(value)


def check_section(overview: Overview, value: str) -> None:
    """Return if an active plan has this section, or none is asked for.

    Raises:
        BadValue: there is none.
    """
    known = [code for plan in overview.plans for code in plan.sections]
    _one_of("Mục", value, dict.fromkeys(known))


def said(asked: Filter, unit: str | None) -> str:
    """Put a filter into words, for the head of what is printed or exported; empty for none."""
    window = WINDOW_NAMES[Window(asked.due)] if asked.due else ""
    person = "chưa có người phụ trách" if asked.person == NOBODY else asked.person
    parts = (
        ("tình trạng", STATUS_SLUGS[asked.status].value if asked.status else ""),
        ("đơn vị", unit or ""),
        ("mục", asked.section),
        ("loại", KINDS[TaskKind(asked.kind)] if asked.kind else ""),
        ("người phụ trách", person),
        ("thời hạn", window),
        ("có chữ", f"“{clean(asked.q)}”" if clean(asked.q) else ""),
    )
    return "; ".join(f"{name}: {value}" for name, value in parts if value)


def _one_of(what: str, value: str, known: Collection[str]) -> None:
    if value and value not in known:
        raise BadValue(what, value, "chọn một trong: " + ", ".join(known))
