"""What is said when the machine doesn't do its work: what is true, and where its keeper finds the rest."""

from __future__ import annotations

import logging
from secrets import token_hex

from fastapi import Request

from domain.errors import PlainFault, SystemFault, WardError
from domain.people import Role
from web.measured import route_of

TITLE = "Máy chủ gặp trục trặc"
LOG = "logs/web.log trong thư mục dữ liệu"
_log = logging.getLogger(__name__)


def noted(where: str, fault: Exception) -> str:
    """Write a fault into the log; return the reference that it stands under."""
    reference = token_hex(4).upper()
    _log.error("%s: fault %s: %s: %s", where, reference, type(fault).__name__, fault)
    return reference


def told(request: Request, fault: SystemFault) -> str:
    """Note a fault of the machine; return what whoever asks may read of it.

    Only an administrator reads a notice that may name files and settings.
    """
    keeper = _keeper(request)
    said = "Máy chủ gặp trục trặc nên việc này chưa làm được; lỗi không do thông tin đã nhập."
    if keeper or isinstance(fault, PlainFault):
        said = fault.notice
    return f"{said} {_where(noted(_route(request), fault), keeper=keeper)}"


def unforeseen(request: Request, error: Exception) -> str:
    """Note an error of the program, whose traceback the server logs next; return what is said of it."""
    said = "Chương trình gặp lỗi ngoài dự kiến."
    if request.method not in {"GET", "HEAD"}:
        said += " Trước khi làm lại, hãy mở trang trước xem việc vừa làm đã được ghi chưa."
    return f"{said} {_where(noted(_route(request), error), keeper=_keeper(request))}"


def said_of(request: Request, error: Exception) -> str:
    """Return what a page says of work that failed beside it; nobody else writes that into the log."""
    if isinstance(error, SystemFault):
        return told(request, error)
    if isinstance(error, WardError):
        return error.notice
    _log.error("work beside the pages failed", exc_info=error)
    return unforeseen(request, error)


def _where(reference: str, *, keeper: bool) -> str:
    if keeper:
        return f"Mã sự cố {reference}: tìm mã này trong {LOG}."
    return f"Nếu làm lại vẫn vậy, hãy báo quản trị kèm mã sự cố {reference}."


def _keeper(request: Request) -> bool:
    me = getattr(request.state, "visitor", None)
    return me is not None and me.person.role is Role.ADMIN


def _route(request: Request) -> str:
    return f"{request.method} {route_of(request.scope)}"
