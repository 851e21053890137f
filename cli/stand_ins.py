"""`cchc unit stand-in`: who hands in for an absent officer, from which day to which."""

from __future__ import annotations

from argparse import Namespace

from cli.office import database, print_json, print_table, vietnamese
from cli.words import Commands, by_option, day, json_option
from domain.refusals import BadValue

FIELDS = (
    "id",
    "account",
    "unit",
    "stand_in",
    "first_day",
    "last_day",
    "reason",
    "made_by",
    "ended_by",
    "now",
)


def add_stand_ins(commands: Commands) -> None:
    """Add it to the commands of `cchc unit`."""
    stand_in = commands.add(
        "stand-in", "người làm thay: danh sách, cử (NGƯỜI-VẮNG NGƯỜI-LÀM-THAY), thôi (--end)", _stand_in
    )
    stand_in.add_argument("account", nargs="?", metavar="NGƯỜI-VẮNG")
    stand_in.add_argument("stand_in", nargs="?", metavar="NGƯỜI-LÀM-THAY")
    stand_in.add_argument("--from", dest="first", type=day, metavar="NGÀY", help="ngày đầu, mặc định hôm nay")
    stand_in.add_argument("--to", dest="last", type=day, metavar="NGÀY", help="ngày cuối")
    stand_in.add_argument("--reason", default="", metavar="LÝ-DO")
    stand_in.add_argument("--end", type=int, metavar="SỐ", help="cho thôi làm thay; số xem ở danh sách")
    by_option(stand_in, required=False)
    json_option(stand_in)


def _stand_in(arguments: Namespace) -> int:
    if arguments.end is None and arguments.account is None:
        return _list(arguments)
    if arguments.by is None:
        raise BadValue("--by", "", "phải ghi tên người thực hiện")
    return _end(arguments) if arguments.end is not None else _name(arguments)


def _list(arguments: Namespace) -> int:
    from services.stand_ins import of_ward

    with database() as office, office.begin() as (connection, ward):
        rows = of_ward(connection, ward, office.today)
    if arguments.json:
        print_json({"stand_ins": [{field: getattr(row, field) for field in FIELDS} for row in rows]})
        return 0
    print_table(
        "Người làm thay",
        ["Số", "Người vắng", "Đơn vị", "Người làm thay", "Từ", "Đến", "Tình trạng"],
        [
            [
                str(row.id),
                row.account,
                row.unit or "—",
                row.stand_in,
                vietnamese(row.first_day),
                vietnamese(row.last_day),
                "đang làm thay" if row.now else "sắp tới" if row.open else "đã xong",
            ]
            for row in rows
        ],
    )
    return 0


def _name(arguments: Namespace) -> int:
    from services.stand_ins import name_stand_in

    if arguments.stand_in is None or arguments.last is None:
        raise BadValue("Người làm thay và ngày cuối (--to)", "", "phải ghi cả hai")
    with database() as office, office.begin() as (connection, ward):
        first = arguments.first or office.today
        number = name_stand_in(
            connection,
            ward,
            arguments.account,
            arguments.stand_in,
            first=first,
            last=arguments.last,
            reason=arguments.reason,
            by=arguments.by,
            today=office.today,
            now=office.now,
        )
    if arguments.json:
        print_json({"stand_in": number})
    else:
        days = f"từ {vietnamese(first)} đến hết {vietnamese(arguments.last)}"
        print(f"{arguments.stand_in} làm thay {arguments.account} {days} (số {number}).")
    return 0


def _end(arguments: Namespace) -> int:
    from services.stand_ins import end

    with database() as office, office.begin() as (connection, ward):
        end(connection, ward, arguments.end, by=arguments.by, now=office.now)
    print(f"Đã cho thôi lần làm thay số {arguments.end}.")
    return 0
