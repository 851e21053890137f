"""Searching: what was found by kind, with the words marked where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape

from domain.names import slug
from domain.people import ROLE_NAMES, Role
from domain.search_words import spans_of
from services.search import PAGE, Found, search
from web.page import Page, reading
from web.words import stage_name

router = APIRouter()
BEFORE, LONGEST = 60, 220  # characters before the first word that is marked, and at all
KIND_NAMES: Mapping[str, str] = {
    "task": "Nhiệm vụ",
    "due": "Thời hạn trong những ngày này",
    "occurrence": "Kỳ thực hiện",
    "submission": "Văn bản đã nộp",
    "event": "Văn bản, sự kiện đến",
    "decision": "Quyết định",
    "file": "Tệp",
    "unit": "Đơn vị",
    "person": "Người dùng",
    "message": "Thông báo đã gửi",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found; without a link there is no page of it."""

    link: str
    title: Markup
    detail: Markup


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found of one kind; `more` leads to the rest."""

    name: str
    total: int
    hits: list[Hit]
    more: str


@router.get("/search")
def show_search(
    request: Request,
    q: str = "",
    kind: Annotated[str, Query(max_length=20)] = "",
    page: Annotated[int, Query(ge=1, le=500)] = 1,
) -> HTMLResponse:
    """Show what the ward has for some words."""
    with reading(request) as shown:
        result = search(
            shown.connection,
            shown.ward,
            q,
            of=shown.me.person,
            today=shown.days.today,
            kind=kind or None,
            page=page,
        )
    total = sum(each.total for each in result.found)
    return shown.render(
        "search.html",
        q=result.words,
        cut=result.cut,
        total=total,
        kind=KIND_NAMES.get(kind, ""),
        groups=[_hits(found, result.words, shown, one=bool(kind)) for found in result.found],
        earlier=_link(result.words, kind, page - 1) if kind and page > 1 else "",
        later=_link(result.words, kind, page + 1) if kind and total > page * PAGE else "",
        everything=_link(result.words, "", 1),
    )


def highlighted(text: str, words: str, *, longest: int = LONGEST) -> Markup:
    """Return a text with the words marked, whatever their marks; of a long one the part around the first."""
    spans = spans_of(text, words)
    start = 0
    if len(text) > longest:
        start = max(0, spans[0][0] - BEFORE) if spans else 0
        start = min(start, len(text) - longest)
    end = min(len(text), start + longest)
    parts: list[str] = ["…"] if start else []
    at = start
    for first, last in spans:
        if first < start or last > end:
            continue
        parts += [escape(text[at:first]), "<mark>", escape(text[first:last]), "</mark>"]
        at = last
    parts.append(escape(text[at:end]))
    if end < len(text):
        parts.append("…")
    return Markup("".join(parts))  # noqa: S704 - every piece of it was escaped


def _hits(found: Found, words: str, page: Page, *, one: bool) -> Hits:
    hits = [
        Hit(_where(row, page), highlighted(_title(row, page), words), highlighted(_detail(row), words))
        for row in found.rows
    ]
    more = "" if one or found.total <= len(hits) else _link(words, found.kind, 1)
    return Hits(KIND_NAMES[found.kind], found.total, hits, more)


def _title(row: Any, page: Page) -> str:
    if row.kind == "task":
        return f"{row.task}. {row.title}"
    if row.kind == "due":
        return f"{page.days.due(row.day).day}: {row.task}. {row.title}"
    if row.kind == "occurrence":
        return f"{row.task}: {row.title}"
    if row.kind in {"submission", "event", "decision"} and row.day:
        return f"{row.title} ngày {row.day:%d/%m/%Y}"
    return str(row.title)


def _detail(row: Any) -> str:
    if row.kind == "due":
        return f"{stage_name(row.ref)}, {row.detail}"
    if row.kind == "person":
        role = ROLE_NAMES[Role(row.role)]
        return f"{role}, {row.detail}" if row.detail else role
    return str(row.detail or "")


def _where(row: Any, page: Page) -> str:
    """Return the page of what was found, as far as whoever asks may see one."""
    if row.kind == "file":
        return f"/documents/{row.ref}"
    if row.kind == "message":
        return f"/outbox/{row.id}"
    if row.kind == "decision":
        return "/plan"
    if row.kind == "unit":
        return f"/tasks?unit={slug(row.title)}" if row.title in page.overview.units else ""
    if row.kind == "person":
        return f"/tasks?person={quote(row.ref)}"
    if row.kind == "event" and "/events/{event_id}" in page.web.served:
        return f"/events/{row.id}"
    return _task(row, page)


def _task(row: Any, page: Page) -> str:
    if row.task is None:
        return ""
    newest = page.overview.plans[0].year if page.overview.plans else None
    year = f"?year={row.year}" if row.year not in {None, newest} else ""
    part = f"#ky-{row.id}" if row.kind in {"due", "occurrence", "submission"} else ""
    return f"/tasks/{quote(row.task, safe='')}{year}{part}"


def _link(words: str, kind: str, page: int) -> str:
    said = {"q": words, "kind": kind, "page": str(page) if page > 1 else ""}
    return "/search?" + urlencode({name: value for name, value in said.items() if value})
