"""`cchc event questions` and `nothing`: has anything arrived this month?"""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from dataclasses import asdict
from datetime import date

from cli.office import database, print_json, print_table
from cli.words import Commands, by_option, json_option


def add_questions(commands: Commands) -> None:
    """Add both to the commands of `cchc event`."""
    asked: ArgumentParser = commands.add("questions", "câu hỏi hằng tháng chưa trả lời", _questions)
    json_option(asked)
    nothing = commands.add("nothing", "trả lời: tháng này chưa có văn bản nào", _nothing)
    nothing.add_argument("codes", nargs="+", metavar="MÃ")
    nothing.add_argument("--month", required=True, type=_month, metavar="NĂM-THÁNG", help="ví dụ 2026-03")
    by_option(nothing)
    json_option(nothing)


def _month(text: str) -> date:
    """Read a month, `2026-03` or `3/2026`.

    Raises:
        ArgumentTypeError: it is none.
    """
    written = re.fullmatch(r"(\d{4})-(\d{1,2})", text) or re.fullmatch(r"(?P<m>\d{1,2})/(?P<y>\d{4})", text)
    try:
        if written:
            named = written.groupdict()
            year, month = (named["y"], named["m"]) if named else written.groups()
            return date(int(year), int(month), 1)
    except ValueError:
        pass
    raise ArgumentTypeError(f"“{text}” không phải là tháng; viết 2026-03 hoặc 3/2026")


def _questions(arguments: Namespace) -> int:
    from services.event_answers import unanswered

    with database() as office, office.begin() as (connection, ward):
        found = unanswered(connection, ward, office.today)
    if arguments.json:
        print_json({"questions": [asdict(each) for each in found]})
        return 0
    rows = [[f"{each.month:%m/%Y}", each.code, each.title[:70], "; ".join(each.units)] for each in found]
    print_table("Câu hỏi hằng tháng chưa trả lời", ["Tháng", "Mã", "Nhiệm vụ", "Chủ trì"], rows)
    return 0


def _nothing(arguments: Namespace) -> int:
    from services.event_answers import answer_nothing, questions
    from services.tasks import task_id

    with database() as office, office.begin() as (connection, ward):
        month = arguments.month
        asked = {
            each.code: each.task_id
            for each in questions(connection, ward, office.today)
            if each.month == month
        }
        pairs = [
            (asked[code] if code in asked else task_id(connection, ward, code), month)
            for code in arguments.codes
        ]
        count = answer_nothing(connection, ward, pairs, by=arguments.by, today=office.today, now=office.now)
    if arguments.json:
        print_json({"answered": count})
    elif count:
        print(f"Đã trả lời cho {count} nhiệm vụ: tháng {month:%m/%Y} chưa có văn bản nào.")
    else:
        print("Đã trả lời như vậy từ trước.")
    return 0
