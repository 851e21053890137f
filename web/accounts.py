"""The administrator's page of accounts: who may sign in, as what, and how they get a password."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection
from starlette.responses import Response

from domain.errors import SystemFault, WardError
from domain.people import ROLE_NAMES, Action, Role
from domain.refusals import BadValue
from services import accounts as service
from services import links, second_factor, sessions
from services.people import Person, add_user, disable_user, person, units
from web.confirming import Step, ask, confirmed
from web.errors import status_of
from web.forms import Fields
from web.page import Web, reading
from web.uploads import Form
from web.visits import allowed, visitor

router = APIRouter(dependencies=[Depends(allowed(Action.MANAGE_ACCOUNTS))])
Name = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9._-]{0,62}$")]


@dataclass(frozen=True, slots=True)
class Made:
    """What came of an act and is shown once: a sentence, and a link or password that is copied by itself."""

    said: str
    secret: str = ""


@router.get("/accounts")
def show_accounts(request: Request) -> HTMLResponse:
    """Show every account with its role, how it signs in and when it was last there."""
    return _show(request)


@router.post("/accounts")
def add_account(request: Request, fields: Form) -> Response:
    """Add an account, or let a disabled one back in; then show how it gets its password."""
    name = fields.text("name").lower()

    def add(connection: Connection, by: Person) -> Made:
        me = visitor(request)
        add_user(
            connection,
            me.ward,
            name,
            role=_role(fields),
            unit=fields.text("unit") or None,
            email=fields.text("email") or None,
            actor=by.actor,
            now=request.app.state.web.clock(),
        )
        return _link(request, connection, name, by)

    return _act(request, add, fields)


@router.post("/accounts/{name}/change")
def change_account(request: Request, name: Name, fields: Form) -> Response:
    """Give an account another role, unit or address."""

    def change(connection: Connection, by: Person) -> None:
        service.change(
            connection,
            visitor(request).ward,
            name,
            role=_role(fields),
            unit=fields.text("unit") or None,
            email=fields.text("email") or None,
            by=by.name,
            now=request.app.state.web.clock(),
        )

    return _act(request, change)


@router.post("/accounts/{name}/disable")
def disable(request: Request, name: Name, fields: Form) -> Response:
    """Lock an account out, wherever it is signed in, once that was confirmed."""
    if not confirmed(fields) and (asked := _before_locking(request, name, fields)):
        return asked

    def lock(connection: Connection, by: Person) -> None:
        me, now = visitor(request), request.app.state.web.clock()
        service.manager(connection, me.ward, by.name, of=name)
        disable_user(connection, me.ward, name, actor=by.actor, now=now)

    return _act(request, lock)


def _before_locking(request: Request, name: str, fields: Fields) -> HTMLResponse | None:
    """Ask once more; None where it would be refused anyway, which says why."""
    with reading(request) as page:
        accounts = service.accounts(page.connection, page.ward, now=page.now)
    account = next((each for each in accounts if each.name == name), None)
    if account is None or not account.active or name == page.me.name:
        return None
    unit = f" · {account.unit}" if account.unit else ""
    effects = [
        "Người này bị đăng xuất ở mọi nơi và không đăng nhập được nữa; "
        "đường dẫn đặt mật khẩu đã gửi hết hiệu lực.",
        "Việc đã làm, lịch sử giữ nguyên. Nhiệm vụ đang phụ trách không tự chuyển: "
        "đơn vị hoặc điều phối giao lại ở trang Người phụ trách.",
        "Mở khoá được về sau: thêm lại tài khoản với đúng tên và vai trò.",
    ]
    step = Step(
        f"Khoá tài khoản {name}?",
        [f"{name} · {ROLE_NAMES[Role(account.role)]}{unit}"],
        effects,
        "Khoá tài khoản",
        f"/accounts#account-{name}",
    )
    return ask(request, page, fields, step)


@router.post("/accounts/{name}/link")
def make_link(request: Request, name: Name, fields: Form) -> Response:
    """Mail a link that sets the password, or show it where there is no way to mail it."""
    return _act(request, lambda connection, by: _link(request, connection, name, by))


@router.post("/accounts/{name}/temporary")
def give_temporary(request: Request, name: Name, fields: Form) -> Response:
    """Give a password that has to be changed at the next entry, and show it this once."""

    def give(connection: Connection, by: Person) -> Made:
        web: Web = request.app.state.web
        me = visitor(request)
        service.manager(connection, me.ward, by.name, of=name)
        password = links.give_temporary(
            connection, me.ward, name, web.passwords, actor=by.actor, now=web.clock()
        )
        return Made(f"Mật khẩu tạm của {name}:", password)

    return _act(request, give)


@router.post("/accounts/{name}/revoke")
def revoke(request: Request, name: Name, fields: Form) -> Response:
    """Sign an account out everywhere."""

    def end(connection: Connection, by: Person) -> None:
        me, now = visitor(request), request.app.state.web.clock()
        account = person(connection, me.ward, name).id
        sessions.revoke(connection, me.ward.id, account, but=me.session, now=now, actor=by.actor)

    return _act(request, end)


@router.post("/accounts/{name}/code")
def remove_code(request: Request, name: Name, fields: Form) -> Response:
    """Take away the second factor of somebody who has lost it."""

    def take(connection: Connection, by: Person) -> None:
        me, now = visitor(request), request.app.state.web.clock()
        service.manager(connection, me.ward, by.name, of=name)
        account = person(connection, me.ward, name).id
        second_factor.take_away(connection, me.ward, account, actor=by.actor, now=now)

    return _act(request, take)


def _act(
    request: Request, change: Callable[[Connection, Person], Made | None], given: Fields | None = None
) -> Response:
    """Do something as whoever is signed in; what it returns is shown once, so it is no redirection."""
    web: Web = request.app.state.web
    me = visitor(request)
    try:
        with web.change() as connection:
            made = change(connection, service.manager(connection, me.ward, me.name))
    except SystemFault:
        raise
    except WardError as refusal:
        return _show(request, refusal=refusal, given=given)
    return _show(request, made=made) if made else RedirectResponse("/accounts", status_code=303)


def _link(request: Request, connection: Connection, name: str, by: Person) -> Made:
    web: Web = request.app.state.web
    me, now = visitor(request), web.clock()
    if not web.local_mail and links.mail_link(
        connection, web.keys, me.ward.id, name, actor=by.actor, now=now
    ):
        return Made(f"Đã gửi đường dẫn đặt mật khẩu tới địa chỉ thư của {name}.")
    path = links.password_link(connection, web.keys, me.ward, name, actor=by.actor, now=now)
    return Made(f"Đường dẫn đặt mật khẩu của {name}:", f"{web.settings.link_base}{path}")


def _role(fields: Fields) -> Role:
    try:
        return Role(fields.text("role"))
    except ValueError:
        raise BadValue("Vai trò", fields.text("role")[:40], "chọn một vai trò") from None


def _show(
    request: Request,
    *,
    refusal: WardError | None = None,
    made: Made | None = None,
    given: Fields | None = None,
) -> HTMLResponse:
    with reading(request) as page:
        known = service.accounts(page.connection, page.ward, now=page.now)
        names = [unit.name for unit in units(page.connection, page.ward) if not unit.is_group]
    response = page.render(
        "accounts.html",
        accounts=known,
        units=names,
        roles=[(role.value, ROLE_NAMES[role]) for role in Role],
        role_names=ROLE_NAMES,
        refusal=refusal.notice if refusal else "",
        made=made,
        given=given.values if given else {},
    )
    response.status_code = status_of(refusal) if refusal else 200
    return response
