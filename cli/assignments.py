"""`cchc task assign` and `hand-over`: who is in charge of a task in its unit."""

from __future__ import annotations

from argparse import Namespace

from cli.office import database, print_json
from cli.words import Commands, by_option, json_option


def add_assignments(commands: Commands) -> None:
    """Add both to the commands of `cchc task`."""
    assigned = commands.add("assign", "giao người phụ trách một nhiệm vụ trong đơn vị chủ trì", _assign)
    assigned.add_argument("code", metavar="MÃ")
    assigned.add_argument("account", metavar="NGƯỜI", help="người dùng của đơn vị; “-” là thôi giao")
    by_option(assigned)
    json_option(assigned)
    handed = commands.add("hand-over", "bàn giao mọi nhiệm vụ của một người cho người khác", _hand_over)
    handed.add_argument("of", metavar="TỪ-NGƯỜI")
    handed.add_argument("to", metavar="CHO-NGƯỜI", help="người dùng của đơn vị; “-” là chưa có ai")
    handed.add_argument(
        "--task",
        action="append",
        default=[],
        metavar="MÃ",
        help="chỉ bàn giao nhiệm vụ này (ghi được nhiều lần)",
    )
    by_option(handed)
    json_option(handed)


def _assign(arguments: Namespace) -> int:
    from services.assignments import assign, led_tasks
    from services.people import person
    from services.tasks import task_id

    with database() as office, office.begin() as (connection, ward):
        account = None if arguments.account == "-" else arguments.account
        unit = person(connection, ward, account or arguments.by).unit_id
        task = task_id(connection, ward, arguments.code)
        mine = [row.unit_id for row in led_tasks(connection, ward) if row.task_id == task]
        units = mine if account is None and unit not in mine else [unit or 0]
        pairs = [(task, each) for each in units]
        count = assign(connection, ward, pairs, account, by=arguments.by, now=office.now)
    return _said(arguments, count, "Đã giao" if account else "Đã thôi giao")


def _hand_over(arguments: Namespace) -> int:
    from services.assignments import hand_over, led_tasks
    from services.tasks import task_id

    with database() as office, office.begin() as (connection, ward):
        wanted = {task_id(connection, ward, code) for code in arguments.task}
        tasks = [
            (row.task_id, row.unit_id)
            for row in led_tasks(connection, ward)
            if row.task_id in wanted and row.name == arguments.of
        ]
        count = hand_over(
            connection,
            ward,
            arguments.of,
            None if arguments.to == "-" else arguments.to,
            tasks=tasks if wanted else None,
            by=arguments.by,
            now=office.now,
        )
    return _said(arguments, count, "Đã bàn giao")


def _said(arguments: Namespace, count: int, done: str) -> int:
    if arguments.json:
        print_json({"changed": count})
    elif count:
        print(f"{done} {count} nhiệm vụ.")
    else:
        print("Không có gì thay đổi.")
    return 0
