"""`cchc unit` and `cchc user`."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from cli.contacts import add_contacts
from cli.erase import add_erase
from cli.machines import add_tokens
from cli.office import database, print_json, print_table
from cli.stand_ins import add_stand_ins
from cli.unit import add_names
from cli.words import Commands, by_option, json_option
from domain.people import ROLE_NAMES, Action, Role
from domain.words import CHANNELS
from models.history import SYSTEM

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cli.office import Office
    from services.people import Ward


def run(words: list[str]) -> int:
    """Run `cchc unit …` or `cchc user …`."""
    return (_unit_commands() if words[0] == "unit" else _user_commands()).run(words[1:])


def _unit_commands() -> Commands:
    commands = Commands("unit", "Đơn vị và địa chỉ liên hệ.")
    json_option(commands.add("list", "danh sách đơn vị", _unit_list))
    add_contacts(commands)
    add_names(commands)
    add_stand_ins(commands)
    return commands


def _user_commands() -> Commands:
    commands = Commands("user", "Người dùng.")
    add = commands.add("add", "thêm người dùng", _user_add)
    add.add_argument("name", metavar="TÊN", help="chữ thường không dấu, ví dụ: nguyen.lan")
    add.add_argument("--role", required=True, choices=[role.value for role in Role])
    add.add_argument("--unit", metavar="ĐƠN-VỊ")
    add.add_argument("--email", metavar="THƯ")
    by_option(add, required=False)
    json_option(commands.add("list", "danh sách người dùng", _user_list))
    reset = commands.add("reset-password", "đường dẫn dùng một lần để đặt mật khẩu", _user_reset)
    reset.add_argument("name", metavar="TÊN")
    reset.add_argument("--temporary", action="store_true", help="in mật khẩu tạm, phải đổi khi đăng nhập")
    by_option(reset, required=False)
    disable = commands.add("disable", "khoá một người dùng (lịch sử giữ nguyên)", _user_disable)
    disable.add_argument("name", metavar="TÊN")
    by_option(disable, required=False)
    add_erase(commands)
    add_tokens(commands)
    return commands


def _unit_list(arguments: Namespace) -> int:
    from services.people import units

    with database() as office, office.begin() as (connection, ward):
        rows = units(connection, ward)
    if arguments.json:
        fields = ("name", "is_group", "aliases", "members", "contacts")
        print_json({"units": [{field: getattr(row, field) for field in fields} for row in rows]})
        return 0
    print_table(
        f"Đơn vị của {ward.name}",
        ["Đơn vị", "Cách viết khác", "Liên hệ"],
        [
            [
                row.name + (f" (nhóm: {', '.join(row.members)})" if row.is_group else ""),
                "; ".join(row.aliases),
                "; ".join(_contact(each) for each in row.contacts) or "chưa có",
            ]
            for row in rows
        ],
    )
    return 0


def _contact(contact: dict[str, Any]) -> str:
    """Say how a unit is reached: `1. lan@phuong.vn (thư điện tử, người đứng đầu)`."""
    from services.contact_words import ROLES, muted_words

    said = [CHANNELS.get(contact["channel"], contact["channel"])]
    if contact["role"] != "officer":
        said.append(ROLES[contact["role"]])
    if contact["muted_at"]:
        said.append(muted_words(contact["muted_why"]))
    return f"{contact['rank']}. {contact['address']} ({', '.join(said)})"


def _user_add(arguments: Namespace) -> int:
    from services.people import add_user

    role = Role(arguments.role)
    with database() as office, office.begin() as (connection, ward):
        actor = _actor(connection, ward, arguments, Action.MANAGE_ACCOUNTS)
        add_user(
            connection,
            ward,
            arguments.name,
            role=role,
            unit=arguments.unit,
            email=arguments.email,
            actor=actor,
            now=office.now,
        )
        said = _link(office, connection, ward, arguments.name, actor)
    print(f"Đã có người dùng {arguments.name} ({ROLE_NAMES[role]}).")
    print(said)
    return 0


def _user_reset(arguments: Namespace) -> int:
    from services.links import give_temporary
    from services.passwords import Passwords

    with database() as office, office.begin() as (connection, ward):
        actor = _actor(connection, ward, arguments, Action.MANAGE_ACCOUNTS)
        if arguments.temporary:
            password = give_temporary(
                connection, ward, arguments.name, Passwords(), actor=actor, now=office.now
            )
            said = f"Mật khẩu tạm của {arguments.name}, phải đổi khi đăng nhập: {password}"
        else:
            said = _link(office, connection, ward, arguments.name, actor)
    print(said)
    return 0


def _link(office: Office, connection: Connection, ward: Ward, name: str, actor: str) -> str:
    """Mail a link that sets the password, or return it where there is no way to mail it."""
    from config.secrets import load_keys
    from services.links import mail_link, password_link

    keys, now = load_keys(office.settings), office.now
    by_mail = office.settings.mail_url is not None
    if by_mail and mail_link(connection, keys, ward.id, name, actor=actor, now=now):
        return f"Đã gửi đường dẫn đặt mật khẩu tới địa chỉ thư của {name}."
    path = password_link(connection, keys, ward, name, actor=actor, now=now)
    return f"Đường dẫn đặt mật khẩu (dùng một lần, trong 24 giờ): {office.link_base}{path}"


def _user_list(arguments: Namespace) -> int:
    from services.people import users

    with database() as office, office.begin() as (connection, ward):
        rows = users(connection, ward)
    if arguments.json:
        fields = ("name", "role", "unit", "email", "active", "machine")
        print_json({"users": [{field: getattr(row, field) for field in fields} for row in rows]})
        return 0
    print_table(
        f"Người dùng của {ward.name}",
        ["Tên", "Vai trò", "Đơn vị", "Thư", ""],
        [
            [
                row.name,
                ROLE_NAMES[Role(row.role)],
                row.unit or "—",
                row.email or "—",
                "; ".join(
                    said for said, is_so in (("máy", row.machine), ("đã khoá", not row.active)) if is_so
                ),
            ]
            for row in rows
        ],
    )
    return 0


def _user_disable(arguments: Namespace) -> int:
    from services.people import disable_user

    with database() as office, office.begin() as (connection, ward):
        actor = _actor(connection, ward, arguments, Action.MANAGE_ACCOUNTS)
        disable_user(connection, ward, arguments.name, actor=actor, now=office.now)
    print(f"Đã khoá {arguments.name}.")
    return 0


def _actor(connection: Connection, ward: Ward, arguments: Namespace, action: Action) -> str:
    """Return how the history names who does it: `--by` if they may, else the installation itself."""
    from services.people import permitted

    return SYSTEM if arguments.by is None else permitted(connection, ward, arguments.by, action).actor
