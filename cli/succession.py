"""`cchc plan successors`: this year's plan beside last year's."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from cli.office import cut, database, print_json, print_table
from domain.differences import FIELD_NAMES
from domain.matching import Fate

if TYPE_CHECKING:
    from services.succession import Mapped, Successor

FATES = {
    Fate.SAME: "như cũ",
    Fate.RENUMBERED: "đổi số",
    Fate.CHANGED: "có thay đổi",
    Fate.NEW: "mới",
    Fate.GONE: "không còn",
}


def plan_successors(arguments: Namespace) -> int:
    """Show which tasks go on from which; record it where a person says so."""
    from domain.refusals import UnknownUser
    from services.succession import choose, confirm, successors

    if (arguments.confirm or arguments.set) and arguments.by is None:
        raise UnknownUser("")
    with database() as office, office.begin() as (connection, ward):
        mapped = successors(connection, ward)
        if arguments.set:
            new, old = arguments.set
            old = None if old == "-" else old
            mapped = choose(connection, ward, new, old, by=arguments.by, now=office.now)
        if arguments.confirm:
            mapped = confirm(connection, ward, by=arguments.by, now=office.now)
    if arguments.json:
        print_json(mapped_data(mapped))
        return 0
    _show(mapped)
    return 0


def _show(mapped: Mapped) -> None:
    print(f"{mapped.new.number} năm {mapped.new.year} so với {mapped.old.number} năm {mapped.old.year}:")
    print(f"{mapped.line}.")
    print_table(
        "Tiếp nối",
        [f"Năm {mapped.new.year}", f"Năm {mapped.old.year}", "Là", "Khác ở", "Nội dung", "Xác nhận"],
        [_row(pair) for pair in mapped.pairs],
    )
    for doubt in mapped.ambiguities:
        others = ", ".join((*doubt.old_instead, *doubt.new_instead))
        print(f"Cần xem lại: {doubt.new} có thể tiếp nối {doubt.old}, nhưng {others} cũng gần giống.")
    for name, near in mapped.units_new:
        hint = f"; có phải là “{near}” đổi tên hoặc sáp nhập?" if near else ""
        print(f"Đơn vị chưa có trong kế hoạch năm trước: {name}{hint}")
    if any(pair.decided_by is None and pair.new for pair in mapped.pairs):
        print(
            "Ghi nhận tất cả: cchc plan successors --confirm --by NGƯỜI; từng cặp: --set MỚI CŨ "
            "(CŨ là “-” nếu là nhiệm vụ mới)."
        )


def _row(pair: Successor) -> list[str]:
    shown = pair.new or pair.old
    return [
        pair.new.code if pair.new else "—",
        pair.old.code if pair.old else "—",
        FATES[pair.fate],
        ", ".join(FIELD_NAMES[each.field].lower() for each in pair.changed),
        cut(shown.title, 60) if shown else "",
        pair.decided_by or ("đề xuất" if pair.new else ""),
    ]


def mapped_data(mapped: Mapped) -> dict[str, object]:
    """Return the comparison as data."""
    return {
        "old": {"number": mapped.old.number, "year": mapped.old.year},
        "new": {"number": mapped.new.number, "year": mapped.new.year},
        "summary": mapped.line,
        "pairs": [
            {
                "new": pair.new.code if pair.new else None,
                "old": pair.old.code if pair.old else None,
                "fate": pair.fate,
                "changed": [
                    {"field": each.field, "before": each.before, "after": each.after} for each in pair.changed
                ],
                "decided_by": pair.decided_by,
            }
            for pair in mapped.pairs
        ],
        "ambiguities": [
            {
                "new": each.new,
                "old": each.old,
                "old_instead": each.old_instead,
                "new_instead": each.new_instead,
            }
            for each in mapped.ambiguities
        ],
        "units_new": [{"unit": name, "like": near} for name, near in mapped.units_new],
    }
