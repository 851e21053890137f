"""The letters that stay on this machine while no mail server is set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from domain.errors import WardError
from domain.people import Action
from notifications.threads import is_of_ward
from services.people import all_wards
from web.page import Page, Web, reading
from web.visits import allowed

if TYPE_CHECKING:
    from notifications.inbox import InboxMail

router = APIRouter(dependencies=[Depends(allowed(Action.MANAGE_MESSAGES))])
NEWEST = 200


class UnknownInbox(WardError):
    """Letters leave this machine, so none is kept here."""

    def __init__(self) -> None:
        super().__init__(
            "mail leaves through CCHC_MAIL_URL, there is no local inbox",
            "Thư được gửi qua máy chủ thư (CCHC_MAIL_URL) nên không có hộp thư nội bộ. "
            "Trang “Thông báo” cho biết từng thư đã gửi ra sao.",
        )


@router.get("/inbox")
def show_inbox(request: Request) -> HTMLResponse:
    """Show the letters that the local inbox keeps."""
    from notifications.inbox import list_inbox

    _only_local(request)
    with reading(request) as page:
        newest = list_inbox(page.web.settings.data / "inbox", limit=NEWEST)
        alone = _alone(page)
        letters = [each for each in newest if alone or _ours(page, each)]
    return page.render("inbox.html", letters=letters, newest=NEWEST)


@router.get("/inbox/{letter_id}")
def show_letter(request: Request, letter_id: str) -> HTMLResponse:
    """Show one letter, as text."""
    from notifications.inbox import UnknownMail, read_inbox

    _only_local(request)
    letter = read_inbox(request.app.state.web.settings.data / "inbox", letter_id)
    with reading(request) as page:
        if not (_ours(page, letter) or _alone(page)):
            raise UnknownMail
    return page.render("letter.html", letter=letter, text=linked(letter.text, page.web.settings.link_base))


def linked(text: str, base: str) -> Markup:
    """Return `text` safe to show, with addresses of these pages, and no others, as links within them."""
    pieces = re.split(rf"({re.escape(base)}/\S*)", text)
    link = Markup('<a href="{}">{}</a>')
    return Markup("").join(
        link.format(piece.removeprefix(base), piece) if number % 2 else piece
        for number, piece in enumerate(pieces)
    )


def _ours(page: Page, letter: InboxMail) -> bool:
    """Tell whether a letter is of the ward whose page it is."""
    return is_of_ward(letter.message_id, page.ward.code)


def _alone(page: Page) -> bool:
    """Tell whether there is no other ward: one that is alone has all letters."""
    return len(all_wards(page.connection)) == 1


def _only_local(request: Request) -> None:
    web: Web = request.app.state.web
    if not web.local_mail:
        raise UnknownInbox
