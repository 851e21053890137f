"""`cchc notify`: what was sent, and whether a channel works."""

from __future__ import annotations

from argparse import Namespace

from cli.office import database, print_json, print_table
from cli.words import Commands, count, json_option
from domain.words import MESSAGE_STATES


def run(words: list[str]) -> int:
    """Run `cchc notify …`."""
    commands = Commands("notify", "Thư và tin nhắn đã gửi, thử kênh gửi.")
    listed = commands.add("list", "các thư trong hộp gửi, mới nhất trước", _list)
    listed.add_argument("--state", choices=list(MESSAGE_STATES))
    listed.add_argument("--limit", type=count, default=200, metavar="SỐ")
    json_option(listed)
    tested = commands.add("test", "gửi thử một thư", _test)
    tested.add_argument("channel", metavar="KÊNH", choices=["email"])
    tested.add_argument("to", metavar="ĐỊA-CHỈ")
    return commands.run(words[1:])


def _list(arguments: Namespace) -> int:
    from services.outbox import messages

    with database() as office, office.begin() as (connection, ward):
        rows = messages(connection, ward.id, state=arguments.state, limit=arguments.limit)
    fields = (
        "id", "state", "reason", "task", "label", "stage", "channel", "recipient", "attempts", "created_at",
        "settled_at", "subject", "provider_id", "answer",
    )  # fmt: skip # short values read best packed
    if arguments.json:
        print_json({"messages": [{field: getattr(row, field) for field in fields} for row in rows]})
        return 0
    print_table(
        "Hộp gửi",
        ["Trạng thái", "Nhiệm vụ", "Tới", "Tiêu đề", "Máy chủ trả lời"],
        [
            [MESSAGE_STATES[row.state], row.task or "—", row.recipient, row.subject or "—", row.answer or "—"]
            for row in rows
        ],
    )
    return 0


def _test(arguments: Namespace) -> int:
    from config.settings import load_settings
    from domain.errors import SystemFault
    from notifications.channels import Message, Outcome, open_channel
    from services.people import check_email

    check_email(arguments.to)
    settings = load_settings()
    if settings.mail_url is None:
        raise SystemFault(
            "CCHC_MAIL_URL is not set",
            "Chưa có máy chủ thư (CCHC_MAIL_URL); thư đang nằm ở hộp thư nội bộ trên trang web.",
        )
    channel = open_channel(arguments.channel, settings.mail_url.get_secret_value())
    try:
        answer = channel.send(
            Message(
                recipient=arguments.to,
                subject="[CCHC] Thư thử của hệ thống theo dõi kế hoạch cải cách hành chính",
                text="Nếu đọc được thư này, kênh thư điện tử hoạt động.\n",
            )
        )
    finally:
        channel.close()
    done = answer.outcome is Outcome.SENT
    print(f"{'Máy chủ thư đã nhận' if done else 'Chưa gửi được'}: {answer.text}")
    return 0 if done else 3
