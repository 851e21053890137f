"""`cchc user erase`: a person's data out of the installation, for good."""

from __future__ import annotations

from argparse import Namespace

from cli.office import database
from cli.words import Commands, by_option


def add_erase(commands: Commands) -> None:
    """Add the subcommand."""
    erase = commands.add("erase", "xoá dữ liệu cá nhân của một người dùng, không hoàn lại", _erase)
    erase.add_argument("name", metavar="TÊN")
    erase.add_argument(
        "--contact",
        metavar="ĐỊA-CHỈ",
        action="append",
        default=[],
        help="địa chỉ khác của người đó trong địa chỉ liên hệ của đơn vị: thư, số điện thoại, mã Zalo",
    )
    erase.add_argument("--yes", action="store_true", help="làm thật; thiếu thì chỉ cho biết sẽ làm gì")
    by_option(erase, required=False)


def _erase(arguments: Namespace) -> int:
    from models.database import transaction
    from services.erasure import erase_person
    from services.people import the_ward

    with database() as office, office.engine.connect() as connection:
        with transaction(office.engine) as looking:
            ward = the_ward(looking, office.settings.ward)
        done = erase_person(
            connection,
            ward,
            arguments.name,
            addresses=arguments.contact,
            by=arguments.by,
            now=office.now,
        )
        if arguments.yes:
            connection.commit()
        else:
            connection.rollback()
    said = "Đã xoá" if arguments.yes else "Sẽ xoá (chưa làm gì; thêm --yes để làm thật, không hoàn lại được)"
    print(
        f"{said}: tên, địa chỉ thư, mật khẩu, mã xác thực, trình duyệt đã dùng của {arguments.name};"
        f" {done.contacts} địa chỉ liên hệ. Tài khoản bị khoá và mang tên {done.pseudonym}."
    )
    print(
        "Giữ lại theo quy định về lưu trữ hồ sơ công vụ: kết quả đã nộp, ý kiến, lý do, tệp,"
        f" {done.letters} thư đã gửi. Nhật ký không chứa dữ liệu cá nhân và vẫn kiểm tra được."
    )
    print("Các bản sao lưu cũ vẫn còn dữ liệu này cho đến khi hết hạn giữ (CCHC_BACKUP_KEEP).")
    return 0
