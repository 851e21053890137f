"""What a backup's archive may hold, and what is wrong with one that is not as it was written."""

from __future__ import annotations

import re
from datetime import date, timedelta

from domain.errors import WardError

FORMAT = 1
MANIFEST, DUMP, README = "manifest.json", "database.dump", "DOC-TOI.txt"
DOCUMENT = re.compile(r"documents/([0-9a-f]{2})/(\1[0-9a-f]{62})")
PUBLIC_KEY = re.compile(r"keys/(checkpoint-[0-9a-f]{16}\.pub|checkpoint\.name)")
OWN_FOLDERS = ("reports", "scorecard", "templates")  # the office's own words, in the data folder
OWN_TEXT = re.compile(r"(reports|scorecard)/[a-z0-9-]{1,60}\.toml|templates/[a-z0-9_-]{1,60}\.(html|txt)\.j2")
DAILY = re.compile(r"cchc-(\d{4}-\d{2}-\d{2})\.zip")


class BrokenBackup(WardError):
    """An archive isn't what `cchc backup` wrote; nothing was restored."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"broken backup {name}: {why}",
            f"Bản sao lưu “{name}” không dùng được: {why}. Chưa khôi phục gì; đề nghị dùng bản khác.",
        )


class NotEmpty(WardError):
    """There is something already where a backup should be restored."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"not empty: {where}",
            f"{where} đã có dữ liệu nên không khôi phục vào đó. Hãy đặt CCHC_DATA là một thư mục trống"
            " (hoặc CCHC_DATABASE_URL là cơ sở dữ liệu trống) rồi chạy lại.",
        )


class FileThere(WardError):
    """A backup never overwrites a file."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} exists", f"Đã có tệp “{name}”; không ghi đè. Hãy chọn tên khác.")


class NewerBackup(WardError):
    """The backup was made by a newer program."""

    def __init__(self, made_by: str) -> None:
        super().__init__(
            f"made by {made_by}",
            f"Bản sao lưu do phiên bản mới hơn của chương trình ({made_by}) tạo ra; hãy khôi phục bằng"
            " phiên bản đó.",
        )


class WrongPassphrase(WardError):
    """The file of keys does not open."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} does not open", f"Không mở được tệp khoá “{name}”: sai mật khẩu, hoặc tệp đã bị sửa."
        )


def allowed(name: str) -> bool:
    """Tell whether an archive may have an entry of this name; no name leads out of its folder."""
    fixed = name in {MANIFEST, DUMP, README}
    return fixed or any(pattern.fullmatch(name) for pattern in (DOCUMENT, PUBLIC_KEY, OWN_TEXT))


def outdated(names: list[str], today: date, keep: int) -> list[str]:
    """Return the daily backups that are older than `keep` days; the newest one always stays."""
    days: dict[str, date] = {}
    for name in names:
        if found := DAILY.fullmatch(name):
            try:
                days[name] = date.fromisoformat(found[1])
            except ValueError:
                continue  # somebody else's file
    newest = max(days.values(), default=None)
    return sorted(name for name, day in days.items() if day != newest and day < today - timedelta(days=keep))
