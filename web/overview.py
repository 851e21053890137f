"""The leader's page: five numbers, who is late and since when, the year by month, what to decide."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services import extensions
from services.desks import (
    OFFICIAL,
    by_section,
    late_ones,
    status_counts,
    waiting_verdicts,
    year_by_month,
)
from services.tasks import list_tasks
from web.charts import month_chart
from web.page import Page, reading
from web.task_filters import slug
from web.words import STATUS_TONES

router = APIRouter()
ON_THE_SHEET = 8  # late ones; the list of tasks has the rest, and one sheet of paper has no more room


@router.get("/overview")
def show_overview(request: Request) -> HTMLResponse:
    """Show how the year stands, on what prints as one sheet of paper."""
    with reading(request) as page:
        return page.once(("overview", *page.running), lambda: _made(page))


def _made(page: Page) -> HTMLResponse:
    today = page.days.today
    lines = list_tasks(page.connection, page.ward, today)
    late = late_ones(page.connection, page.ward, today)
    year = page.overview.plans[0].year if page.overview.plans else today.year
    zone = str(page.web.settings.timezone)
    months = year_by_month(page.connection, page.ward, year, today, zone)
    asked = extensions.waiting(page.connection, page.ward)
    verdicts = waiting_verdicts(page.connection, page.ward, page.me.person)
    counts = status_counts(lines)
    plan = page.overview.plans[0] if page.overview.plans else None
    return page.render(
        "overview.html",
        plan=plan,
        year=year,
        total=len(lines),
        tiles=[(each.value, STATUS_TONES[each], counts[each], slug(each.value)) for each in OFFICIAL],
        others=[(each.value, count) for each, count in counts.items() if count and each not in OFFICIAL],
        late=sorted(late, key=lambda row: not row.silent)[:ON_THE_SHEET],
        silent=sum(row.silent for row in late),
        late_count=len(late),
        since={row.since: page.days.due(row.since).distance for row in late},
        months=[each for each in months if each.known],
        chart=month_chart(months),
        asked=asked,
        verdicts=len(verdicts.mine),
        sections=by_section(lines, plan.sections, year) if plan else [],
        statuses=OFFICIAL,
    )
