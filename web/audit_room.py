"""The auditor's room: the state of the log, its events, a task's whole story, the button that verifies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse
from starlette.responses import Response

from domain.people import Action
from domain.refusals import BadValue
from notifications.wording import clean
from services import audit_room as service
from services.people import users
from services.spreadsheets import Cell, Column, Table, as_csv
from web.asked import day_of, for_field, number_of
from web.audit_facts import facts_of
from web.exports import csv_file
from web.faults import said_of
from web.history import Told, told
from web.page import Page, Web, reading
from web.pieces import pieces
from web.uploads import Form
from web.visits import allowed, visitor
from web.working import StillWorking

router = APIRouter(dependencies=[Depends(allowed(Action.VERIFY))])
UNREADABLE = "Nội dung không đọc được như khi được ghi. Hãy kiểm tra nhật ký."
FAMILIES: Mapping[str, str] = {
    "plan": "Kế hoạch, quyết định",
    "finding": "Điểm cần xem lại",
    "task": "Nhiệm vụ sửa đổi",
    "occurrence": "Kỳ thực hiện",
    "stage": "Nộp, nghiệm thu, trả lại",
    "due": "Đổi thời hạn",
    "extension": "Gia hạn",
    "event": "Văn bản, sự kiện đến",
    "assignment": "Người phụ trách",
    "stand-in": "Làm thay",
    "delivery": "Thông báo đã gửi",
    "reminder": "Nhắc việc",
    "contact": "Địa chỉ liên hệ",
    "account": "Tài khoản, đăng nhập",
    "audit": "Kiểm tra nhật ký",
}
LOG = (
    Column("Vị trí"),
    Column("Thời điểm ghi"),
    Column("Loại"),
    Column("Ai"),
    Column("Nội dung"),
    Column("Kỳ thực hiện"),
    Column("Mã băm"),
    Column("Nguyên văn (JSON)"),
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events are shown; all of it stands in the address."""

    task: str = ""
    kind: str = ""
    person: str = ""
    since: str = ""
    until: str = ""
    position: str = ""

    def link(self, page: str = "/audit", **more: object) -> str:
        """Return the address of the events filtered like this, with `more`."""
        asked = {name: getattr(self, name) for name in self.__slots__}
        said = {name: value for name, value in {**asked, **more}.items() if value not in {"", None}}
        return page + (f"?{urlencode(said)}" if said else "")

    def asked(self, accounts: Mapping[int, str]) -> service.Asked:
        """Return what is asked for; events from `position` on downwards.

        Raises:
            BadValue: there is no such kind, person, day or position.
        """
        if self.kind and not service.known_kind(self.kind):
            raise BadValue("Loại sự kiện", self.kind, "chọn trong danh sách")
        position = number_of(self.position, "Vị trí", "ghi một số, ví dụ 120", least=0)
        return service.Asked(
            clean(self.task) or None,
            self.kind or None,
            _actor(self.person, accounts),
            day_of(self.since, "Từ ngày"),
            day_of(self.until, "Đến ngày"),
            None if position is None else position + 1,
        )


def filter_of(
    task: Annotated[str, Query(max_length=40)] = "",
    kind: Annotated[str, Query(max_length=60)] = "",
    person: Annotated[str, Query(max_length=64)] = "",
    since: Annotated[str, Query(max_length=20)] = "",
    until: Annotated[str, Query(max_length=20)] = "",
    position: Annotated[str, Query(max_length=20)] = "",
) -> Filter:
    """Read the filter of an address."""
    return Filter(task, kind, person, for_field(since), for_field(until), position)


