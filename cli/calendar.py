"""`cchc calendar`: the official notices about days off and made-up working days."""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace
from datetime import date

from cli.office import database, print_json, print_table, vietnamese
from cli.words import Commands, by_option, day, json_option, year


def run(words: list[str]) -> int:
    """Run `cchc calendar …`."""
    commands = Commands("calendar", "Ngày nghỉ, ngày làm bù theo thông báo chính thức.")
    json_option(commands.add("notices", "các thông báo ngày nghỉ đang có", _notices))
    add = commands.add("add", "ghi một thông báo ngày nghỉ, làm bù của một năm", _add)
    add.add_argument("document", metavar="VĂN-BẢN", help="số, tên văn bản")
    add.add_argument("--year", type=year, required=True, metavar="NĂM", help="năm của các ngày này")
    add.add_argument("--off", type=days, default=(), metavar="NGÀY,…", help="ngày nghỉ, cách nhau dấu phẩy")
    add.add_argument("--worked", type=days, default=(), metavar="NGÀY,…", help="ngày làm bù")
    by_option(add)
    withdraw = commands.add("withdraw", "bỏ một thông báo đã ghi nhầm hoặc hết hiệu lực", _withdraw)
    withdraw.add_argument("number", type=int, metavar="SỐ", help="số trong “cchc calendar notices”")
    by_option(withdraw)
    return commands.run(words[1:])


def days(text: str) -> tuple[date, ...]:
    """Read days set apart by commas.

    Raises:
        argparse.ArgumentTypeError: one of them is none.
    """
    found = tuple(day(part) for part in text.split(",") if part.strip())
    if not found:
        raise ArgumentTypeError("cần ít nhất một ngày, ví dụ 2027-02-08,2027-02-09")
    return found


def _notices(arguments: Namespace) -> int:
    from services.office_calendar import calendar_around, notices

    with database() as office, office.begin() as (connection, _):
        found = notices(connection)
        provisional = sorted(calendar_around(connection, office.today).provisional)
    if arguments.json:
        rows = [
            {
                "number": each.number,
                "document": each.notice.document,
                "year": each.notice.year,
                "off": each.notice.off,
                "worked": each.notice.worked,
                "added_at": each.added_at,
                "withdrawn_at": each.withdrawn_at,
            }
            for each in found
        ]
        print_json({"notices": rows, "provisional": provisional})
        return 0
    print_table(
        "Thông báo ngày nghỉ, làm bù",
        ["Số", "Năm", "Văn bản", "Nghỉ", "Làm bù", ""],
        [
            [
                str(each.number) if each.number else "—",
                str(each.notice.year),
                each.notice.document,
                _listed(each.notice.off),
                _listed(each.notice.worked),
                "đi kèm chương trình" if each.number is None else "đã bỏ" if each.withdrawn_at else "",
            ]
            for each in found
        ],
    )
    ahead = [str(each) for each in provisional if each >= office.today.year]
    if ahead:
        print(f"Ngày nghỉ năm {', '.join(ahead)} là tạm tính: chưa ghi thông báo chính thức.")
    return 0


def _add(arguments: Namespace) -> int:
    from domain.calendar import Notice
    from services.office_calendar import add_notice

    notice = Notice(arguments.document, arguments.year, arguments.off, arguments.worked)
    with database() as office, office.begin() as (connection, ward):
        number = add_notice(connection, ward, notice, by=arguments.by, now=office.now)
    print(
        f"Đã ghi thông báo số {number}, năm {arguments.year}: {len(set(arguments.off))} ngày nghỉ, "
        f"{len(set(arguments.worked))} ngày làm bù."
    )
    return 0


def _withdraw(arguments: Namespace) -> int:
    from services.office_calendar import withdraw_notice

    with database() as office, office.begin() as (connection, ward):
        notice = withdraw_notice(connection, ward, arguments.number, by=arguments.by, now=office.now)
    print(f"Đã bỏ thông báo số {arguments.number} (năm {notice.year}): {notice.document}.")
    return 0


def _listed(found: tuple[date, ...]) -> str:
    return ", ".join(map(vietnamese, found)) or "—"
