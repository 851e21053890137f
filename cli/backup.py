"""`cchc backup` and `cchc restore`."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from cli.words import Parser, json_option
from domain.errors import WardError


class NoPassphrase(WardError):
    """Nobody was there to type it."""

    def __init__(self) -> None:
        super().__init__(
            "no passphrase",
            "Tệp khoá cần mật khẩu: chạy lệnh trên màn hình dòng lệnh, hoặc đặt biến CCHC_KEYS_PASSPHRASE.",
        )


def run(words: list[str]) -> int:
    """Run `cchc backup FILE` or `cchc restore FILE`."""
    return _backup(words[1:]) if words[0] == "backup" else _restore(words[1:])


def _backup(words: list[str]) -> int:
    what = "Sao lưu cơ sở dữ liệu, tài liệu và khoá công khai vào một tệp; chương trình vẫn chạy bình thường."
    parser = Parser(prog="cchc backup", description=what)
    parser.add_argument("file", metavar="TỆP", type=Path, help="tệp mới, nên ở ổ đĩa khác")
    parser.add_argument(
        "--with-keys", metavar="TỆP-KHOÁ", type=Path, help="ghi thêm khoá bí mật vào tệp riêng, có mật khẩu"
    )
    json_option(parser)
    arguments = parser.parse_args(words)
    return _make(arguments)


def _make(arguments: Namespace) -> int:
    from cli.office import database, print_json
    from cli.progress import progress
    from services.backup import back_up

    passphrase = _new_passphrase() if arguments.with_keys else None
    if passphrase is not None:
        from config.key_chest import check_lockable

        check_lockable(arguments.with_keys, passphrase)
    with database() as office:
        made = back_up(
            office.settings,
            office.database_url,
            arguments.file,
            now=office.now,
            say=progress() or _silent,
        )
    if passphrase is not None:
        from config.key_chest import lock_keys

        lock_keys(office.settings.data / "keys", arguments.with_keys, passphrase)
    if arguments.json:
        print_json(_as_dict(made) | {"keys": arguments.with_keys})
        return 0
    size = f"{made.size:,}".replace(",", ".")
    print(f"Đã sao lưu vào {made.path}: {size} byte, {made.documents} tài liệu.")
    for each in made.logs:
        print(f"{each.ward}: {each.size} sự kiện, gốc cây băm {each.root}")
    for notice in made.rewritten:
        print(notice)
    _tell_missing(made.missing, "đã mất hoặc bị sửa trên đĩa, không có trong bản sao lưu")
    _tell_of_keys(office.settings, arguments.with_keys)
    return 0


def _tell_missing(missing: Sequence[str], why: str) -> None:
    if missing:
        print(f"CHÚ Ý: {len(missing)} tài liệu {why}:")
        for sha256 in missing[:20]:
            print(f"  - {sha256}")


def _tell_of_keys(settings: Any, kept: Path | None) -> None:
    if settings.key is not None or settings.key_file is not None:
        print("Khoá do CCHC_KEY hoặc CCHC_KEY_FILE chỉ ra nằm ngoài thư mục dữ liệu: tự giữ riêng.")
    if kept is not None:
        print(f"Khoá bí mật ở {kept}, mở bằng mật khẩu vừa đặt. Giữ tệp này khác chỗ với bản sao lưu.")
    else:
        print(
            f"Khoá bí mật KHÔNG nằm trong bản sao lưu. Giữ riêng thư mục {settings.data / 'keys'}, hoặc"
            " sao lưu có thêm --with-keys TỆP-KHOÁ. Mất khoá thì phải cấp quyền Zalo, đặt lại mã xác thực;"
            " nhật ký vẫn kiểm tra được."
        )


def _restore(words: list[str]) -> int:
    what = "Khôi phục bản sao lưu vào thư mục dữ liệu trống (CCHC_DATA) và tự kiểm tra."
    parser = Parser(prog="cchc restore", description=what)
    parser.add_argument("file", metavar="TỆP", type=Path)
    parser.add_argument("--with-keys", metavar="TỆP-KHOÁ", type=Path, help="tệp khoá bí mật, có mật khẩu")
    parser.add_argument(
        "--checkpoint",
        metavar="TỆP",
        type=Path,
        action="append",
        default=[],
        help="điểm chốt đã lưu ở nơi khác",
    )
    json_option(parser)
    return _put_back(parser.parse_args(words))


def _put_back(arguments: Namespace) -> int:
    from cli.office import print_json
    from cli.progress import progress
    from config.key_chest import unlock_keys
    from config.settings import load_settings
    from services.restoring import restore

    settings = load_settings()
    chest = arguments.with_keys
    keys = unlock_keys(chest, _passphrase("Mật khẩu của tệp khoá: ")) if chest else {}
    done = restore(
        settings, arguments.file, keys=keys, outside=arguments.checkpoint, say=progress() or _silent
    )
    if arguments.json:
        print_json(
            {
                "made_at": done.made_at,
                "documents": done.documents,
                "missing": done.missing,
                "verify": done.verdict.as_dict(),
            }
        )
        return 0
    made = datetime.fromisoformat(done.made_at).astimezone(settings.timezone)
    at = f"{made:%H:%M ngày %d/%m/%Y}"
    print(f"Đã khôi phục bản sao lưu lúc {at} vào {settings.data}: {done.documents} tài liệu.")
    _tell_missing(done.missing, "đã mất từ trước khi sao lưu")
    for each in done.logs:
        print(f"{each.ward}: {each.size} sự kiện, không phát hiện sửa đổi; gốc cây băm {each.root}")
    if not arguments.checkpoint:
        print(
            "Bản sao lưu cũ vẫn tự khớp với chính nó. Đối chiếu với điểm chốt giữ ở nơi khác (cuối thư,"
            " cuối báo cáo, thư mục CCHC_CHECKPOINT_DIR): cchc audit verify --checkpoint TỆP"
        )
    print("Khởi động: cchc up. Prefect được dựng lại từ cơ sở dữ liệu.")
    return 0


def _new_passphrase() -> str:
    first = _passphrase("Đặt mật khẩu cho tệp khoá (ít nhất 12 ký tự): ")
    if first != _passphrase("Gõ lại mật khẩu: "):
        from domain.refusals import BadValue

        raise BadValue("Mật khẩu gõ lại", "", "phải giống lần đầu")
    return first


def _passphrase(ask: str) -> str:
    """Return the passphrase of the settings, or what somebody types.

    Raises:
        NoPassphrase: there is neither.
    """
    from config.settings import load_settings

    stated = load_settings().keys_passphrase
    if stated is not None:
        return stated.get_secret_value()
    if not sys.stdin.isatty():
        raise NoPassphrase
    from getpass import getpass

    return getpass(ask)


def _as_dict(made: Any) -> dict[str, Any]:
    return {
        "path": made.path,
        "size": made.size,
        "documents": made.documents,
        "missing": made.missing,
        "rewritten": made.rewritten,
        "wards": [{"ward": each.ward, "size": each.size, "root": each.root} for each in made.logs],
    }


def _silent(_: str) -> None:
    return
