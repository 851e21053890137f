"""Help: for each role what to do by day, month and quarter, and what the words mean."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from domain.people import PERMITTED, ROLE_NAMES, Action, Role
from domain.refusals import BadValue
from web.guides import guides
from web.navigation import ENTRIES
from web.page import Page, reading

router = APIRouter()
ADDRESSES = {
    Role.COORDINATOR: "dieu-phoi",
    Role.OFFICER: "don-vi",
    Role.LEADER: "lanh-dao",
    Role.AUDITOR: "kiem-tra",
    Role.ADMIN: "quan-tri",
}
# Pages that no menu names, and texts do.
_BESIDES = {"/plan/import": Action.IMPORT_PLAN, "/plan/amend": Action.IMPORT_PLAN}


@router.get("/help")
def show_help(request: Request) -> HTMLResponse:
    """Show what whoever asks has to do, by their role."""
    with reading(request) as page:
        return _shown(page, page.me.person.role)


@router.get("/help/{role}")
def show_help_of(request: Request, role: Annotated[str, Path(max_length=20)]) -> HTMLResponse:
    """Show what another role has to do: everybody may know who does what."""
    found = next((each for each, address in ADDRESSES.items() if address == role), None)
    if found is None:
        raise BadValue("Vai trò", role, "chọn một trong: " + ", ".join(ADDRESSES.values()))
    with reading(request) as page:
        return _shown(page, found)


def _shown(page: Page, role: Role) -> HTMLResponse:
    return page.render(
        "help.html",
        role=role.value,
        role_name=ROLE_NAMES[role],
        guide=ADDRESSES[role] if ADDRESSES[role] in guides() else None,
        own=role is page.me.person.role,
        others=[(f"/help/{ADDRESSES[each]}", ROLE_NAMES[each]) for each in ADDRESSES if each is not role],
        pages=_open_to(page),
    )


def _open_to(page: Page) -> frozenset[str]:
    """Return the pages that whoever asks may see: a text never leads to a refusal."""
    role = page.me.person.role
    needed = {**_BESIDES, **{each.link: each.action for each in ENTRIES if each.action}}
    return page.web.served - {link for link, action in needed.items() if role not in PERMITTED[action]}
