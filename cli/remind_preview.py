"""`cchc remind preview`: a look ahead at what would be sent to whom, and why."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING

from cli.office import database, print_json, print_table, vietnamese
from cli.words import Commands, day, json_option
from domain.plans import STAGE_NAMES, Stage

if TYPE_CHECKING:
    from services.previews import Asked, Foreseen


def preview_command(commands: Commands) -> None:
    """Add `preview`."""
    preview = commands.add("preview", "xem trước sẽ nhắc ai, việc gì, vì sao", _preview)
    preview.add_argument("--from", dest="first", type=day, metavar="NGÀY", help="không ghi: hôm nay")
    preview.add_argument("--to", dest="last", type=day, metavar="NGÀY", help="không ghi: 30 ngày sau đó")
    preview.add_argument("--unit", metavar="ĐƠN-VỊ", help="chỉ việc do đơn vị này chủ trì")
    preview.add_argument("--task", metavar="MÃ", help="chỉ nhiệm vụ này, ví dụ II.3")
    preview.add_argument(
        "--assume",
        choices=("late", "on-time"),
        default="late",
        help="late: coi như không ai nộp gì (mặc định); on-time: coi như nộp đúng hạn",
    )
    json_option(preview)


def _preview(arguments: Namespace) -> int:
    from services.people import find_unit
    from services.previews import Asked, Assume, preview

    with database() as office, office.begin() as (connection, ward):
        first = arguments.first or office.today
        asked = Asked(
            first,
            arguments.last or first + timedelta(days=30),
            Assume(arguments.assume),
            find_unit(connection, ward, arguments.unit)[0] if arguments.unit else None,
            arguments.task,
        )
        found = preview(connection, ward, asked, today=office.today)
    if arguments.json:
        print_json(_stated(asked, found))
    else:
        _print(asked, found)
    return 0


def _stated(asked: Asked, found: list[Foreseen]) -> dict[str, object]:
    rows = [
        {field.name: getattr(each, field.name) for field in fields(each)}
        | {"why": each.why, "rule_in_words": each.rule_in_words}
        for each in found
    ]
    return {"from": asked.first, "to": asked.last, "assumed": asked.assume.value, "reminders": rows}


def _print(asked: Asked, found: list[Foreseen]) -> None:
    from services.previews import ALWAYS, ASSUMED

    said = ASSUMED[asked.assume]
    print_table(
        f"Nhắc việc từ {vietnamese(asked.first)} đến {vietnamese(asked.last)}, {said}",
        ["Ngày", "Nhiệm vụ", "Bước", "Hạn", "Vì sao", "Theo quy tắc", "Gửi tới"],
        [
            [
                vietnamese(each.day),
                f"{each.task} · {each.label}",
                STAGE_NAMES[Stage(each.stage)],
                vietnamese(each.due_on),
                each.why,
                each.rule_in_words,
                f"{each.recipient} ({each.unit})",
            ]
            for each in found
        ],
    )
    print(f"{len(found)} nhắc việc. {ALWAYS}")
