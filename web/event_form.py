"""The form that records a document: what was typed, what its file says, which tasks it opens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from fastapi import Request
from sqlalchemy import Connection

from domain.errors import SystemFault, WardError
from domain.reading.decision import read_head
from domain.refusals import BadFile, BadValue
from services.event_proposals import Proposals, ProposedTask, propose
from services.events import EventRequest, check_request
from services.people import Ward
from services.reading import lay_out
from web.forms import Fields
from web.page import Web
from web.uploads import keep_attachment, register_upload, uploaded

NAMES = ("type", "doc_number", "doc_date", "issuer", "summary", "due_on", "digest", "file_name")
_DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed so far, word by word; `digest` is that of a file that waits to be kept."""

    type: str = ""
    doc_number: str = ""
    doc_date: str = ""
    issuer: str = ""
    summary: str = ""
    due_on: str = ""
    digest: str = ""
    file_name: str = ""

    @classmethod
    def of(cls, fields: Fields) -> Given:
        """Take it from a form."""
        given = cls(**{name: fields.text(name) for name in NAMES})
        return given if _DIGEST.fullmatch(given.digest) else replace(given, digest="", file_name="")

    def hidden(self) -> Mapping[str, str]:
        """Return what the next step carries along."""
        return {name: getattr(self, name) for name in NAMES}


@dataclass(frozen=True, slots=True)
class Row:
    """A proposed task as the form shows it: ticked or not, with the date that stands in its field."""

    task: ProposedTask
    ticked: bool
    due: str

    @classmethod
    def of(cls, task: ProposedTask, fields: Fields | None) -> Row:
        """Show a proposal, or again what a person made of it."""
        if fields is None:
            due = task.due.isoformat() if task.due else ""
            return cls(task, task.fits and not task.opened, due)
        return cls(task, task.code in fields.every("task"), fields.text(_due(task.code)))


def today(web: Web) -> date:
    """Return which day it is in the ward."""
    return web.clock().astimezone(web.settings.timezone).date()


def with_file(request: Request, given: Given, fields: Fields) -> Given:
    """Put a file that came with the form aside until the document is recorded.

    Raises:
        TooLarge, BadFile: it can't be taken.
    """
    if fields.file is None and fields.refusal is None:
        return given
    kept = keep_attachment(request, fields)
    return replace(given, digest=kept.sha256, file_name=kept.name)


def filled_in(request: Request, given: Given) -> Given:
    """Fill the fields that are empty from the file's letterhead, as a proposal.

    Raises:
        BadFile: there is no file, or nothing can be read in it.
    """
    if not given.digest:
        raise BadFile("", "chưa chọn tệp nào")
    try:
        content = uploaded(request, given.digest).read_bytes()
        head, _ = read_head(lay_out(content, given.file_name).text)
    except SystemFault:
        raise
    except WardError as problem:
        raise BadFile(
            given.file_name, "không đọc được số, ngày từ tệp này (vẫn được đính kèm); đề nghị tự ghi"
        ) from problem
    read = {
        "doc_number": head.number,
        "doc_date": head.issued_on.isoformat(),
        "issuer": head.issuer,
        "summary": head.title,
    }
    return replace(given, **{name: value for name, value in read.items() if not getattr(given, name)})


def check(request: Request, given: Given) -> EventRequest:
    """Return the request without tasks and file if what was typed can be a document.

    Raises:
        BadValue, InTheFuture: it can't.
    """
    web: Web = request.app.state.web
    typed = Fields({"doc_date": given.doc_date, "due_on": given.due_on})
    doc_date = typed.day("doc_date", "Ngày văn bản")
    if doc_date is None:
        raise BadValue("Ngày văn bản", "", "không được bỏ trống")
    wanted = EventRequest(
        type=given.type,
        doc_number=given.doc_number,
        doc_date=doc_date,
        issuer=given.issuer,
        summary=given.summary,
        due_on=typed.day("due_on", "Thời hạn"),
    )
    check_request(wanted, today(web))
    return wanted


def proposals(connection: Connection, ward: Ward, wanted: EventRequest) -> Proposals:
    """Return what the document may open."""
    return propose(
        connection,
        ward,
        type=wanted.type,
        doc_number=wanted.doc_number,
        issuer=wanted.issuer,
        doc_date=wanted.doc_date,
        due_on=wanted.due_on,
    )


def request_of(request: Request, given: Given, fields: Fields) -> EventRequest:
    """Return the whole request, with the ticked tasks and their dates; the file is kept for good.

    Raises:
        BadValue, InTheFuture: a value can't be, or nothing is ticked.
        NoLongerThere: the file waited for too long.
    """
    wanted = check(request, given)
    codes = fields.every("task")
    if not codes:
        raise BadValue("Nhiệm vụ", "", "chưa chọn nhiệm vụ nào")
    dues = {code: fields.day(_due(code), f"Thời hạn của {code[:20]}") for code in codes}
    wanted = replace(wanted, tasks=codes, dues=dues)
    check_request(wanted, today(request.app.state.web))
    file = register_upload(request, given.digest, given.file_name) if given.digest else None
    return replace(wanted, file=file)


def _due(code: str) -> str:
    return f"due-{code}"
