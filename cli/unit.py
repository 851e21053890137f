"""`cchc unit alias` and `cchc unit group`: what a unit is also called, and which units a group stands for."""

from __future__ import annotations

from argparse import Namespace

from cli.office import database
from cli.words import Commands, by_option


def add_names(commands: Commands) -> None:
    """Add both to the commands of `cchc unit`."""
    alias = commands.add("alias", "ghi một cách viết khác của tên đơn vị, hoặc bỏ (--remove)", _alias)
    alias.add_argument("alias", metavar="CÁCH-VIẾT")
    alias.add_argument("--of", required=True, metavar="ĐƠN-VỊ", help="tên đúng của đơn vị")
    alias.add_argument("--remove", action="store_true", help="bỏ cách viết này")
    by_option(alias)
    group = commands.add("group", "ghi các đơn vị của một nhóm, như “Các phòng chuyên môn”", _group)
    group.add_argument("group", metavar="NHÓM")
    group.add_argument(
        "--members", required=True, metavar="ĐƠN-VỊ", help="tên các đơn vị, cách nhau bằng dấu chấm phẩy"
    )
    by_option(group)


def _alias(arguments: Namespace) -> int:
    from services.units import add_alias, remove_alias

    change = remove_alias if arguments.remove else add_alias
    with database() as office, office.begin() as (connection, ward):
        name = change(connection, ward, arguments.alias, of=arguments.of, by=arguments.by, now=office.now)
    if arguments.remove:
        print(f"“{arguments.alias}” không còn là cách viết của {name}.")
    else:
        print(f"“{arguments.alias}” là {name}, trong mọi văn bản đọc từ nay.")
    return 0


def _group(arguments: Namespace) -> int:
    from services.units import set_members

    members = arguments.members.split(";")
    with database() as office, office.begin() as (connection, ward):
        name, found = set_members(connection, ward, arguments.group, members, by=arguments.by, now=office.now)
    print(f"{name} gồm: {'; '.join(found)}.\nÁp dụng cho các kỳ thực hiện mở từ nay.")
    return 0
