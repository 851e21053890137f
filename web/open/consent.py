"""Where Zalo sends an administrator back who has consented: the code is exchanged for tokens."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from domain.errors import SystemFault
from web.page import Web

if TYPE_CHECKING:
    from services.zalo_grants import Turn

router = APIRouter()
_log = logging.getLogger(__name__)


@router.get("/open/zalo/consent")
def take_consent(request: Request, code: str = "", oa_id: str = "") -> HTMLResponse:
    """Exchange the code once and say what it came to; the same address again shows how the grant is.

    A code is taken only while an administrator waits for it; nothing is done for those who only look.
    """
    web: Web = request.app.state.web
    if not code or request.scope.get("head"):
        text = "Trang này nhận kết quả khi quản trị cấp quyền gửi tin ở trang của Zalo."
        return _page(web, 200, "Cấp quyền Zalo OA", text)
    from services.zalo_consent import take_code
    from services.zalo_grants import Step
    from services.zalo_tokens import ZaloNotSet, open_vault
    from services.zalo_words import consent_words

    try:
        vault = open_vault(web.settings, web.writer, keys=web.keys, clock=web.clock)
        turn: Turn = take_code(vault, code, oa_id)
        grant = vault.look()
    except (SystemFault, ZaloNotSet) as fault:  # its notice names files and settings: not for outsiders
        _log.warning("consent not taken: %s", fault)
        text = (
            "Máy chủ chưa nhận được kết quả cấp quyền. Quản trị xem trang “Zalo” trên máy chủ để biết lý do."
        )
        return _page(web, 503, "Chưa thực hiện được", text)
    done = grant is not None and not grant.lost and turn.step in {Step.GRANTED, Step.KEPT}
    title = "Đã cấp quyền gửi tin qua Zalo OA" if done else "Chưa cấp được quyền"
    return _page(web, 200 if done else 409, title, consent_words(turn, done=done))


def _page(web: Web, status: int, title: str, text: str) -> HTMLResponse:
    return HTMLResponse(web.render("open_error.html", title=title, text=text), status_code=status)
