"""The year in pictures, each beside the table of its numbers."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from domain.status import Status
from services import desks
from services.desks import OFFICIAL, MonthCount, SectionCount, UnitCount
from services.tasks import list_tasks
from web.drawing import Series, bars, lying_bars
from web.page import Page, reading
from web.words import STATUS_TONES

router = APIRouter()
LONGEST_LABEL = 34


@router.get("/charts")
def show_charts(request: Request) -> HTMLResponse:
    """Show the tasks by section, the occurrences by unit, the due dates by month."""
    with reading(request) as page:
        return page.once(("charts", *page.running), lambda: _made(page))


def _made(page: Page) -> HTMLResponse:
    today = page.days.today
    plan = page.overview.plans[0] if page.overview.plans else None
    year = plan.year if plan else today.year
    lines = list_tasks(page.connection, page.ward, today)
    units = desks.by_unit(page.connection, page.ward, year, today)
    zone = str(page.web.settings.timezone)
    months = desks.year_by_month(page.connection, page.ward, year, today, zone)
    sections = desks.by_section(lines, plan.sections, year) if plan else []
    return page.render(
        "charts.html",
        plan=plan,
        year=year,
        statuses=OFFICIAL,
        others=_others(sections, units),
        sections=[(f"{each.code}. {each.title}", each.counts) for each in sections],
        section_chart=section_chart(sections) if sections else "",
        units=[(each.unit, each.counts) for each in units],
        unit_chart=unit_chart(units) if units else "",
        months=months,
        load_chart=load_chart(months),
        month_chart=month_chart(months),
    )


def month_chart(months: Sequence[MonthCount]) -> Markup:
    """Draw what was handed in month by month, and what was overdue at each month's end."""
    known = [each for each in months if each.known]
    series = (
        Series("nộp đúng hạn", "good", tuple(each.on_time for each in known)),
        Series("nộp quá hạn", "warn", tuple(each.late for each in known)),
        Series("chưa nộp", "bad", tuple(each.overdue for each in known)),
    )
    said = "; ".join(
        f"tháng {each.first.month}: {each.on_time} đúng hạn, {each.late} quá hạn, {each.overdue} chưa nộp"
        for each in known
    )
    return bars("Kết quả theo tháng", said, tuple(f"T{each.first.month}" for each in known), series)


def load_chart(months: Sequence[MonthCount]) -> Markup:
    """Draw how many due dates each month has."""
    series = (Series("thời hạn trong tháng", "busy", tuple(each.due for each in months)),)
    said = "; ".join(f"tháng {each.first.month}: {each.due} thời hạn" for each in months)
    return bars("Số thời hạn theo tháng", said, tuple(f"T{each.first.month}" for each in months), series)


def section_chart(sections: Sequence[SectionCount]) -> Markup:
    """Draw the tasks of each section by status."""
    labels = tuple(f"Mục {each.code}" for each in sections)
    said = "; ".join(f"mục {each.code}: {_in_words(each.counts)}" for each in sections)
    return lying_bars("Nhiệm vụ theo mục", said, labels, _series([each.counts for each in sections]))


def unit_chart(units: Sequence[UnitCount]) -> Markup:
    """Draw the occurrences of each unit by status."""
    said = "; ".join(f"{each.unit}: {_in_words(each.counts)}" for each in units)
    labels = tuple(_short(each.unit) for each in units)
    return lying_bars("Kỳ thực hiện theo đơn vị", said, labels, _series([each.counts for each in units]))


_ORDER = (Status.DONE_ON_TIME, Status.DONE_NO_DUE, Status.DONE_LATE, Status.ON_TIME, Status.OVERDUE)
_LEGEND = {
    Status.DONE_ON_TIME: "xong đúng hạn",
    Status.DONE_NO_DUE: "xong, không hạn",
    Status.DONE_LATE: "xong quá hạn",
    Status.ON_TIME: "đang làm",
    Status.OVERDUE: "đang quá hạn",
}


def _series(counts: Sequence[desks.Counts]) -> tuple[Series, ...]:
    """Return the official statuses and what is left as rows; what nobody has is left out."""
    found = [
        Series(_LEGEND[status], STATUS_TONES[status], tuple(each.get(status, 0) for each in counts))
        for status in _ORDER
    ]
    rest = tuple(sum(n for status, n in each.items() if status not in OFFICIAL) for each in counts)
    return tuple(each for each in (*found, Series("chưa bắt đầu, huỷ", "calm", rest)) if any(each.values))


def _others(sections: Sequence[SectionCount], units: Sequence[UnitCount]) -> list[Status]:
    """Return the statuses besides the official ones that the tables need a column for."""
    counted = (*(each.counts for each in sections), *(each.counts for each in units))
    seen = {status for counts in counted for status in counts}
    return [status for status in Status if status in seen and status not in OFFICIAL]


def _in_words(counts: desks.Counts) -> str:
    return ", ".join(f"{number} {status}" for status, number in counts.items())


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1].rstrip() + "…"
