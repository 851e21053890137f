"""`cchc report`: drafts of reports, and the score sheet."""

from __future__ import annotations

from argparse import Namespace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cli.office import database, print_json
from cli.words import Commands, Parser, by_option, day, json_option, year
from domain.reports import KIND_NAMES, Kind, Period, between, latest, period_of

if TYPE_CHECKING:
    from services.reports import Report

_PERIODS = {
    Kind.QUARTER: "ví dụ 1/2026 hoặc Q1/2026; bỏ trống: quý này",
    Kind.HALF: "1/2026 (6 tháng đầu năm) hoặc 2/2026; bỏ trống: nửa năm này",
    Kind.YEAR: "ví dụ 2026; bỏ trống: năm nay",
}
_FIRST = "bỏ trống: đầu năm của ngày cuối"


def run(words: list[str]) -> int:
    """Run `cchc report …`."""
    commands = Commands("report", "Dự thảo báo cáo (Word, thể thức Nghị định 30/2020) và bảng tự chấm điểm.")
    for kind in Kind:
        parser = commands.add(kind.value, KIND_NAMES[kind].lower(), _write)
        parser.set_defaults(kind=kind)
        if kind in _PERIODS:
            parser.add_argument("--period", metavar="KỲ", help=_PERIODS[kind])
        else:
            parser.add_argument("--from", dest="first", type=day, metavar="NGÀY", help=_FIRST)
            parser.add_argument("--to", dest="last", type=day, metavar="NGÀY", help="bỏ trống: hôm nay")
        _files(parser)
    sheet = commands.add("scorecard", "bảng tự chấm điểm Chỉ số CCHC", _scorecard)
    sheet.add_argument("--xlsx", type=Path, metavar="TỆP", help="ghi ra tệp Excel")
    sheet.add_argument("--year", type=year, metavar="NĂM", help="bỏ trống: năm nay")
    by_option(sheet, required=False)
    json_option(sheet)
    return commands.run(words[1:])


def _files(parser: Parser) -> None:
    parser.add_argument("--docx", type=Path, metavar="TỆP", help="ghi dự thảo ra tệp Word")
    parser.add_argument("--pdf", action="store_true", help="ghi thêm bản PDF bên cạnh (cần LibreOffice)")
    by_option(parser, required=False)
    json_option(parser)


def _period(arguments: Namespace, today: date) -> Period:
    if arguments.kind is Kind.ADHOC:
        last = arguments.last or today
        return between(arguments.first or last.replace(month=1, day=1), last)
    return period_of(arguments.kind, arguments.period) if arguments.period else latest(arguments.kind, today)


def _write(arguments: Namespace) -> int:
    from services.documents import DocumentStore
    from services.reports import report

    if arguments.docx is None and not arguments.json:
        raise SystemExit(_needs_file())
    with database() as office:
        period = _period(arguments, office.today)
        store = DocumentStore(office.settings.data / "documents")
        with office.begin() as (connection, ward):
            facts = report(connection, ward, period, by=arguments.by, today=office.today, store=store)
            proof = None
            if arguments.docx is not None:
                from config.checkpoint_keys import load_checkpoint_keys
                from services.report_proof import proof_of

                keys = load_checkpoint_keys(office.settings.data)
                proof = proof_of(connection, ward, keys, office.now)
        written = _save(arguments, facts, office.settings.data / "reports", proof)
    if arguments.json:
        print_json(_figures(facts) | {"files": [str(path) for path in written]})
        return 0
    for path in written:
        print(f"Đã ghi dự thảo báo cáo {facts.period.label[0].lower()}{facts.period.label[1:]}: {path}")
    print("Số, ngày ban hành và người ký để trống. Đề nghị rà soát, bổ sung phần phương hướng, kiến nghị.")
    return 0


def _needs_file() -> int:
    import sys

    print("Chưa đúng cách dùng: còn thiếu --docx TỆP (hoặc --json để xem số liệu)", file=sys.stderr)
    return 2


def _save(arguments: Namespace, facts: Report, folder: Path, proof: str | None) -> list[Path]:
    """Write the files that are asked for, each whole or not at all."""
    if arguments.docx is None:
        return []
    from io import BytesIO

    from services.report_pdf import as_pdf
    from services.report_writing import write_report

    made = BytesIO()
    write_report(facts, made, folder=folder, proof=proof)
    contents = {arguments.docx: made.getvalue()}
    if arguments.pdf:
        contents[arguments.docx.with_suffix(".pdf")] = as_pdf(made.getvalue())
    for path, content in contents.items():
        _put(path, content)
    return list(contents)


def _put(path: Path, content: bytes) -> None:
    from config.faults import reported

    with reported(f"Không ghi được tệp {path}"):
        new = path.with_name(f".{path.name}.new")
        new.write_bytes(content)
        new.replace(path)


def _figures(facts: Report) -> dict[str, object]:
    dues = {name: getattr(facts.dues, name) for name in ("on_time", "late", "missing", "ahead")}
    return {
        "period": {name: getattr(facts.period, name) for name in ("kind", "label", "first", "last")},
        "plan": facts.number,
        "today": facts.today,
        "as_of": facts.as_of,
        "tasks": len(facts.tasks),
        "statuses": {status.value: count for status, count in facts.statuses.items()},
        "dues": dues,
        "share": facts.dues.share,
        "sections": [
            {"code": each.code, "title": each.title, "tasks": each.tasks,
             "statuses": {status.value: count for status, count in each.statuses.items()}}
            for each in facts.sections
        ],
        "late": [_line(each, stage) for each, stage in facts.lines("late")],
        "missing": [_line(each, stage) for each, stage in facts.lines("missing")],
    }  # fmt: skip # one object a line


def _line(each: object, stage: object) -> dict[str, object]:
    found = {name: getattr(each, name) for name in ("code", "label", "unit")}
    return found | {name: getattr(stage, name) for name in ("stage", "due", "cause", "objective")}


def _scorecard(arguments: Namespace) -> int:
    from cli.scorecard import scorecard

    return scorecard(arguments)
