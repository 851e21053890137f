"""`cchc feed`: private addresses from which calendar programs read due dates."""

from __future__ import annotations

from argparse import Namespace

from cli.office import database, print_json, print_table
from cli.words import Commands, by_option, json_option


def run(words: list[str]) -> int:
    """Run `cchc feed …`."""
    commands = Commands("feed", "Địa chỉ lịch thời hạn cho Outlook, Google, điện thoại.")
    add = commands.add("add", "tạo địa chỉ lịch của một đơn vị hoặc một người; chỉ hiện một lần", _add)
    whose = add.add_mutually_exclusive_group(required=True)
    whose.add_argument("--unit", metavar="ĐƠN-VỊ", help="lịch của đơn vị này")
    whose.add_argument("--user", metavar="TÊN", help="lịch của người dùng này")
    by_option(add, required=False)
    json_option(add)
    json_option(commands.add("list", "các địa chỉ lịch đã tạo", _list))
    revoke = commands.add("revoke", "thu hồi một địa chỉ lịch", _revoke)
    revoke.add_argument("id", type=int, metavar="SỐ", help="số trong “cchc feed list”")
    by_option(revoke, required=False)
    return commands.run(words[1:])


def _add(arguments: Namespace) -> int:
    from services.feeds import make_feed

    with database() as office, office.begin() as (connection, ward):
        made = make_feed(
            connection,
            ward,
            unit=arguments.unit,
            user=arguments.user,
            by=arguments.by,
            link_base=office.link_base,
            now=office.now,
        )
    if arguments.json:
        print_json({"id": made.id, "whose": made.whose, "address": made.address})
        return 0
    print(
        f"Địa chỉ lịch số {made.id} của {made.whose}, chỉ hiện lần này:\n{made.address}\n"
        "Đăng ký địa chỉ này trong Outlook, Google hoặc điện thoại. Thu hồi: cchc feed revoke "
        f"{made.id}"
    )
    return 0


def _list(arguments: Namespace) -> int:
    from services.feeds import feeds

    with database() as office, office.begin() as (connection, ward):
        rows = feeds(connection, ward)
    if arguments.json:
        fields = ("id", "unit", "person", "made_by", "made_at", "revoked_by", "revoked_at", "read_at")
        print_json({"feeds": [{field: getattr(row, field) for field in fields} for row in rows]})
        return 0
    if not rows:
        print("Chưa có địa chỉ lịch nào. Tạo: cchc feed add")
        return 0
    zone = office.settings.timezone
    print_table(
        f"Địa chỉ lịch của {ward.name}",
        ["Số", "Lịch của", "Tạo", "Được đọc lần cuối", ""],
        [
            [
                str(row.id),
                row.unit or row.person,
                f"{row.made_at.astimezone(zone):%d/%m/%Y} ({row.made_by or 'Hệ thống'})",
                f"{row.read_at.astimezone(zone):%H:%M %d/%m/%Y}" if row.read_at else "chưa lần nào",
                "đã thu hồi" if row.revoked_at else "",
            ]
            for row in rows
        ],
    )
    return 0


def _revoke(arguments: Namespace) -> int:
    from services.feeds import revoke_feed

    with database() as office, office.begin() as (connection, ward):
        whose = revoke_feed(connection, ward, arguments.id, by=arguments.by, now=office.now)
    print(f"Đã thu hồi địa chỉ lịch số {arguments.id} của {whose}.")
    return 0
