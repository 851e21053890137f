"""One stage of one occurrence: handing it in, taking that back, judging it, asking for more time."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as InPath
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection
from starlette.responses import Response

from domain.errors import WardError
from domain.people import Action
from domain.plans import STAGE_NAMES, Stage
from domain.refusals import BadValue
from services import extensions, stages
from services.documents import StoredFile
from services.due_dates import Seen, settle_date
from services.people import Ward
from services.reports import offered
from services.stage_desk import stage_desk
from web.changing import changed
from web.confirming import Step, ask, confirmed
from web.errors import status_of
from web.findings import LARGEST_ID
from web.forms import LARGEST_BUNDLE, LARGEST_FILE, MEGABYTE, Fields
from web.page import Page, Web, reading
from web.submissions import accepting
from web.uploads import KEPT, Bundle, Form, keep_bundle, register_upload
from web.visits import allowed, visitor

router = APIRouter()
Occurrence = Annotated[int, InPath(ge=1, le=LARGEST_ID)]
DONE = {
    "submitted": "Đã nộp kết quả; đang chờ nghiệm thu. Nếu nộp nhầm, bấm “Rút lại kết quả” ở dưới.",
    "withdrawn": "Đã rút lại kết quả. Có thể nộp lại bất cứ lúc nào.",
    "accepted": "Đã nghiệm thu.",
    "returned": "Đã trả lại; đơn vị được thông báo kèm lý do.",
    "asked": "Đã gửi đề nghị gia hạn; lãnh đạo được thông báo.",
    "due": "Đã ấn định thời hạn; thời hạn cũ vẫn được lưu, đơn vị được thông báo.",
}
ACCEPT = (
    ".pdf,.doc,.docx,.xls,.xlsx,.odt,.ods,.jpg,.jpeg,.png,.webp,.heic,.zip,.txt,.xml,.p7s,.p7m,"
    "application/pdf,image/*"
)


@router.get("/occurrences/{occurrence_id}/{stage}")
def show_stage(
    request: Request, occurrence_id: Occurrence, stage: Stage, done: Annotated[str, Query()] = ""
) -> HTMLResponse:
    """Show a stage, and what whoever looks at it may do with it."""
    return _show(request, occurrence_id, stage, done=done)


@router.post("/occurrences/{occurrence_id}/{stage}/submit", dependencies=[Depends(allowed(Action.SUBMIT))])
def submit_stage(request: Request, occurrence_id: Occurrence, stage: Stage, fields: Bundle) -> Response:
    """Hand a stage in; refused, the form comes again with what was typed and every file that was taken."""
    web: Web = request.app.state.web
    today = _today(web)
    files, refusal = keep_bundle(request, fields)

    def again(problem: WardError) -> Response:
        return _show(request, occurrence_id, stage, given=fields, refusal=problem, kept=files)

    def submit(connection: Connection, ward: Ward, me: str) -> None:
        stages.check_unit(connection, ward.id, occurrence_id, stage, by=me, today=today)
        wanted = _submission(request, occurrence_id, stage, fields, files, today)
        stages.submit(connection, ward.id, wanted, by=me, today=today, now=web.clock())

    if refusal is not None:
        return again(refusal)
    return changed(request, submit, back=_address(occurrence_id, stage, "submitted"), again=again)


@router.post("/occurrences/{occurrence_id}/{stage}/withdraw", dependencies=[Depends(allowed(Action.SUBMIT))])
def withdraw_stage(request: Request, occurrence_id: Occurrence, stage: Stage, fields: Form) -> Response:
    """Take back what was handed in and nobody has judged."""
    web: Web = request.app.state.web

    def withdraw(connection: Connection, ward: Ward, me: str) -> None:
        stages.withdraw(
            connection, ward.id, occurrence_id, stage,
            by=me, today=_today(web), now=web.clock(), attempt=_attempt(fields),
        )  # fmt: skip # one call

    return _changed(request, occurrence_id, stage, fields, withdraw, "withdrawn")


@router.post("/occurrences/{occurrence_id}/{stage}/accept", dependencies=[Depends(allowed(Action.ACCEPT))])
def accept_stage(request: Request, occurrence_id: Occurrence, stage: Stage, fields: Form) -> Response:
    """Accept the attempt that was looked at, once that was confirmed: nobody can take it back."""
    web: Web = request.app.state.web
    if not confirmed(fields) and (asked := _before_accepting(request, occurrence_id, stage, fields)):
        return asked

    def accept(connection: Connection, ward: Ward, me: str) -> None:
        stages.accept(
            connection, ward.id, occurrence_id, stage, by=me, now=web.clock(), attempt=_attempt(fields)
        )

    return _changed(request, occurrence_id, stage, fields, accept, "accepted")


@router.post("/occurrences/{occurrence_id}/{stage}/return", dependencies=[Depends(allowed(Action.ACCEPT))])
def return_stage(request: Request, occurrence_id: Occurrence, stage: Stage, fields: Form) -> Response:
    """Return the attempt that was looked at, with a reason."""
    web: Web = request.app.state.web

    def send_back(connection: Connection, ward: Ward, me: str) -> None:
        stages.send_back(
            connection, ward.id, occurrence_id, stage,
            by=me, reason=fields.text("reason"), now=web.clock(), attempt=_attempt(fields),
        )  # fmt: skip # one call

    return _changed(request, occurrence_id, stage, fields, send_back, "returned")


@router.post(
    "/occurrences/{occurrence_id}/{stage}/extend", dependencies=[Depends(allowed(Action.ASK_EXTENSION))]
)
def ask_for_extension(request: Request, occurrence_id: Occurrence, stage: Stage, fields: Form) -> Response:
    """Ask for more time for a stage."""
    web: Web = request.app.state.web

    def ask(connection: Connection, ward: Ward, me: str) -> None:
        extensions.request(
            connection, ward, occurrence_id, stage,
            until=_day(fields, "until", "Ngày đề nghị"), reason=fields.text("reason"),
            document=fields.text("document"), by=me, today=_today(web), now=web.clock(),
        )  # fmt: skip # one call

    return _changed(request, occurrence_id, stage, fields, ask, "asked")


@router.post("/occurrences/{occurrence_id}/{stage}/due", dependencies=[Depends(allowed(Action.SET_DATE))])
def settle_due(request: Request, occurrence_id: Occurrence, stage: Stage, fields: Form) -> Response:
    """Settle another due date, unless somebody moved the one that was looked at."""
    web: Web = request.app.state.web

    def settle(connection: Connection, ward: Ward, me: str) -> None:
        settle_date(
            connection, ward, occurrence_id, stage, _day(fields, "due_on", "Thời hạn"),
            reason=fields.text("reason"), by=me, seen=Seen(fields.day("seen", "Thời hạn cũ")),
            now=web.clock(),
        )  # fmt: skip # one call

    return _changed(request, occurrence_id, stage, fields, settle, "due")


def _before_accepting(
    request: Request, occurrence_id: int, stage: Stage, fields: Fields
) -> HTMLResponse | None:
    """Ask once more; None where it would be refused anyway, which says why."""
    with reading(request) as page:
        desk = stage_desk(page.connection, page.ward, occurrence_id, stage, page.me, page.days.today)
    if "accept" not in desk.can or desk.last is None or _attempt(fields) not in {None, desk.last["attempt"]}:
        return None
    late = ", nộp quá hạn" if desk.last["late"] else ""
    step = Step(
        f"Nghiệm thu bước “{STAGE_NAMES[stage]}” của nhiệm vụ {desk.task.code}?",
        [
            f"{desk.task.code}. {desk.task.title} · {desk.occurrence.label} · {desk.occurrence.unit}: "
            f"lần nộp thứ {desk.last['attempt']}{late}"
        ],
        accepting(closes=stage is Stage.REPORT),
        "Nghiệm thu",
        _address(occurrence_id, stage),
    )
    return ask(request, page, fields, step)


def _submission(
    request: Request, occurrence: int, stage: Stage, fields: Fields, files: list[StoredFile], today: date
) -> stages.Submission:
    """Return what a form hands in, its files kept for good."""
    wanted = stages.Submission(
        occurrence,
        stage,
        fields.day("effective_on", "Ngày thực hiện") or today,
        doc_number=fields.text("doc_number") or None,
        doc_date=fields.day("doc_date", "Ngày văn bản"),
        note=fields.text("note") or None,
        files=tuple(files),
    )
    for file in files:
        register_upload(request, file.sha256, file.name)
    return wanted


def _changed(
    request: Request, occurrence: int, stage: Stage, fields: Fields, change: object, done: str
) -> Response:
    return changed(
        request,
        change,  # type: ignore[arg-type] # a function of connection, ward and name
        back=_address(occurrence, stage, done),
        again=lambda problem: _show(request, occurrence, stage, given=fields, refusal=problem),
    )


def _show(
    request: Request,
    occurrence: int,
    stage: Stage,
    *,
    done: str = "",
    given: Fields | None = None,
    refusal: WardError | None = None,
    kept: list[StoredFile] | None = None,
) -> HTMLResponse:
    with reading(request) as page:
        desk = stage_desk(page.connection, page.ward, occurrence, stage, visitor(request), page.days.today)
    typed = given or Fields({})
    act = request.url.path.rpartition("/")[2] if given is not None else ""
    response = page.render(
        "stage.html",
        desk=desk,
        stage=desk.stage,
        task=desk.task,
        occurrence=desk.occurrence,
        address=_address(occurrence, stage),
        back=_back(desk.task.code, desk.task.year, occurrence),
        done=DONE.get(done, ""),
        refusal=refusal.notice if refusal else "",
        act=act,
        typed=typed,
        today=page.days.today,
        kept=[(f"{file.sha256}/{file.name}", file) for file in kept or ()],
        kept_name=KEPT,
        accept=ACCEPT,
        largest=LARGEST_BUNDLE,
        each_mb=LARGEST_FILE // MEGABYTE,
        all_mb=LARGEST_BUNDLE // MEGABYTE,
        primary=_primary(page),
        offer=offered(desk.task.title, desk.occurrence.label) if stage is Stage.REPORT else None,
    )
    response.status_code = status_of(refusal) if refusal else 200
    return response


def _primary(page: Page) -> str:
    """Return the act whose refusal whoever looks wants to know: officers hand in, the others judge."""
    return "submit" if page.me.person.role == "officer" else "accept"


def _back(code: str, year: int, occurrence: int) -> str:
    return f"/tasks/{quote(code, safe='')}?year={year}#ky-{occurrence}"


def _address(occurrence: int, stage: Stage, done: str = "") -> str:
    return f"/occurrences/{occurrence}/{stage}" + (f"?done={done}" if done else "")


def _attempt(fields: Fields) -> int | None:
    text = fields.text("attempt")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None


def _day(fields: Fields, name: str, what: str) -> date:
    day = fields.day(name, what)
    if day is None:
        raise BadValue(what, "", "chưa chọn ngày")
    return day


def _today(web: Web) -> date:
    return web.clock().astimezone(web.settings.timezone).date()
