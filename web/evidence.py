"""Evidence packs: chosen on a page, made while they are being downloaded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, StreamingResponse
from starlette.responses import Response

from config.checkpoint_keys import CheckpointKeys, load_checkpoint_keys
from domain.errors import SystemFault, WardError
from domain.names import slug
from domain.people import Action
from domain.refusals import BadValue
from services.checkpoints import latest
from services.documents import DocumentStore
from services.evidence import Prepared, Scope, prepare, tasks_in
from services.evidence_pack import chunks
from services.people import Ward
from web.asked import day_of, for_field
from web.errors import status_of
from web.faults import said_of
from web.page import Web, reading
from web.uploads import Form
from web.visits import allowed, visitor

router = APIRouter(dependencies=[Depends(allowed(Action.VERIFY))])
ZIP = "application/zip"
CODE = re.compile(r"[\w.]{1,40}")


@router.get("/evidence")
def show_evidence(request: Request) -> HTMLResponse:
    """Show what a pack can be about, and the newest signed state of the log."""
    return _show(request, {})


@router.post("/evidence")
def take_pack(request: Request, fields: Form) -> Response:
    """Record that a pack is taken and send it, piece by piece; refused, the form comes again as it was."""
    web: Web = request.app.state.web
    me = visitor(request)
    typed = {name: fields.text(name) for name in ("what", "section", "tasks", "since", "until")}
    try:
        if fields.refusal is not None:
            raise fields.refusal
        scope = _scope(typed)
        keys = load_checkpoint_keys(web.settings.data)
        with web.change() as connection:
            prepared = prepare(connection, me.ward, scope, by=me.name, keys=keys, now=web.clock())
    except SystemFault as fault:
        return _show(request, typed, fault)
    except WardError as refusal:
        return _show(request, typed, refusal)
    name = f"ho-so-kiem-chung-{slug(me.ward.name)}-{prepared.at:%Y%m%d-%H%M}.zip"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_pieces(web, me.ward, prepared, keys), media_type=ZIP, headers=headers)


def _pieces(web: Web, ward: Ward, prepared: Prepared, keys: CheckpointKeys) -> Iterator[bytes]:
    with web.look(at_length=True) as connection:
        store = DocumentStore(web.settings.data / "documents")
        yield from chunks(connection, ward, prepared, store=store, keys=keys)


def _days(typed: dict[str, str]) -> dict[str, str]:
    return {name: for_field(typed.get(name, "")) for name in ("since", "until")}


def _scope(typed: dict[str, str]) -> Scope:
    """Return what the form asks for.

    Raises:
        BadValue: a field holds what can't be meant.
    """
    since, until = day_of(typed["since"], "Từ ngày"), day_of(typed["until"], "Đến ngày")
    section = typed["section"] if typed["what"] == "section" else ""
    codes = (
        tuple(dict.fromkeys(re.split(r"[\s,;]+", typed["tasks"].strip()))) if typed["what"] == "tasks" else ()
    )
    if typed["what"] == "tasks" and not all(CODE.fullmatch(code) for code in codes):
        raise BadValue("Nhiệm vụ", typed["tasks"][:80], "ghi mã, ví dụ: II.3, III.1")
    if typed["what"] == "section" and not section:
        raise BadValue("Mục", "", "chọn một mục của kế hoạch")
    return Scope(codes, section or None, since, until)


def _show(request: Request, typed: dict[str, str], refusal: WardError | None = None) -> HTMLResponse:
    with reading(request) as page:
        sections: dict[str, str] = {}
        for task in tasks_in(page.connection, page.ward, Scope()):
            sections.setdefault(task.section, task.section_title or "")
        made = latest(page.connection, page.ward)
    try:
        verifiers = load_checkpoint_keys(page.web.settings.data).verifiers(page.ward.code)
    except SystemFault as fault:
        verifiers, refusal = [], refusal or fault
    response = page.render(
        "evidence.html",
        typed={"what": "all", "section": "", "tasks": "", **typed, **_days(typed)},
        sections=list(sections.items()),
        made=made,
        keys=verifiers,
        refusal=said_of(request, refusal) if refusal else "",
    )
    if refusal is not None:
        response.status_code = status_of(refusal)
    return response
