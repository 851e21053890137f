"""`cchc extend`: asking for more time for a stage, and deciding on it."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from cli.office import Office, database, print_json, print_table, vietnamese
from cli.stage import which_stage
from cli.words import Commands, day, json_option
from domain.people import Action
from domain.plans import STAGE_NAMES, Stage

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from services.people import Ward

VERDICTS = {
    None: "chờ lãnh đạo quyết định",
    "granted": "được chấp thuận",
    "refused": "không được chấp thuận",
    "withdrawn": "đơn vị đã rút",
}
FIELDS = (
    *("id", "code", "label", "unit", "stage", "former_due", "asked_until", "reason", "document"),
    *("asked_by_name", "asked_at", "verdict", "granted_until", "objective", "answer"),
    *("decided_by_name", "decided_at"),
)


def run(words: list[str]) -> int:
    """Run `cchc extend …`."""
    commands = Commands("extend", "Gia hạn: đơn vị đề nghị, lãnh đạo quyết định.")
    asked = commands.add("request", "đề nghị gia hạn một bước", _request)
    which_stage(asked)
    asked.add_argument("--until", type=day, required=True, metavar="NGÀY", help="đề nghị gia hạn đến ngày")
    asked.add_argument("--reason", required=True, metavar="LÝ-DO")
    asked.add_argument("--document", metavar="VĂN-BẢN", help="số, ngày văn bản đề nghị")
    granted = commands.add("grant", "chấp thuận đề nghị đang chờ", _grant)
    which_stage(granted)
    granted.add_argument(
        "--until", type=day, metavar="NGÀY", help="đến ngày, có thể sớm hơn đề nghị (mặc định: như đề nghị)"
    )
    granted.add_argument("--objective", action="store_true", help="chậm vì lý do khách quan")
    granted.add_argument("--answer", metavar="Ý-KIẾN")
    refused = commands.add("refuse", "từ chối đề nghị đang chờ", _refuse)
    which_stage(refused)
    refused.add_argument("--answer", metavar="Ý-KIẾN")
    which_stage(commands.add("withdraw", "rút đề nghị đang chờ", _withdraw))
    listed = commands.add("list", "các đề nghị chờ quyết định và đã quyết định", _list)
    json_option(listed)
    return commands.run(words[1:])


def _request(arguments: Namespace) -> int:
    from services.extensions import request
    from services.tasks import find_occurrence

    stage = Stage(arguments.stage)
    with database() as office, office.begin() as (connection, ward):
        occurrence = find_occurrence(
            connection,
            ward,
            arguments.code,
            stage,
            Action.ASK_EXTENSION,
            label=arguments.occurrence,
            by=arguments.by,
        )
        number = request(
            connection,
            ward,
            occurrence,
            stage,
            until=arguments.until,
            reason=arguments.reason,
            document=arguments.document,
            by=arguments.by,
            today=office.today,
            now=office.now,
        )
    said = f"Đã gửi đề nghị gia hạn bước “{STAGE_NAMES[stage]}” của {arguments.code} đến "
    return _say(arguments, {"extension": number}, f"{said}{vietnamese(arguments.until)}.")


def _grant(arguments: Namespace) -> int:
    from services.extensions import grant

    with database() as office, office.begin() as (connection, ward):
        row = _waiting(connection, ward, office, arguments)
        granted = grant(
            connection,
            ward,
            row.id,
            until=arguments.until or row.asked_until,
            objective=arguments.objective,
            answer=arguments.answer,
            by=arguments.by,
            today=office.today,
            now=office.now,
            timezone=office.settings.timezone,
        )
    said = f"Đã chấp thuận gia hạn {arguments.code} đến {vietnamese(granted.until)}."
    if not granted.moved:
        said += " Thời hạn không đổi, kết quả vẫn tính quá hạn."
    for later, due in granted.overtaken:
        said += f"\nLưu ý: bước “{STAGE_NAMES[later]}” có hạn {vietnamese(due)}, trước thời hạn mới."
    overtaken = {later.value: due for later, due in granted.overtaken}
    facts = {"extension": row.id, "until": granted.until, "moved": granted.moved, "overtaken": overtaken}
    return _say(arguments, facts, said)


def _refuse(arguments: Namespace) -> int:
    from services.extensions import refuse

    with database() as office, office.begin() as (connection, ward):
        row = _waiting(connection, ward, office, arguments)
        refuse(
            connection,
            ward,
            row.id,
            answer=arguments.answer,
            by=arguments.by,
            today=office.today,
            now=office.now,
            timezone=office.settings.timezone,
        )
    return _say(arguments, {"extension": row.id}, f"Đã từ chối gia hạn {arguments.code}.")


def _withdraw(arguments: Namespace) -> int:
    from services.extensions import withdraw

    with database() as office, office.begin() as (connection, ward):
        row = _waiting(connection, ward, office, arguments)
        withdraw(
            connection,
            ward,
            row.id,
            by=arguments.by,
            today=office.today,
            now=office.now,
            timezone=office.settings.timezone,
        )
    return _say(arguments, {"extension": row.id}, f"Đã rút đề nghị gia hạn {arguments.code}.")


def _waiting(connection: Connection, ward: Ward, office: Office, arguments: Namespace) -> Any:
    from services.extensions import waiting_one

    return waiting_one(
        connection,
        ward,
        arguments.code,
        Stage(arguments.stage),
        label=arguments.occurrence,
        timezone=office.settings.timezone,
    )


def _list(arguments: Namespace) -> int:
    from services.extensions import recent, waiting

    with database() as office, office.begin() as (connection, ward):
        zone = office.settings.timezone
        rows = [*waiting(connection, ward, timezone=zone), *recent(connection, ward, timezone=zone)]
    if arguments.json:
        print_json({"extensions": [{field: getattr(row, field) for field in FIELDS} for row in rows]})
        return 0
    print_table(
        f"Gia hạn, {ward.name}",
        ["Việc", "Bước", "Đơn vị", "Từ", "Đến", "Lý do", "Quyết định"],
        [
            [
                f"{row.code} · {row.label}",
                STAGE_NAMES[Stage(row.stage)],
                row.unit,
                vietnamese(row.former_due),
                vietnamese(row.granted_until or row.asked_until),
                row.reason,
                _verdict(row),
            ]
            for row in rows
        ],
    )
    return 0


def _verdict(row: Any) -> str:
    from services.extensions import moved

    if row.verdict == "granted" and not moved(row):
        return "chấp thuận chậm" + (", khách quan" if row.objective else "")
    if row.verdict is None and not row.decidable:
        return "đã nộp hoặc đóng trước khi có quyết định"
    return VERDICTS[row.verdict]


def _say(arguments: Namespace, facts: dict[str, Any], said: str) -> int:
    if arguments.json:
        print_json({"task": arguments.code, "stage": arguments.stage, **facts})
    else:
        print(said)
    return 0
