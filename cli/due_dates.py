"""`cchc plan calendar`: due dates on the screen, as JSON, for a calendar program or as a workbook."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cli.office import Office, database, print_json, print_table, vietnamese
from domain.plans import STAGE_NAMES, Stage


def calendar(arguments: Namespace) -> int:
    """Print the due dates, or write them to a file."""
    from services.plans import calendar

    with database() as office, office.begin() as (connection, ward):
        if arguments.ics:
            return _entries(office, connection, ward, arguments)
        rows = calendar(connection, ward, arguments.year)
    if arguments.json:
        fields = ("due_on", "code", "stage", "label", "unit", "state", "assumed", "title")
        print_json({"dates": [{field: getattr(row, field) for field in fields} for row in rows]})
        return 0
    if arguments.xlsx:
        return _workbook(arguments.xlsx, ward.name, rows, f"{vietnamese(office.now.date())}")
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


def _entries(office: Office, connection: Any, ward: Any, arguments: Namespace) -> int:
    from config.faults import reported
    from services.feeds import calendar_file

    body, count = calendar_file(connection, ward, arguments.year, link_base=office.link_base)
    with reported("Không ghi được tệp"):
        Path(arguments.ics).write_bytes(body)
    print(f"Đã ghi {count} thời hạn vào {arguments.ics}.")
    return 0


def _workbook(target: str, ward: str, rows: Sequence[Any], today: str) -> int:
    from config.faults import reported
    from domain.words import STAGE_STATES
    from services.spreadsheets import Column, Table, write_xlsx

    widths = {"Thời hạn": 13, "Mã số": 9, "Nhiệm vụ": 60, "Kỳ thực hiện": 22, "Bước": 22}
    columns = [Column(*each) for each in {**widths, "Đơn vị": 28, "Tình trạng": 24, "Tạm tính": 10}.items()]
    lines = [
        (
            row.due_on, row.code, row.title, row.label, STAGE_NAMES[Stage(row.stage)], row.unit,
            STAGE_STATES[row.state], "tạm tính" if row.assumed else "",
        )
        for row in rows
    ]  # fmt: skip # the columns in their order
    head = [f"{ward}: các thời hạn", f"Lập ngày {today}; {len(rows)} thời hạn"]
    with reported("Không ghi được tệp"), Path(target).open("wb") as file:
        write_xlsx(Table("Thời hạn", columns, lines, head), file)
    print(f"Đã ghi {len(rows)} thời hạn vào {target}.")
    return 0
