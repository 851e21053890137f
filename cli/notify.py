"""`cchc notify`: what was sent, whether a channel works, and what a person does about what did not arrive."""

from __future__ import annotations

from argparse import Namespace

from cli.office import database, print_json, print_table
from cli.words import Commands, by_option, count, json_option, named
from domain.words import CHANNELS, MESSAGE_STATES, REASONS, in_brief

_FIELDS = (
    "id", "state", "reason", "task", "label", "stage", "unit", "channel", "recipient", "attempts",
    "created_at", "settled_at", "subject", "provider_id", "answer", "receipts", "replaces",
)  # fmt: skip # short values read best packed
_NUMBER = "số trong “cchc notify list”"


def run(words: list[str]) -> int:
    """Run `cchc notify …`."""
    commands = Commands("notify", "Thư và tin nhắn đã gửi, các kênh gửi.")
    listed = commands.add("list", "các thông báo trong hộp gửi, mới nhất trước", _list)
    listed.add_argument("--state", choices=list(MESSAGE_STATES), help=named(MESSAGE_STATES))
    listed.add_argument("--channel", choices=list(CHANNELS), help=named(CHANNELS))
    listed.add_argument("--limit", type=count, default=200, metavar="SỐ", help="nhiều nhất (không ghi: 200)")
    json_option(listed)
    tested = commands.add("test", "gửi thử một thông báo", _test)
    tested.add_argument("channel", metavar="KÊNH", choices=list(CHANNELS), help=named(CHANNELS))
    tested.add_argument(
        "to", metavar="ĐỊA-CHỈ", help="địa chỉ thư, mã nhóm hoặc người dùng Zalo, số điện thoại"
    )
    again = commands.add("resend", "gửi lại một thông báo không gửi được", _resend)
    again.add_argument("message", type=count, metavar="SỐ-THÔNG-BÁO", help=_NUMBER)
    by_option(again)
    cleared = commands.add("confirm", "cho biết một thông báo chưa rõ đã tới hay chưa tới", _confirm)
    cleared.add_argument("message", type=count, metavar="SỐ-THÔNG-BÁO", help=_NUMBER)
    outcome = cleared.add_mutually_exclusive_group(required=True)
    outcome.add_argument("--arrived", action="store_true", help="người nhận cho biết đã nhận được")
    outcome.add_argument("--lost", action="store_true", help="người nhận không nhận được: gửi lại")
    cleared.add_argument("--reason", default="", metavar="CĂN-CỨ", help="biết từ đâu, ví dụ: đã gọi điện")
    by_option(cleared)
    json_option(commands.add("channels", "các kênh gửi: kênh nào dùng được, kênh nào tạm giữ", _channels))
    released = commands.add("release", "mở lại một kênh đang tạm giữ", _release)
    released.add_argument("channel", metavar="KÊNH", help="xem: cchc notify channels")
    by_option(released)
    return commands.run(words[1:])


def _list(arguments: Namespace) -> int:
    from services.messages import Asked, messages

    asked = Asked(state=arguments.state, channel=arguments.channel)
    with database() as office, office.begin() as (connection, ward):
        timezone = office.settings.timezone
        rows = messages(connection, ward, asked, timezone=timezone, limit=arguments.limit)
    if arguments.json:
        print_json({"messages": [{field: getattr(row, field) for field in _FIELDS} for row in rows]})
        return 0
    if not rows:
        print("Không có thông báo nào.")
        return 0
    print_table(
        "Hộp gửi",
        ["Số", "Trạng thái", "Nhiệm vụ", "Tới", "Tiêu đề", "Bên nhận trả lời"],
        [
            [
                str(row.id),
                MESSAGE_STATES[row.state],
                row.task or "—",
                row.recipient,
                row.subject or REASONS.get(row.reason, "—"),
                in_brief(row.answer) or "—",
            ]
            for row in rows
        ],
    )
    return 0


def _test(arguments: Namespace) -> int:
    from notifications.channels import Message, Outcome
    from services.opening import open_one
    from services.people import check_email

    address = arguments.to.strip()
    if arguments.channel == "email":
        check_email(address)
    words = f"Nếu đọc được thông báo này, kênh {CHANNELS[arguments.channel]} hoạt động.\n"
    with database() as office:
        channel = open_one(office.settings, office.engine, arguments.channel)
        try:
            answer = channel.send(
                Message(
                    recipient=address,
                    subject="[CCHC] Thư thử của hệ thống theo dõi kế hoạch cải cách hành chính",
                    text=words,
                    facts=_TEST_FACTS,
                    tracking_id=f"test-{office.now:%Y%m%d%H%M%S}",
                )
            )
        finally:
            channel.close()
    said = {Outcome.SENT: "Bên nhận đã nhận", Outcome.UNKNOWN: "Chưa rõ đã tới"}
    print(f"{said.get(answer.outcome, 'Chưa gửi được')}: {in_brief(answer.text)}")
    return 0 if answer.outcome is Outcome.SENT else 3


_TEST_FACTS = {
    "ma_viec": "THU",
    "ten_viec": "Tin thử của hệ thống theo dõi kế hoạch",
    "noi_dung": "Tin thử của hệ thống theo dõi kế hoạch",
    "don_vi": "Đơn vị nhận tin thử",
    "han": "31/12/2026",
    "con_lai": "tin thử",
}


def _resend(arguments: Namespace) -> int:
    from services.resending import resend

    with database() as office, office.begin() as (connection, ward):
        ids = resend(connection, ward, arguments.message, by=arguments.by, now=office.now)
    print(f"Đã xếp gửi lại thông báo số {_numbers(ids)}.")
    return 0


def _confirm(arguments: Namespace) -> int:
    from services.resending import clear_up

    with database() as office, office.begin() as (connection, ward):
        ids = clear_up(
            connection,
            ward,
            arguments.message,
            arrived=arguments.arrived,
            reason=arguments.reason,
            by=arguments.by,
            now=office.now,
        )
    done = "đã tới" if arguments.arrived else "chưa tới, xếp gửi lại"
    print(f"Đã ghi: thông báo số {_numbers(ids)} {done}.")
    return 0


def _channels(arguments: Namespace) -> int:
    from services.channels import states

    with database() as office, office.begin() as (connection, ward):
        rows = states(connection, ward, office.now)
    if arguments.json:
        fields = ("name", "enabled", "held_since", "held_code", "held_why", "waiting", "failed", "unknown")
        print_json({"channels": [{field: getattr(row, field) for field in fields} for row in rows]})
        return 0
    print_table(
        "Các kênh gửi",
        ["Kênh", "Tên", "Tình trạng", "Chờ gửi", "Không gửi được*", "Chưa rõ*"],
        [
            [
                row.name,
                CHANNELS.get(row.name, row.name),
                f"tạm giữ: {row.held_why}"
                if row.held_since
                else ("đang dùng" if row.enabled else "chưa thiết lập"),
                str(row.waiting),
                str(row.failed),
                str(row.unknown),
            ]
            for row in rows
        ],
    )
    print("* trong 7 ngày qua.")
    return 0


def _release(arguments: Namespace) -> int:
    from services.channels import release

    with database() as office, office.begin() as (connection, ward):
        release(connection, ward, arguments.channel, by=arguments.by, now=office.now)
    print(f"Đã mở lại kênh {CHANNELS.get(arguments.channel, arguments.channel)}.")
    return 0


def _numbers(ids: list[int]) -> str:
    return ", ".join(map(str, ids))
