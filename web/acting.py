"""Who does something on a page: until there is a log-in the name is believed, as after `--by`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import Request

from domain.people import PERMITTED, ROLE_NAMES, Action, Role
from domain.refusals import BadValue
from services.people import NAME
from web.forms import AnyResponse

COOKIE = "cchc_by"


def people(accounts: Sequence[Any], action: Action) -> list[tuple[str, str]]:
    """Return the active accounts that may do something: name, and name with role."""
    return [
        (each.name, f"{each.name} ({ROLE_NAMES[Role(each.role)]})")
        for each in accounts
        if each.active and Role(each.role) in PERMITTED[action]
    ]


def actor(name: str, accounts: Sequence[Any]) -> str | None:
    """Return who acts; None, the installation itself, while there are no accounts at all.

    Raises:
        BadValue: there are people, and none was named.
    """
    if name:
        return name
    if any(each.active for each in accounts):
        raise BadValue("Người thực hiện", "", "chọn tên người thực hiện")
    return None


def last_actor(request: Request) -> str:
    """Return the name that was chosen last in this browser."""
    return request.cookies.get(COOKIE, "")


def remembered(response: AnyResponse, request: Request, name: str | None) -> AnyResponse:
    """Let the next form propose the same name."""
    if name and NAME.fullmatch(name):
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, name, httponly=True, samesite="lax", secure=secure)
    return response
