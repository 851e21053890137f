"""`cchc audit`: the history, verified and shown."""

from __future__ import annotations

import json
from argparse import Namespace

from cli.office import database, print_json, print_table
from cli.words import Commands, count, json_option


def run(words: list[str]) -> int:
    """Run `cchc audit …`."""
    commands = Commands("audit", "Nhật ký: kiểm tra và xem.")
    json_option(commands.add("verify", "tính lại toàn bộ nhật ký và phát hiện sửa đổi", _verify))
    shown = commands.add("show", "xem nhật ký, mới nhất trước", _show)
    shown.add_argument("--task", metavar="MÃ")
    shown.add_argument("--limit", type=count, default=100, metavar="SỐ")
    json_option(shown)
    return commands.run(words[1:])


def _verify(arguments: Namespace) -> int:
    from models.database import transaction
    from services.audit import verify

    with database() as office, transaction(office.engine) as connection:
        verdict = verify(connection)
    if arguments.json:
        print_json(verdict.as_dict())
        return 0 if verdict.ok else 1
    for ward in verdict.wards:
        if not ward.problems:
            print(f"{ward.ward}: {ward.size} sự kiện, không phát hiện sửa đổi. Gốc cây băm: {ward.root}")
            continue
        print(f"{ward.ward}: PHÁT HIỆN ĐƯỢC SỬA ĐỔI, từ vị trí {ward.first_bad}:")
        for problem in ward.problems:
            print(f"  - {problem}")
    return 0 if verdict.ok else 1


def _show(arguments: Namespace) -> int:
    from services.audit import show

    with database() as office, office.begin() as (connection, ward):
        rows = show(connection, ward, code=arguments.task, limit=arguments.limit)
    if arguments.json:
        print_json({"events": [json.loads(row.body) for row in rows]})
        return 0
    print_table(
        f"Nhật ký của {ward.name}",
        ["Vị trí", "Thời điểm (UTC)", "Sự kiện", "Nội dung"],
        [
            [str(row.position), f"{row.recorded_at:%d/%m/%Y %H:%M:%S}", row.kind, _facts(row.body)]
            for row in rows
        ],
    )
    return 0


def _facts(body: str) -> str:
    event = json.loads(body)
    facts = ", ".join(f"{name}={value}" for name, value in event["facts"].items())
    return f"{event['actor']['role']}#{event['actor']['id']}: {facts}"
