"""`cchc report scorecard`."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from cli.office import database, print_json, print_table
from domain.scorecard import decimal


def scorecard(arguments: Namespace) -> int:
    """Print the score sheet of a year, or write it as a workbook."""
    from services.scorecard import UNCONFIRMED, score_sheet

    with database() as office, office.begin() as (connection, ward):
        sheet = score_sheet(
            connection,
            ward,
            arguments.year or office.today.year,
            by=arguments.by,
            today=office.today,
            folder=office.settings.data / "scorecard",
        )
    if arguments.xlsx is not None:
        _save(sheet, arguments.xlsx, office.link_base)
    if arguments.json:
        print_json(_as_dict(sheet) | {"file": arguments.xlsx})
        return 0
    if not sheet.card.confirmed:
        print(UNCONFIRMED)
    if arguments.xlsx is not None:
        print(f"Đã ghi bảng tự chấm điểm: {arguments.xlsx}")
        return 0
    rows = [
        [
            line.criterion.code,
            line.criterion.title,
            decimal(line.criterion.most) if line.criterion.most is not None else "",
            line.score.declared if line.score else "",
            _points(line),
        ]
        for line in sheet.lines
    ]
    rows.append(["", "Tổng", decimal(sheet.most), "", decimal(sheet.points)])
    print_table(
        f"{sheet.card.title}, năm {sheet.facts.period.year}",
        ["STT", "Tiêu chí", "Tối đa", "Số liệu", "Điểm"],
        rows,
    )
    return 0


def _points(line: Any) -> str:
    if line.score is None:
        return ""
    return "tự chấm" if line.score.points is None else decimal(line.score.points)


def _save(sheet: Any, path: Any, base: str) -> None:
    from config.faults import reported
    from services.scorecard import write_sheet

    with reported(f"Không ghi được tệp {path}"):
        new = path.with_name(f".{path.name}.new")
        with new.open("wb") as target:
            write_sheet(sheet, target, base)
        new.replace(path)


def _as_dict(sheet: Any) -> dict[str, Any]:
    return {
        "year": sheet.facts.period.year,
        "document": sheet.card.document,
        "confirmed": sheet.card.confirmed,
        "most": sheet.most,
        "points": sheet.points,
        "criteria": [
            {
                "code": line.criterion.code,
                "title": line.criterion.title,
                "most": line.criterion.most,
                "declared": line.score.declared if line.score else None,
                "formula": line.score.formula if line.score else None,
                "points": line.score.points if line.score else None,
                "evidence": [{"text": each.text, "path": each.path} for each in line.evidence],
            }
            for line in sheet.lines
        ],
    }