@router.get("/audit")
def show_log(request: Request, chosen: Annotated[Filter, Depends(filter_of)]) -> HTMLResponse:
    """Show the state of the log, when it was verified last, and its events."""
    with reading(request) as page:
        me, timezone = page.me.name, page.web.settings.timezone
        size, newest = service.state(page.connection, page.ward, by=me)
        people = {account.id: account.name for account in users(page.connection, page.ward)}
        asked = chosen.asked(people)
        rows = service.events(page.connection, page.ward, asked, by=me, timezone=timezone)
        names = service.names(page.connection, page.ward, rows, people)
    checked = service.last_checked(page.web.settings.data, page.ward)
    key = ("verify", page.ward.id)
    failed = page.web.work.failed(key)
    return page.render(
        "audit.html",
        size=size,
        newest=newest,
        checked=checked,
        checked_by=people.get(checked.by, f"tài khoản số {checked.by}") if checked else "",
        running=page.web.work.running(key),
        failed=said_of(request, failed) if failed else "",
        events=pieces(page.web, "audit_line.html", [safely_told(row, names) for row in rows], page.days),
        chosen=chosen,
        narrow=chosen != Filter(),
        families=FAMILIES,
        people=sorted(people.values()),
        older=chosen.link(position=rows[-1].position - 1)
        if len(rows) == service.NEWEST and rows[-1].position
        else "",
        evidence="/evidence" in page.web.served,
    )


@router.post("/audit/verify")
def verify_log(request: Request, fields: Form) -> Response:
    """Compute the whole log again, beside the pages where it takes long; then show what was found."""
    web: Web = request.app.state.web
    me = visitor(request)
    me.check(Action.VERIFY)

    def verify(_: object) -> None:
        from services.audit_against import everything

        with web.look(at_length=True) as connection:
            against = everything(web.settings, [])
            verdict = service.verify(connection, me.ward, by=me.name, against=against)
        with web.change() as connection:
            service.note(connection, me.ward, verdict, web.settings.data, by=me.name, now=web.clock())

    key = ("verify", me.ward.id)
    web.work.forget(key)
    try:
        web.work.result(key, verify, title="Đang kiểm tra nhật ký", page="/audit")
    except StillWorking as going:
        return RedirectResponse(going.page, status_code=303)
    return RedirectResponse("/audit", status_code=303)


@router.get("/audit/log.csv")
def log_as_csv(request: Request, chosen: Annotated[Filter, Depends(filter_of)]) -> StreamingResponse:
    """Hand out all events that are asked for, piece by piece, however many there are."""
    with reading(request) as page:
        people = {account.id: account.name for account in users(page.connection, page.ward)}
        asked = chosen.asked(people)
    table = Table("Nhật ký", LOG, _rows(page, asked))
    return csv_file(as_csv(table), f"nhat-ky-{page.ward.code}-{page.days.today.isoformat()}")


@router.get("/audit/events/{position}")
def show_event(request: Request, position: Annotated[int, Path(ge=0, lt=2**63)]) -> HTMLResponse:
    """Show one event: what it means, and the bytes as they were hashed and stored."""
    with reading(request) as page:
        row = service.event(page.connection, page.ward, position, by=page.me.name)
        size, _ = service.state(page.connection, page.ward, by=page.me.name)
        names = service.names(page.connection, page.ward, [row])
    return page.render(
        "audit_event.html",
        event=row,
        said=safely_told(row, names),
        facts=facts_of(row.body),
        fits=sha256(b"\x00" + row.body.encode()).hexdigest() == row.hash,
        earlier=position - 1 if position else None,
        later=position + 1 if position + 1 < size else None,
    )


def safely_told(row: Any, names: service.Names) -> Told:
    """Put an event into words; one that was tampered with says so instead of breaking the page."""
    try:
        return told([row], names.accounts, names.occurrences)[0]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return Told(row.position, row.recorded_at, "–", UNREADABLE, "")


def _rows(page: Page, asked: service.Asked) -> Iterator[tuple[Cell, ...]]:
    """Yield the lines of the log on a look at the database of its own: the page's is closed by now."""
    timezone = page.web.settings.timezone
    with page.web.look(at_length=True) as connection:
        for rows in service.pages(connection, page.ward, asked, by=page.me.name, timezone=timezone):
            names = service.names(connection, page.ward, rows)
            for row in rows:
                said = safely_told(row, names)
                at = row.recorded_at.astimezone(timezone) if row.recorded_at else None
                yield row.position, at, row.kind, said.who, said.what, said.about, row.hash, row.body


def _actor(name: str, accounts: Mapping[int, str]) -> str | None:
    if name in {"", service.SYSTEM}:
        return name or None
    for number, known in accounts.items():
        if known == name:
            return str(number)
    raise BadValue("Người", name, "chọn trong danh sách")
