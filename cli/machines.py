"""`cchc user token`, `tokens`, `revoke-token`: how other systems get at the API."""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace

from cli.office import database, print_json, print_table
from cli.words import Commands, by_option, json_option, named
from domain.machine_tokens import LASTS, LONGEST, SCOPE_NAMES, Scope


def add_tokens(commands: Commands) -> None:
    """Add what concerns tokens to `cchc user`."""
    token = commands.add("token", "tạo mã truy cập của một tài khoản máy; chỉ hiện một lần", _make)
    token.add_argument("name", metavar="TÊN", help="tài khoản máy, đã có hoặc mới: truc-lien-thong")
    token.add_argument(
        "--scope",
        action="append",
        required=True,
        choices=[scope.value for scope in Scope],
        help=named({scope.value: said for scope, said in SCOPE_NAMES.items()}),
    )
    token.add_argument("--label", required=True, metavar="VIỆC", help="dùng cho việc gì")
    token.add_argument("--unit", metavar="ĐƠN-VỊ", help="đơn vị mà máy nộp kết quả thay")
    token.add_argument("--days", type=_days, default=LASTS.days, metavar="NGÀY", help="số ngày có hiệu lực")
    by_option(token)
    json_option(token)
    json_option(commands.add("tokens", "các mã truy cập đã tạo", _list))
    revoke = commands.add("revoke-token", "thu hồi một mã truy cập", _revoke)
    revoke.add_argument("number", type=int, metavar="SỐ", help="số trong “cchc user tokens”")
    by_option(revoke)


def _days(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= LONGEST.days:
        return int(text)
    raise ArgumentTypeError(f"“{text}” không phải là số từ 1 đến {LONGEST.days}")


def _make(arguments: Namespace) -> int:
    from services.machine_tokens import Order, make_token

    order = Order(arguments.name, arguments.label, arguments.scope, arguments.unit, arguments.days)
    with database() as office, office.begin() as (connection, ward):
        made = make_token(connection, ward, order, by=arguments.by, now=office.now)
    if arguments.json:
        print_json(
            {
                "id": made.id,
                "name": made.name,
                "scopes": made.scopes,
                "expires_at": made.expires_at,
                "token": made.token,
            }
        )
        return 0
    until = made.expires_at.astimezone(office.settings.timezone)
    print(
        f"Mã truy cập số {made.id} của {made.name}, có hiệu lực đến {until:%H:%M ngày %d/%m/%Y}, "
        f"chỉ hiện lần này:\n{made.token}\nThu hồi: cchc user revoke-token {made.id} --by {arguments.by}"
    )
    return 0


def _list(arguments: Namespace) -> int:
    from services.machine_tokens import tokens

    with database() as office, office.begin() as (connection, ward):
        rows = tokens(connection, ward)
    if arguments.json:
        made = ("id", "name", "role", "unit", "label", "scopes", "made_by", "made_at", "expires_at")
        fields = (*made, "used_at", "revoked_by", "revoked_at")
        print_json({"tokens": [{field: getattr(row, field) for field in fields} for row in rows]})
        return 0
    if not rows:
        print("Chưa có mã truy cập nào. Tạo: cchc user token")
        return 0
    zone = office.settings.timezone
    print_table(
        f"Mã truy cập của {ward.name}",
        ["Số", "Máy", "Dùng cho", "Quyền", "Hiệu lực đến", "Dùng lần cuối", ""],
        [
            [
                str(row.id),
                row.name,
                row.label,
                ", ".join(row.scopes),
                f"{row.expires_at.astimezone(zone):%d/%m/%Y}",
                f"{row.used_at.astimezone(zone):%H:%M %d/%m/%Y}" if row.used_at else "chưa lần nào",
                "đã thu hồi" if row.revoked_at else "hết hiệu lực" if row.expires_at <= office.now else "",
            ]
            for row in rows
        ],
    )
    return 0


def _revoke(arguments: Namespace) -> int:
    from services.machine_tokens import revoke_token

    with database() as office, office.begin() as (connection, ward):
        label = revoke_token(connection, ward, arguments.number, by=arguments.by, now=office.now)
    print(f"Đã thu hồi mã truy cập số {arguments.number} ({label}).")
    return 0
