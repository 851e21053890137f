"""`cchc event`: recording what arrives from outside."""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace
from dataclasses import asdict
from datetime import date
from pathlib import Path

from cli.office import database, print_json, print_table, vietnamese
from cli.questions import add_questions
from cli.words import Commands, by_option, day, json_option


def run(words: list[str]) -> int:
    """Run `cchc event …`."""
    commands = Commands("event", "Ghi nhận văn bản, sự kiện và mở nhiệm vụ chờ sự kiện.")
    json_option(commands.add("types", "các loại sự kiện", _types))
    raised = commands.add("raise", "ghi nhận một văn bản, mở các kỳ thực hiện chờ nó", _raise)
    raised.add_argument("type", metavar="LOẠI", help="xem: cchc event types")
    raised.add_argument("--doc-number", required=True, metavar="SỐ", help="số, ký hiệu văn bản")
    raised.add_argument("--doc-date", required=True, type=day, metavar="NGÀY")
    raised.add_argument("--issuer", required=True, metavar="CƠ-QUAN", help="cơ quan ban hành")
    raised.add_argument("--summary", required=True, metavar="TRÍCH-YẾU")
    raised.add_argument("--task", action="append", default=[], metavar="MÃ", help="nhiệm vụ, ví dụ IV.1")
    raised.add_argument("--due", type=day, metavar="NGÀY", help="thời hạn ghi trong văn bản")
    raised.add_argument(
        "--task-due",
        action="append",
        type=_task_due,
        default=[],
        metavar="MÃ=NGÀY",
        help="thời hạn riêng của một nhiệm vụ; “MÃ=” là không có hạn",
    )
    raised.add_argument("--file", type=Path, metavar="TỆP")
    by_option(raised)
    json_option(raised)
    add_questions(commands)
    return commands.run(words[1:])


def _task_due(text: str) -> tuple[str, date | None]:
    """Read `IV.1=2026-04-10`, or `IV.1=` for no date.

    Raises:
        ArgumentTypeError: it is neither.
    """
    code, sign, written = text.partition("=")
    if not sign or not code.strip():
        raise ArgumentTypeError(f"“{text}” chưa đúng; viết MÃ=NGÀY, ví dụ IV.1=10/4/2026")
    return code.strip(), day(written) if written.strip() else None


def _types(arguments: Namespace) -> int:
    from config.event_types import load_event_types

    types = load_event_types()
    if arguments.json:
        print_json({"types": [{"code": each.code, "name": each.label} for each in types]})
    else:
        rows = [[each.code, each.label] for each in types]
        print_table("Các loại sự kiện", ["Loại", "Nghĩa"], rows)
    return 0


def _raise(arguments: Namespace) -> int:
    from services.documents import DocumentStore
    from services.events import EventRequest, raise_event

    with database() as office:
        store = DocumentStore(office.settings.data / "documents")
        request = EventRequest(
            type=arguments.type,
            doc_number=arguments.doc_number,
            doc_date=arguments.doc_date,
            issuer=arguments.issuer,
            summary=arguments.summary,
            tasks=tuple(arguments.task),
            due_on=arguments.due,
            dues=dict(arguments.task_due),
            file=store.keep_file(arguments.file) if arguments.file else None,
        )
        with office.begin() as (connection, ward):
            raised = raise_event(
                connection, ward, request, by=arguments.by, today=office.today, now=office.now
            )
    if arguments.json:
        print_json(
            {
                "event": raised.event_id,
                "already": raised.already,
                "new": raised.new,
                "occurrences": [asdict(each) for each in raised.occurrences],
            }
        )
        return 0
    number = f"{arguments.doc_number} ngày {vietnamese(arguments.doc_date)}"
    if raised.already and not raised.new:
        print(f"Văn bản {number} đã được ghi nhận trước đó; không mở thêm kỳ nào.")
    else:
        print(f"Đã ghi nhận văn bản {number}; mở {raised.new} kỳ thực hiện.")
    rows = [[each.task, each.label, each.unit] for each in raised.occurrences]
    print_table("Các kỳ của văn bản này", ["Nhiệm vụ", "Kỳ", "Đơn vị chủ trì"], rows)
    return 0
