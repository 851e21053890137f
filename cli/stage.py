"""`cchc stage`: handing in, taking back, accepting, returning."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from cli.office import database, print_json, vietnamese
from cli.words import Commands, Parser, by_option, day, json_option
from domain.people import Action
from domain.plans import STAGE_NAMES, Stage

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from services.people import Ward
    from services.stages import Result


def run(words: list[str]) -> int:
    """Run `cchc stage …`."""
    commands = Commands("stage", "Nộp, rút lại, nghiệm thu, trả lại từng bước của một kỳ thực hiện.")
    handed = commands.add("submit", "nộp kết quả một bước", _submit)
    which_stage(handed)
    handed.add_argument("--doc-number", metavar="SỐ", help="số, ký hiệu văn bản kết quả")
    handed.add_argument("--doc-date", type=day, metavar="NGÀY")
    handed.add_argument("--file", action="append", default=[], type=Path, metavar="TỆP")
    handed.add_argument("--note", metavar="GHI-CHÚ")
    handed.add_argument("--on", type=day, metavar="NGÀY", help="ngày thực hiện xong (mặc định: hôm nay)")
    which_stage(commands.add("withdraw", "rút lại kết quả chưa ai nghiệm thu", _withdraw))
    accepted = commands.add("accept", "nghiệm thu một bước", _accept)
    which_stage(accepted)
    accepted.add_argument("--reason", metavar="LÝ-DO", help="ý kiến ghi kèm, nếu có")
    returned = commands.add("return", "trả lại một bước, có lý do", _return)
    which_stage(returned)
    returned.add_argument("--reason", metavar="LÝ-DO")
    return commands.run(words[1:])


def which_stage(parser: Parser) -> None:
    """Add the words that say which stage of which task is meant, and by whom."""
    parser.add_argument("code", metavar="MÃ", help="nhiệm vụ, ví dụ II.3")
    parser.add_argument(
        "stage", metavar="BƯỚC", choices=[stage.value for stage in Stage], help="plan, implement, report"
    )
    parser.add_argument(
        "--occurrence", metavar="KỲ", help="tên kỳ, ví dụ “Quý I/2026”, khi có nhiều kỳ đang mở"
    )
    by_option(parser)
    json_option(parser)


def _submit(arguments: Namespace) -> int:
    from services.documents import DocumentStore
    from services.stages import Submission, submit
    from services.tasks import find_occurrence

    stage = Stage(arguments.stage)
    with database() as office:
        store = DocumentStore(office.settings.data / "documents")
        files = tuple(store.keep_file(path) for path in arguments.file)
        with office.begin() as (connection, ward):
            occurrence = find_occurrence(
                connection,
                ward,
                arguments.code,
                stage,
                Action.SUBMIT,
                label=arguments.occurrence,
                by=arguments.by,
            )
            submission = Submission(
                occurrence,
                stage,
                arguments.on or office.today,
                doc_number=arguments.doc_number,
                doc_date=arguments.doc_date,
                note=arguments.note,
                files=files,
            )
            result = submit(
                connection, ward.id, submission, by=arguments.by, today=office.today, now=office.now
            )
    late = f" (quá hạn {vietnamese(result.due_on)})" if result.late else ""
    return _say(
        arguments, result, f"Đã nộp bước “{STAGE_NAMES[stage]}” của {arguments.code}{late}; chờ nghiệm thu."
    )


def _withdraw(arguments: Namespace) -> int:
    from services.stages import withdraw

    stage = Stage(arguments.stage)
    with database() as office, office.begin() as (connection, ward):
        occurrence = _find(connection, ward, arguments, own=True)
        result = withdraw(
            connection, ward.id, occurrence, stage, by=arguments.by, today=office.today, now=office.now
        )
    done = f"Đã rút lại kết quả bước “{STAGE_NAMES[stage]}” của {arguments.code}; có thể nộp lại."
    return _say(arguments, result, done)


def _accept(arguments: Namespace) -> int:
    from services.stages import accept

    stage = Stage(arguments.stage)
    with database() as office, office.begin() as (connection, ward):
        occurrence = _find(connection, ward, arguments)
        result = accept(
            connection, ward.id, occurrence, stage, by=arguments.by, reason=arguments.reason, now=office.now
        )
    closed = " Kỳ thực hiện đã hoàn thành." if stage is Stage.REPORT else ""
    return _say(arguments, result, f"Đã nghiệm thu bước “{STAGE_NAMES[stage]}” của {arguments.code}.{closed}")


def _return(arguments: Namespace) -> int:
    from services.stages import send_back

    stage = Stage(arguments.stage)
    with database() as office, office.begin() as (connection, ward):
        occurrence = _find(connection, ward, arguments)
        result = send_back(
            connection, ward.id, occurrence, stage, by=arguments.by, reason=arguments.reason, now=office.now
        )
    return _say(arguments, result, f"Đã trả lại bước “{STAGE_NAMES[stage]}” của {arguments.code}.")


def _find(connection: Connection, ward: Ward, arguments: Namespace, *, own: bool = False) -> int:
    """Return the occurrence whose result waits; with `own`, of the person's own unit where it has one."""
    from services.tasks import find_occurrence

    return find_occurrence(
        connection,
        ward,
        arguments.code,
        Stage(arguments.stage),
        Action.ACCEPT,
        label=arguments.occurrence,
        by=arguments.by,
        own=own,
    )


def _say(arguments: Namespace, result: Result, done: str) -> int:
    if arguments.json:
        print_json(
            {
                "task": arguments.code,
                "stage": arguments.stage,
                "attempt": result.attempt,
                "late": result.late,
                "already": result.already,
            }
        )
    else:
        print("Việc này đã được ghi nhận trước đó, không ghi lần nữa." if result.already else done)
    return 0
