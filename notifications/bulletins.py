"""The leader's weekly bulletin: what it says, and in which words; it fits one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from domain.plans import STAGE_NAMES
from domain.status import Status
from notifications.items import Content, Item
from notifications.rendering import fault, templates
from notifications.wording import clean, distance, length, short_date, shortened, vietnamese_date

MOST = 8  # of each list: more would need a second page
LONGEST_BRIEF = 2000
OFFICIAL = (
    Status.DONE_ON_TIME,
    Status.DONE_LATE,
    Status.DONE_NO_DUE,
    Status.ON_TIME,
    Status.OVERDUE,
)


@dataclass(frozen=True, slots=True)
class Silent:
    """A unit that has given no sign since something of it is late; `last` is None where it never did."""

    unit: str
    last: date | None


@dataclass(frozen=True, slots=True)
class Bulletin:
    """The facts of a week: tasks by status, what is late (oldest first), what is due soon, who is silent."""

    ward: str
    today: date
    tasks: Mapping[Status, int]
    late: Sequence[Item]
    soon: Sequence[Item]
    silent: Sequence[Silent]
    link: str
    checkpoint: str = ""  # the signed state of the log: who keeps the letter keeps it outside


def compose_bulletin(bulletin: Bulletin, *, own_templates: Path | None = None) -> Content:
    """Return the bulletin in every form; long lists are cut, and say how many more there are."""
    year, week, _ = bulletin.today.isocalendar()
    late = f"{len(bulletin.late)} việc quá hạn" if bulletin.late else "không có việc quá hạn"
    soon = f"{len(bulletin.soon)} việc đến hạn trong hai tuần tới"
    subject = f"[CCHC] Bản tin tuần {week}/{year}: {late}, {soon}"
    others = {status: bulletin.tasks.get(status, 0) for status in Status if status not in OFFICIAL}
    facts = {
        "subject": subject,
        "ward": clean(bulletin.ward),
        "today": vietnamese_date(bulletin.today),
        "numbers": [(_named(status), bulletin.tasks.get(status, 0)) for status in OFFICIAL],
        "others": [(status.value, count) for status, count in others.items() if count],
        "total": sum(bulletin.tasks.values()),
        "late": [_line(item) for item in bulletin.late[:MOST]],
        "more_late": max(len(bulletin.late) - MOST, 0),
        "soon": [_line(item) for item in bulletin.soon[:MOST]],
        "more_soon": max(len(bulletin.soon) - MOST, 0),
        "silent": [_silent(each) for each in bulletin.silent[:MOST]],
        "more_silent": max(len(bulletin.silent) - MOST, 0),
        "link": clean(bulletin.link),
        "checkpoint": bulletin.checkpoint.strip(),
    }
    return _content(subject, facts, own_templates)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is late or due, in words."""

    title: str
    stage: str
    unit: str
    due: str
    left: str


def _line(item: Item) -> Line:
    return Line(
        title=f"{clean(item.task_code)}. {shortened(item.title, 90)}",
        stage=STAGE_NAMES[item.stage] if item.stage else "",
        unit=shortened(item.unit, 60),
        due=short_date(item.due_on) if item.due_on else "",
        left=distance(item.days_left, item.working_days_left),
    )


def _silent(each: Silent) -> tuple[str, str]:
    last = f"lần gần nhất ngày {short_date(each.last)}" if each.last else "chưa lần nào"
    return shortened(each.unit, 80), last


def _named(status: Status) -> str:
    return status.value[:1].upper() + status.value[1:]


def _content(subject: str, facts: Mapping[str, object], own_templates: Path | None) -> Content:
    own, packaged = templates(own_templates), templates(None)
    faults: list[str] = []
    brief = own.render("bulletin_brief.txt.j2", faults, **facts)
    if length(brief) > LONGEST_BRIEF:
        faults.append(f"bulletin_brief.txt.j2: more than {LONGEST_BRIEF} characters")
        brief = packaged.render("bulletin_brief.txt.j2", faults, **facts)
    return Content(
        subject=subject,
        text=own.render("bulletin.txt.j2", faults, **facts),
        html=own.render("bulletin.html.j2", faults, **facts),
        brief=brief,
        fault=fault(list(dict.fromkeys(faults))),
    )
