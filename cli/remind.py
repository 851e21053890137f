"""`cchc remind`: by which rules people are reminded, what would be sent, and the sweep."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from cli.office import database, print_json, vietnamese
from cli.remind_preview import preview_command
from cli.remind_rules import rule_commands
from cli.words import Commands, day, json_option

if TYPE_CHECKING:
    from datetime import date

    from services.reminders import Swept


def run(words: list[str]) -> int:
    """Run `cchc remind …`."""
    commands = Commands("remind", "Nhắc việc theo thang thời hạn.")
    preview_command(commands)
    rule_commands(commands)
    swept = commands.add("run", "lập các nhắc việc của hôm nay (chạy lại không nhắc hai lần)", _run)
    swept.add_argument("--on", type=day, metavar="NGÀY", help="không ghi: hôm nay")
    json_option(swept)
    return commands.run(words[1:])


def _run(arguments: Namespace) -> int:
    from models.database import transaction
    from services.occurrences import open_due
    from services.office_calendar import calendar_around
    from services.reminders import finish, sweep

    with database() as office:
        today = arguments.on or office.today
        with transaction(office.engine) as connection:
            opened = open_due(connection, today, office.now)
            swept = sweep(connection, today, office.now, timezone=office.settings.timezone)
            finish(connection, today, office.now)
            working = calendar_around(connection, today).is_working(today)
    if arguments.json:
        print_json(
            {
                "day": today,
                "since": swept.since,
                "opened": opened,
                "reminders": swept.reminders,
                "waiting": swept.waiting,
                "bulletins": swept.bulletins,
            }
        )
        return 0
    print(_in_words(today, opened, swept, working=working))
    return 0


def _in_words(today: date, opened: int, swept: Swept, *, working: bool) -> str:
    if not working:
        return f"{vietnamese(today)} là ngày nghỉ: mở {opened} kỳ, không lập nhắc việc."
    more = [
        *([f"{swept.waiting} thư nhắc nghiệm thu"] if swept.waiting else ()),
        *([f"{swept.bulletins} bản tin tuần"] if swept.bulletins else ()),
    ]
    said = [f"{vietnamese(today)}: mở {opened} kỳ, lập {swept.reminders} nhắc việc mới", *more]
    return f"{', '.join(said)}."
