"""Whether the PostgreSQL that comes with the program may use what lies in a data folder."""

from __future__ import annotations

from pathlib import Path

from domain.errors import SystemFault

MAJOR = "18"  # of the PostgreSQL that comes with the program; a test compares it with its tools


class OtherPostgres(SystemFault):
    """The database's files were made by another major version of PostgreSQL."""

    def __init__(self, folder: Path, made_by: str) -> None:
        super().__init__(
            f"{folder} is of PostgreSQL {made_by}, the program brings {MAJOR}",
            f"Dữ liệu trong {folder} do PostgreSQL {made_by} tạo ra, chương trình này đi kèm {MAJOR};"
            " chưa thay đổi gì. Hãy dùng phiên bản chương trình cũ chạy “cchc backup TỆP”, rồi dùng"
            " phiên bản này chạy “cchc restore TỆP” vào một thư mục dữ liệu trống.",
        )


class HalfRestored(SystemFault):
    """A restore was killed here; beginning anew beside its remains would hide them."""

    def __init__(self, data: Path) -> None:
        super().__init__(
            f"{data} holds half a restored backup",
            f"Lần khôi phục vào {data} bị ngắt giữa chừng. Hãy chạy lại: cchc restore TỆP"
            " (hoặc xoá thư mục “restoring” trong đó để bắt đầu mới).",
        )


def has_database(data: Path, pgdata: Path) -> bool:
    """Tell whether the folder holds a database that this PostgreSQL can use; False where there is none yet.

    Raises:
        OtherPostgres, HalfRestored: there is something else; nothing of it is touched.
    """
    stated = pgdata / "PG_VERSION"
    if stated.exists():
        made_by = stated.read_text(encoding="ascii", errors="replace").strip()
        if made_by != MAJOR:
            raise OtherPostgres(pgdata, made_by)
        return True
    if (data / "restoring").exists():
        raise HalfRestored(data)
    return False
