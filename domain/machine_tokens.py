"""Machine accounts: what another system may do here, and for how long."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum

from domain.errors import WardError
from domain.people import PERMITTED, ROLE_NAMES, Action, Role
from domain.refusals import BadValue

LASTS = timedelta(days=365)
LONGEST = timedelta(days=3 * 365)


class Scope(StrEnum):
    """One thing that a token lets its holder do."""

    READ = "read"
    RAISE_EVENTS = "raise-events"
    SUBMIT = "submit"
    METRICS = "metrics"


SCOPE_NAMES: dict[Scope, str] = {
    Scope.READ: "đọc kế hoạch, nhiệm vụ, văn bản đến, số liệu",
    Scope.RAISE_EVENTS: "ghi nhận văn bản đến",
    Scope.SUBMIT: "nộp kết quả của một đơn vị",
    Scope.METRICS: "đọc số đo vận hành",
}
NEEDED: dict[Scope, Action] = {Scope.RAISE_EVENTS: Action.RAISE_EVENT, Scope.SUBMIT: Action.SUBMIT}
# No machine decides for people: none is a leader or an administrator.
ROLES: tuple[Role, ...] = (Role.AUDITOR, Role.OFFICER, Role.COORDINATOR)  # the one that may least comes first


class MachineAccount(WardError):
    """A machine has no password, and nobody signs in as it."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is a machine's account",
            f"“{name}” là tài khoản máy: chỉ dùng mã truy cập, không đăng nhập được. "
            "Đề nghị xem trang “Máy và mã truy cập”.",
        )


class RoleTooSmall(WardError):
    """The account's role does not allow what the token is to do."""

    def __init__(self, role: Role, scope: Scope) -> None:
        super().__init__(
            f"{role} may not {scope}",
            f"Tài khoản máy có vai trò {ROLE_NAMES[role]} thì không có quyền “{SCOPE_NAMES[scope]}”. "
            "Đề nghị dùng tài khoản máy khác tên.",
        )


def read_scopes(texts: Collection[str]) -> tuple[Scope, ...]:
    """Return scopes in their order, each once.

    Raises:
        BadValue: there is none, or one that there isn't.
    """
    known = {scope.value for scope in Scope}
    unknown = sorted(set(texts) - known)
    if unknown or not texts:
        said = unknown[0][:40] if unknown else ""
        raise BadValue(
            "Quyền",
            said,
            "chọn ít nhất một trong: "
            + "; ".join(f"{SCOPE_NAMES[scope]} ({scope.value})" for scope in Scope),
        )
    return tuple(scope for scope in Scope if scope in texts)


def fitting_role(scopes: Collection[Scope]) -> Role:
    """Return the role that may all of this and as little else as possible."""
    for role in ROLES:
        if not refused(role, scopes):
            return role
    raise AssertionError("the coordinator may do all that a scope names")


def check_role(role: Role, scopes: Collection[Scope]) -> None:
    """Return if an account of this role may do what its token is to do.

    Raises:
        RoleTooSmall: it may not.
    """
    for scope in refused(role, scopes):
        raise RoleTooSmall(role, scope)


def refused(role: Role, scopes: Collection[Scope]) -> list[Scope]:
    """Return the scopes that a role does not allow."""
    return [scope for scope in scopes if scope in NEEDED and role not in PERMITTED[NEEDED[scope]]]


def check_lifetime(days: int) -> timedelta:
    """Return for how long a token is valid.

    Raises:
        BadValue: it is less than a day or more than three years.
    """
    if not 1 <= days <= LONGEST.days:
        raise BadValue("Số ngày có hiệu lực", str(days)[:12], f"từ 1 đến {LONGEST.days}")
    return timedelta(days=days)
