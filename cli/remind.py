"""`cchc remind`: what would be sent, and the sweep."""

from __future__ import annotations

from argparse import Namespace
from datetime import timedelta

from cli.office import database, print_json, print_table, vietnamese
from cli.words import Commands, day, json_option
from domain.plans import STAGE_NAMES, Stage


def run(words: list[str]) -> int:
    """Run `cchc remind …`."""
    commands = Commands("remind", "Nhắc việc theo thang thời hạn.")
    preview = commands.add("preview", "xem trước sẽ nhắc ai, việc gì, vì sao", _preview)
    preview.add_argument("--from", dest="first", type=day, metavar="NGÀY")
    preview.add_argument("--to", dest="last", type=day, metavar="NGÀY")
    json_option(preview)
    swept = commands.add("run", "lập các nhắc việc của hôm nay (chạy lại không nhắc hai lần)", _run)
    swept.add_argument("--on", type=day, metavar="NGÀY")
    json_option(swept)
    return commands.run(words[1:])


def _preview(arguments: Namespace) -> int:
    from services.reminders import preview

    with database() as office, office.begin() as (connection, ward):
        first = arguments.first or office.today
        last = arguments.last or first + timedelta(days=30)
        rows = preview(connection, ward.id, first, last)
    if arguments.json:
        fields = (
            "day",
            "task",
            "title",
            "label",
            "unit",
            "stage",
            "due_on",
            "step",
            "recipient",
            "channel",
            "role",
        )
        print_json({"reminders": [{field: getattr(row, field) for field in fields} for row in rows]})
        return 0
    print_table(
        f"Nhắc việc từ {vietnamese(first)} đến {vietnamese(last)} nếu không có gì thay đổi",
        ["Ngày", "Nhiệm vụ", "Bước", "Hạn", "Vì sao", "Gửi tới"],
        [
            [
                vietnamese(row.day),
                f"{row.task} · {row.label}",
                STAGE_NAMES[Stage(row.stage)],
                vietnamese(row.due_on),
                why(row.step),
                f"{row.recipient} ({row.unit})",
            ]
            for row in rows
        ],
    )
    return 0


def why(step: str) -> str:
    """Say a step of the ladder in words."""
    if step == "0":
        return "đến hạn"
    days = step[1:]
    return f"còn {days} ngày" if step.startswith("-") else f"quá hạn {days} ngày làm việc"


def _run(arguments: Namespace) -> int:
    from models.database import transaction
    from services.occurrences import open_due
    from services.reminders import finish, sweep

    with database() as office:
        today = arguments.on or office.today
        with transaction(office.engine) as connection:
            opened = open_due(connection, today, office.now)
            swept = sweep(connection, today, office.now, timezone=office.settings.timezone)
            finish(connection, today, office.now)
    if arguments.json:
        print_json({"day": today, "since": swept.since, "opened": opened, "reminders": swept.reminders})
    else:
        print(f"{vietnamese(today)}: mở {opened} kỳ, lập {swept.reminders} nhắc việc mới.")
    return 0
