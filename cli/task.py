"""`cchc task`: what stands where."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from datetime import date
from typing import Any

from cli.assignments import add_assignments
from cli.office import cut, database, print_json, print_table, vietnamese
from cli.words import Commands, by_option, day, json_option
from domain.plans import STAGE_NAMES, Stage
from domain.status import Status
from domain.words import STAGE_STATES


def run(words: list[str]) -> int:
    """Run `cchc task …`."""
    commands = Commands("task", "Nhiệm vụ: danh sách, chi tiết, ấn định thời hạn.")
    listed = commands.add("list", "danh sách nhiệm vụ và tình trạng", _list)
    listed.add_argument("--status", choices=[each.value for each in Status], metavar="TÌNH-TRẠNG")
    listed.add_argument("--unit", metavar="ĐƠN-VỊ")
    json_option(listed)
    shown = commands.add("show", "một nhiệm vụ với mọi kỳ, bước, tài liệu, thư", _show)
    shown.add_argument("code", metavar="MÃ")
    json_option(shown)
    dated = commands.add("set-date", "ấn định thời hạn của một bước", _set_date)
    dated.add_argument("code", metavar="MÃ")
    dated.add_argument("stage", metavar="BƯỚC", choices=[stage.value for stage in Stage])
    dated.add_argument("date", metavar="NGÀY", type=day)
    dated.add_argument("--reason", required=True, metavar="LÝ-DO")
    dated.add_argument("--occurrence", metavar="KỲ")
    by_option(dated)
    add_assignments(commands)
    return commands.run(words[1:])


def _list(arguments: Namespace) -> int:
    from services.people import find_unit
    from services.tasks import list_tasks

    with database() as office, office.begin() as (connection, ward):
        unit = find_unit(connection, ward, arguments.unit)[0] if arguments.unit else None
        status = Status(arguments.status) if arguments.status else None
        lines = list_tasks(connection, ward, office.today, status=status, unit_id=unit)
    if arguments.json:
        print_json({"tasks": [asdict(line) for line in lines]})
        return 0
    print_table(
        f"Nhiệm vụ của {ward.name}",
        ["Mã", "Nội dung", "Chủ trì", "Tình trạng", "Hạn gần nhất", "Bước"],
        [
            [
                line.code,
                cut(line.title, 70),
                "; ".join(line.lead_units),
                line.status,
                vietnamese(line.next_due),
                STAGE_NAMES[line.next_stage] if line.next_stage else "",
            ]
            for line in lines
        ],
    )
    return 0


def _show(arguments: Namespace) -> int:
    from services.succession import last_year
    from services.task_shapes import occurrence_data, task_data
    from services.tasks import show_task

    with database() as office, office.begin() as (connection, ward):
        view = show_task(connection, ward, arguments.code, office.today)
        before = last_year(connection, ward, view.line.id)
    occurrences = [occurrence_data(row, office.today) for row in view.occurrences]
    if arguments.json:
        print_json(
            {
                "task": task_data(view, before),
                "occurrences": occurrences,
                "flow_runs": [run for each in occurrences for run in each["flow_runs"]],
            }
        )
        return 0
    _print(view.line, view.details, occurrences)
    if before is not None:
        print(f"Năm trước: {before.line}")
    return 0


def _print(line: Any, details: Any, occurrences: list[dict[str, Any]]) -> None:
    print(
        f"{line.code}. {line.title}\n"
        f"Chủ trì: {'; '.join(line.lead_units)}\n"
        f"Phối hợp: {'; '.join(details.coordinating_units) or '—'}\n"
        f"Thời gian (nguyên văn): {line.time_text}\n"
        f"Sản phẩm: {'; '.join(details.products) or '—'}\n"
        f"Tình trạng: {line.status}"
    )
    for each in occurrences:
        print_table(
            f"{each['label']} · {each['unit']} · {each['status']}",
            ["Bước", "Trạng thái", "Hạn", "Nộp ngày", "Văn bản"],
            [_stage(stage) for stage in each["stages"]],
        )
        if each["cancel_reason"]:
            print(f"Huỷ: {each['cancel_reason']}")
        for line in (line for stage in each["stages"] for line in _former(stage)):
            print(line)


def _former(stage: dict[str, Any]) -> list[str]:
    """Say when a due date was moved, by whom and by which document."""
    name = STAGE_NAMES[Stage(stage["stage"])]
    lines = []
    for each in stage["former_dues"]:
        former, new = (
            vietnamese(date.fromisoformat(day) if day else None) for day in (each["due"], each["new_due"])
        )
        document = f" (văn bản {each['document']})" if each["document"] else ""
        lines.append(f"Đổi hạn “{name}” từ {former} thành {new}: {each['reason']}{document}, {each['by']}")
    return lines


def _stage(stage: dict[str, Any]) -> list[str]:
    last = stage["submissions"][-1] if stage["submissions"] else None
    handed = "—"
    if last is not None:
        on = date.fromisoformat(last["effective_on"])
        handed = vietnamese(on) + (" (quá hạn)" if last["late"] else "")
    due = vietnamese(date.fromisoformat(stage["due"])) if stage["due"] else "—"
    return [
        STAGE_NAMES[Stage(stage["stage"])],
        STAGE_STATES[stage["state"]],
        due + (" (tạm tính)" if stage["assumed"] else ""),
        handed,
        (last or {}).get("doc_number") or "—",
    ]


def _set_date(arguments: Namespace) -> int:
    from services.due_dates import set_date

    stage = Stage(arguments.stage)
    with database() as office, office.begin() as (connection, ward):
        set_date(
            connection,
            ward,
            arguments.code,
            stage,
            arguments.date,
            reason=arguments.reason,
            by=arguments.by,
            label=arguments.occurrence,
            today=office.today,
            now=office.now,
        )
    print(f"Đã ấn định: {arguments.code}, bước “{STAGE_NAMES[stage]}”, hạn {vietnamese(arguments.date)}.")
    return 0
