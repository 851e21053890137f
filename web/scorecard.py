"""The score sheet: criteria with their figures, formulas and evidence, and the workbook to be sent on."""

from __future__ import annotations

from io import BytesIO
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from domain.errors import SystemFault, WardError
from domain.people import Action
from domain.scorecard import decimal
from services.reports import NoPlanOfYear
from services.scorecard import UNCONFIRMED, Sheet, score_sheet, write_sheet
from web.errors import status_of
from web.exports import XLSX
from web.page import Page, reading
from web.visits import allowed

router = APIRouter(dependencies=[Depends(allowed(Action.REPORT))])
Year = Annotated[int | None, Query(ge=2000, le=2998)]


@router.get("/reports/scorecard")
def show_sheet(request: Request, year: Year = None) -> HTMLResponse:
    """Show the score sheet of a year; broken criteria are said on the page."""
    sheet, refusal = None, None
    with reading(request) as page:
        try:
            sheet = _sheet(page, year)
        except SystemFault:
            raise
        except NoPlanOfYear:
            pass  # the page says what to do first
        except WardError as problem:
            refusal = problem
    response = page.render(
        "scorecard.html",
        sheet=sheet,
        refusal=refusal.notice if refusal else "",
        unconfirmed=UNCONFIRMED,
        decimal=decimal,
        year=year or _newest(page),
        drafts=page.overview.drafts,
        years=sorted({plan.year for plan in page.overview.plans}, reverse=True),
    )
    response.status_code = status_of(refusal) if refusal else 200
    return response


@router.get("/reports/scorecard.xlsx")
def sheet_as_xlsx(request: Request, year: Year = None) -> Response:
    """Hand out the score sheet of a year as an Excel workbook."""
    with reading(request) as page:
        sheet = _sheet(page, year)
    made = BytesIO()
    write_sheet(sheet, made, page.web.settings.link_base)
    name = f"tu-cham-diem-{sheet.facts.period.year}.xlsx"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(made.getvalue(), media_type=XLSX, headers=headers)


def _sheet(page: Page, year: int | None) -> Sheet:
    return score_sheet(
        page.connection,
        page.ward,
        year or _newest(page),
        by=page.me.name,
        today=page.days.today,
        folder=page.web.settings.data / "scorecard",
    )


def _newest(page: Page) -> int:
    return page.overview.plans[0].year if page.overview.plans else page.days.today.year
