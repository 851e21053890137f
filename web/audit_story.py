"""A task's whole story, one line after the other: expected, came, said, decided; made to be printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from domain.people import Action
from domain.phones import phone_in_words
from services import audit_room as service
from services.tasks import status_of
from web.audit_room import safely_told
from web.days import Days, short_day
from web.page import reading
from web.visits import allowed
from web.words import CHANNELS, MESSAGE_STATES, REASONS, RECEIPT_SOURCES, RECEIPTS, STATUS_TONES, in_brief

router = APIRouter(dependencies=[Depends(allowed(Action.VERIFY))])


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened: when it was recorded, in which stage, in what tone; `files` came with it."""

    at: datetime
    stage: str | None
    what: str
    tone: str = ""
    detail: str = ""
    files: Sequence[Mapping[str, Any]] = ()


@router.get("/audit/tasks/{code}")
def show_story(request: Request, code: str, year: Annotated[int | None, Query()] = None) -> HTMLResponse:
    """Show what was expected of a task and what came, period by period."""
    with reading(request) as page:
        story = service.story(
            page.connection,
            page.ward,
            code,
            by=page.me.name,
            today=page.days.today,
            timezone=page.web.settings.timezone,
            year=year,
        )
        names = service.names(page.connection, page.ward, story.events)
    plan = next(plan for plan in page.overview.plans if plan.year == story.view.line.year)
    return page.render(
        "audit_task.html",
        task=story.view.line,
        details=story.view.details,
        plan=plan,
        tones=STATUS_TONES,
        status_of=lambda row: status_of(row, page.days.today),
        periods=[(row, moments(row, story, page.days)) for row in story.view.occurrences],
        events=[safely_told(row, names) for row in reversed(story.events)],
    )


def moments(row: Any, story: service.Story, days: Days) -> list[Moment]:
    """Return all that happened in a period, in the order in which it was recorded."""
    found = [*_frame(row)]
    for stage in row.stages:
        found += _dues(stage)
        for each in stage["submissions"]:
            found += _submission(stage["stage"], each, days)
    for each in story.extensions:
        if each.occurrence_id == row.id:
            found += _extension(each)
    for each in story.messages:
        if each.occurrence_id == row.id:
            found += _message(each)
    return sorted(found, key=lambda moment: moment.at)


def _frame(row: Any) -> Iterator[Moment]:
    """Yield how a period began and ended."""
    if row.opened_at:
        because = f" theo văn bản {row.doc_number} ngày {short_day(row.doc_date)}" if row.event_id else ""
        yield Moment(row.opened_at, None, f"Mở kỳ thực hiện{because}", detail=row.summary or "")
    if row.done_at:
        yield Moment(row.done_at, None, "Hoàn thành kỳ thực hiện", "good")


def _dues(stage: Mapping[str, Any]) -> Iterator[Moment]:
    for each in stage["former_dues"]:
        former = f"từ {short_day(each['due'])} thành" if each["due"] else "là"
        new = short_day(each["new_due"]) if each["new_due"] else "không có hạn"
        document = f" (văn bản {each['document']})" if each["document"] else ""
        yield Moment(
            _instant(each["at"]),
            stage["stage"],
            f"{each['by']} đặt hạn {former} {new}",
            "warn",
            f"Lý do: {each['reason']}{document}",
        )


def _submission(stage: str, each: Mapping[str, Any], days: Days) -> Iterator[Moment]:
    recorded, effective = _instant(each["recorded_at"]), date.fromisoformat(each["effective_on"])
    after = (recorded.astimezone(days.timezone).date() - effective).days
    said = [f"thực hiện ngày {short_day(effective)}" + (f", ghi nhận sau {after} ngày" if after else "")]
    if each["doc_number"]:
        dated = f" ngày {short_day(each['doc_date'])}" if each["doc_date"] else ""
        said.append(f"văn bản số {each['doc_number']}{dated}")
    if each["note"]:
        said.append(each["note"])
    judged = "quá hạn" if each["late"] else "không quá hạn"
    yield Moment(
        recorded,
        stage,
        f"{each['by']} nộp lần {each['attempt']}, {judged}",
        "bad" if each["late"] else "busy",
        "; ".join(said),
        each["documents"],
    )
    if each["verdict"]:
        verb, tone = _VERDICTS.get(each["verdict"], (each["verdict"], "calm"))
        what = "Ý kiến" if each["verdict"] == "accepted" else "Lý do"
        why = f"{what}: {each['reason']}" if each["reason"] else ""
        by = each["decided_by"]
        yield Moment(_instant(each["decided_at"]), stage, f"{by} {verb} lần {each['attempt']}", tone, why)


_VERDICTS = {
    "accepted": ("nghiệm thu", "good"),
    "returned": ("trả lại", "bad"),
    "withdrawn": ("rút lại kết quả nộp", "calm"),
}


def _extension(each: Any) -> Iterator[Moment]:
    document = f" (văn bản {each.document})" if each.document else ""
    yield Moment(
        each.asked_at,
        each.stage,
        f"{each.asked_by_name} đề nghị gia hạn từ {short_day(each.former_due)} đến "
        f"{short_day(each.asked_until)}",
        "warn",
        f"Lý do: {each.reason}{document}",
    )
    if each.verdict:
        granted = short_day(each.granted_until) if each.granted_until else ""
        said = {
            "granted": f"cho gia hạn đến {granted}" + (", lý do khách quan" if each.objective else ""),
            "refused": "không cho gia hạn",
            "withdrawn": "rút đề nghị gia hạn",
        }[each.verdict]
        yield Moment(each.decided_at, each.stage, f"{each.decided_by_name} {said}", "calm", each.answer or "")


def _message(each: Any) -> Iterator[Moment]:
    to = phone_in_words(each.recipient) if each.channel == "phone" else each.recipient
    reason = REASONS.get(each.reason, each.reason)
    what = f"Thông báo “{reason}” qua {CHANNELS.get(each.channel, each.channel)} đến {to}"
    if not each.tries:
        state = MESSAGE_STATES[each.state][0]
        yield Moment(each.created_at, each.stage, f"{what}: {state}", "calm")
    for attempt in each.tries:
        outcome, tone = MESSAGE_STATES.get(attempt["outcome"], (attempt["outcome"], "calm"))
        detail = f"Bên nhận chuyển trả lời: {in_brief(attempt['answer'])}" if attempt["answer"] else ""
        yield Moment(_instant(attempt["at"]), each.stage, f"{what}: {outcome}", tone, detail)
    for receipt in each.receipts:
        said, tone = RECEIPTS[receipt["kind"]]
        source = RECEIPT_SOURCES.get(receipt["source"], receipt["source"])
        yield Moment(
            _instant(receipt["at"]), each.stage, f"Thông báo “{reason}” đến {to}: {said}", tone, source
        )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
