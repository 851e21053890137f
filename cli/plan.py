"""`cchc plan`: reading, importing and activating decisions."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from cli.words import Commands, by_option, day, json_option, year


def run(words: list[str]) -> int:
    """Run `cchc plan …`."""
    commands = Commands("plan", "Kế hoạch: đọc quyết định, nhập, đưa vào thực hiện, lịch cả năm.")
    read = commands.add("read", "đọc thử một quyết định, không lưu gì", _read)
    read.add_argument("file", metavar="TỆP")
    json_option(read)
    time = commands.add("read-time", "đọc thử một cụm thời gian; “-” đọc từng dòng JSON", _read_time)
    time.add_argument("text", nargs="+", metavar="CỤM-TỪ")
    time.add_argument("--year", type=year, metavar="NĂM", help="năm của kế hoạch")
    time.add_argument("--issued", type=day, metavar="NGÀY", help="ngày ban hành")
    json_option(time)
    imported = commands.add("import", "nhập một quyết định thành bản nháp kế hoạch", _import)
    imported.add_argument("file", metavar="TỆP")
    by_option(imported, required=False)
    json_option(imported)
    activate = commands.add("activate", "đưa bản nháp mới nhất vào thực hiện", _activate)
    by_option(activate, required=False)
    show = commands.add("show", "kế hoạch đang có và những điểm cần xem lại", _show)
    json_option(show)
    settled = commands.add("settle", "ghi quyết định của người xem về một điểm cần xem lại", _settle)
    settled.add_argument("finding", type=int, metavar="SỐ", help="số ở cột đầu của cchc plan show")
    settled.add_argument("--decision", required=True, metavar="QUYẾT-ĐỊNH")
    by_option(settled)
    calendar = commands.add("calendar", "lịch các thời hạn trong năm", _calendar)
    calendar.add_argument("--year", type=year, metavar="NĂM")
    json_option(calendar)
    return commands.run(words[1:])


def _read(arguments: Namespace) -> int:
    from cli.reading import plan_read

    return plan_read(arguments.file, as_json=arguments.json)


def _read_time(arguments: Namespace) -> int:
    from cli.reading import plan_read_time

    return plan_read_time(
        arguments.text, year=arguments.year, issued=arguments.issued, as_json=arguments.json
    )


def _import(arguments: Namespace) -> int:
    from pathlib import Path

    from cli.office import database, print_json
    from models.database import transaction
    from services.documents import DocumentStore
    from services.plans import import_plan
    from services.reading import read_file

    reading = read_file(Path(arguments.file))
    with database() as office:
        source = DocumentStore(office.settings.data / "documents").keep_file(Path(arguments.file))
        with transaction(office.engine) as connection:
            imported = import_plan(
                connection, reading, source, by=arguments.by, now=office.now, code=office.settings.ward
            )
    if arguments.json:
        print_json(
            {
                "ward": imported.ward.code,
                "plan": imported.plan_id,
                "tasks": imported.tasks,
                "findings": imported.findings,
                "blocking": imported.blocking,
            }
        )
        return 0
    print(
        f"Đã nhập {reading.decision.number} ({imported.ward.name}): {imported.tasks} nhiệm vụ, "
        f"{imported.findings} điểm cần xem lại, trong đó {imported.blocking} điểm phải xử lý trước.\n"
        "Xem: cchc plan show. Đưa vào thực hiện: cchc plan activate"
    )
    return 0


def _activate(arguments: Namespace) -> int:
    from cli.office import database
    from services.plans import activate_plan, plans

    with database() as office, office.begin() as (connection, ward):
        plan_id = activate_plan(connection, ward, by=arguments.by, today=office.today, now=office.now)
        plan = next(row for row in plans(connection, ward) if row.id == plan_id)
    print(f"Kế hoạch {plan.number} năm {plan.year} đang được thực hiện: {plan.tasks} nhiệm vụ.")
    return 0


def _settle(arguments: Namespace) -> int:
    from cli.office import database
    from services.plans import settle_finding

    with database() as office, office.begin() as (connection, ward):
        settle_finding(
            connection, ward, arguments.finding, arguments.decision, by=arguments.by, now=office.now
        )
    print(f"Đã ghi quyết định về điểm số {arguments.finding}.")
    return 0


def _show(arguments: Namespace) -> int:
    from cli.office import database, print_json, print_table, vietnamese
    from domain.words import PLAN_STATES, SEVERITIES
    from services.plans import findings, plans

    with database() as office, office.begin() as (connection, ward):
        rows = [(plan, findings(connection, ward, plan.id)) for plan in plans(connection, ward)]
    if arguments.json:
        print_json({"ward": ward.code, "plans": [_as_dict(plan, found) for plan, found in rows]})
        return 0
    for plan, found in rows:
        print(
            f"{plan.number} ngày {vietnamese(plan.issued_on)} – {plan.title}\n"
            f"{ward.name}, năm {plan.year}: {plan.tasks} nhiệm vụ, {PLAN_STATES[plan.state]}\n"
            f"Lịch báo cáo: {', '.join(vietnamese(each) for each in plan.reporting_calendar)}"
        )
        print_table(
            "Những điểm cần xem lại",
            ["Số", "Mức", "Nhiệm vụ", "Nội dung", "Đã quyết định"],
            [
                [
                    str(each.id),
                    SEVERITIES[each.severity],
                    each.task_code or "—",
                    each.message,
                    each.settlement or "",
                ]
                for each in found
            ],
        )
    return 0


def _as_dict(plan: object, found: Sequence[object]) -> dict[str, object]:
    fields = ("id", "number", "issued_on", "issuer", "title", "year", "state", "tasks", "reporting_calendar")
    finding_fields = ("id", "code", "severity", "message", "task_code", "source_text", "settled_at")
    return {field: getattr(plan, field) for field in fields} | {
        "findings": [{field: getattr(each, field) for field in finding_fields} for each in found]
    }


def _calendar(arguments: Namespace) -> int:
    from cli.office import database, print_json, print_table, vietnamese
    from domain.plans import STAGE_NAMES, Stage
    from services.plans import calendar

    with database() as office, office.begin() as (connection, ward):
        rows = calendar(connection, ward, arguments.year)
    if arguments.json:
        fields = ("due_on", "code", "stage", "label", "unit", "state", "assumed", "title")
        print_json({"dates": [{field: getattr(row, field) for field in fields} for row in rows]})
        return 0
    print_table(
        f"Các thời hạn của {ward.name}",
        ["Hạn", "Nhiệm vụ", "Bước", "Kỳ", "Đơn vị"],
        [
            [
                vietnamese(row.due_on) + (" (tạm tính)" if row.assumed else ""),
                row.code,
                STAGE_NAMES[Stage(row.stage)],
                row.label,
                row.unit,
            ]
            for row in rows
        ],
    )
    return 0
