"""`cchc unit contact` and `cchc unit bind`: how a unit is reached, in which order, and by whose consent."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from cli.office import database
from cli.words import Commands, by_option
from domain.binding import SENT_TO
from domain.people import Action
from domain.refusals import BadValue
from domain.words import CHANNELS
from models.history import SYSTEM

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from services.people import Ward

OPTIONS = {name.replace("-", "_"): name for name in CHANNELS}
_METAVARS = {
    "email": ("THƯ", "địa chỉ thư điện tử"),
    "zalo-group": ("NHÓM", "mã nhóm Zalo của OA"),
    "zalo-user": ("NGƯỜI", "mã người quan tâm OA; nên dùng: cchc unit bind"),
    "zalo-uid": ("NGƯỜI", "mã người quan tâm OA, nhận mẫu tin ZBS"),
    "phone": ("SỐ", "số di động, nhận mẫu tin ZBS"),
    "zalo-bot": ("KHUNG", "mã khung trò chuyện với Zalo Bot"),
}


def add_contacts(commands: Commands) -> None:
    """Add both to the commands of `cchc unit`."""
    contact = commands.add("contact", "ghi, bỏ, mở lại địa chỉ nhận thông báo của một đơn vị", _contact)
    contact.add_argument("unit", metavar="ĐƠN-VỊ", help="tên hoặc tên viết tắt")
    for channel, (metavar, words) in _METAVARS.items():
        contact.add_argument(f"--{channel}", action="append", default=[], metavar=metavar, help=words)
    contact.add_argument("--head", action="store_true", help="là địa chỉ của người đứng đầu đơn vị")
    contact.add_argument(
        "--rank",
        type=int,
        metavar="SỐ",
        help="thứ tự: số nhỏ nhất được gửi trước, số lớn hơn thay thế khi không gửi được (1 đến 9)",
    )
    instead = contact.add_mutually_exclusive_group()
    instead.add_argument("--remove", action="store_true", help="bỏ địa chỉ này")
    instead.add_argument(
        "--unmute", action="store_true", help="gửi lại cho địa chỉ đang tạm dừng, khi người nhận đã đồng ý"
    )
    by_option(contact, required=False)
    bind = commands.add("bind", "tạo mã dùng một lần để cán bộ liên kết Zalo với đơn vị", _bind)
    bind.add_argument("unit", metavar="ĐƠN-VỊ", help="tên hoặc tên viết tắt")
    bind.add_argument("--channel", required=True, choices=list(SENT_TO), help="kênh được liên kết")
    bind.add_argument("--head", action="store_true", help="là người đứng đầu đơn vị")
    by_option(bind)


def _contact(arguments: Namespace) -> int:
    wanted = [(channel, address) for name, channel in OPTIONS.items() for address in getattr(arguments, name)]
    if not wanted:
        options = ", ".join(f"--{channel}" for channel in CHANNELS)
        raise BadValue("Địa chỉ", "", f"cần ít nhất một trong {options}")
    act = _change if arguments.remove or arguments.unmute else _add
    with database() as office, office.begin() as (connection, ward):
        from services.contact_words import channel_warnings

        said = act(connection, ward, arguments, wanted, office.now)
        if not arguments.remove:
            said += channel_warnings(connection, office.settings, {channel for channel, _ in wanted})
    print("\n".join(said))
    return 0


def _add(
    connection: Connection, ward: Ward, arguments: Namespace, wanted: list[tuple[str, str]], now: datetime
) -> list[str]:
    """Add contacts; return what to say, first of all what was done."""
    from services.contact_words import muted_words
    from services.contacts import find_contact
    from services.people import add_contact, permitted

    by, name, muted = arguments.by, "", []
    actor = SYSTEM if by is None else permitted(connection, ward, by, Action.MANAGE_CONTACTS).actor
    for channel, address in wanted:
        _, name = add_contact(
            connection,
            ward,
            arguments.unit,
            channel=channel,
            address=address,
            role="head" if arguments.head else "officer",
            rank=arguments.rank,
            actor=actor,
            now=now,
        )
        found = find_contact(connection, ward, arguments.unit, channel=channel, address=address)
        if found.muted_at is not None:
            muted.append(f"{address} {muted_words(found.muted_why)} Gửi lại khi người nhận đồng ý: --unmute")
    return [f"Đã ghi địa chỉ của {name}: " + "; ".join(address for _, address in wanted), *muted]


def _change(
    connection: Connection, ward: Ward, arguments: Namespace, wanted: list[tuple[str, str]], now: datetime
) -> list[str]:
    """Remove contacts, or write to them again; return what to say."""
    from services.contacts import find_contact, remove_contact, unmute_contact

    change = remove_contact if arguments.remove else unmute_contact
    name = ""
    for channel, address in wanted:
        found = find_contact(connection, ward, arguments.unit, channel=channel, address=address)
        change(connection, ward, found, by=arguments.by, now=now)
        name = found.unit
    done = "Đã bỏ địa chỉ của" if arguments.remove else "Gửi lại cho địa chỉ của"
    return [f"{done} {name}: " + "; ".join(address for _, address in wanted)]


def _bind(arguments: Namespace) -> int:
    from services.binding import make_code
    from services.contact_words import channel_warnings, code_steps, code_warnings

    channel = arguments.channel
    with database() as office, office.begin() as (connection, ward):
        made = make_code(
            connection,
            ward,
            arguments.unit,
            channel=channel,
            role="head" if arguments.head else "officer",
            by=arguments.by,
            now=office.now,
        )
        warnings = channel_warnings(connection, office.settings, {channel})
        warnings += code_warnings(office.settings, channel)
    ends = made.expires_at.astimezone(office.settings.timezone)
    print(f"Mã liên kết của {made.unit} ({CHANNELS[channel]}): {made.code}")
    print(f"Dùng một lần, đến {ends:%H:%M ngày %d/%m/%Y}; chương trình không hiện lại được. Người nhận:")
    for number, step in enumerate(code_steps(made), start=1):
        print(f"{number}. {step}")
    for warning in warnings:
        print(warning)
    return 0
