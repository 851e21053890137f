"""Amending decisions as an office writes them, for the packaged plan 16/QĐ-UBND."""

from __future__ import annotations

HEAD = """ỦY BAN NHÂN DÂN PHƯỜNG THÀNH ĐÔNG

Số: {number}

Thành Đông, ngày {day} tháng {month} năm {year}

QUYẾT ĐỊNH

Sửa đổi, bổ sung một số nội dung Kế hoạch cải cách hành chính nhà nước phường Thành Đông năm 2026

CHỦ TỊCH ỦY BAN NHÂN DÂN PHƯỜNG THÀNH ĐÔNG

Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;
Căn cứ Quyết định số 5256/QĐ-UBND ngày 26/12/2025 của Ủy ban nhân dân thành phố;
Theo đề nghị của Trưởng phòng Văn hóa - Xã hội.

QUYẾT ĐỊNH:

"""
TAIL = """
Điều {last}. Quyết định này có hiệu lực kể từ ngày ký. Chánh Văn phòng HĐND và UBND phường, Trưởng các
phòng chuyên môn và các cơ quan, đơn vị có liên quan chịu trách nhiệm thi hành Quyết định này./.

Nơi nhận:

- Như Điều {last};
- Lưu: VT, VHXH.

CHỦ TỊCH

Nguyễn Tuấn Ngọc
"""
TARGET = "Quyết định số 16/QĐ-UBND ngày 14 tháng 01 năm 2026 của Chủ tịch Ủy ban nhân dân phường Thành Đông"
HEADER = "TT\tNội dung nhiệm vụ\tCơ quan chủ trì\tCơ quan phối hợp\tThời gian thực hiện\tSản phẩm"


def decision(
    articles: str,
    *,
    number: str = "45/QĐ-UBND",
    on: tuple[int, int, int] = (2026, 4, 20),
    last: int = 2,
    appendix: str = "",
) -> bytes:
    """Return an amending decision with these articles, and an appendix where it has one."""
    year, month, day = on
    head = HEAD.format(number=number, day=day, month=f"{month:02}", year=year)
    text = head + articles.strip() + "\n" + TAIL.format(last=last)
    if appendix:
        text += f"\nPHỤ LỤC\n(Kèm theo Quyết định số {number})\n\n{appendix}"
    return text.encode()


def in_words(*clauses: str, **more: object) -> bytes:
    """Return a decision whose first article amends the packaged plan by these clauses."""
    lines = "\n".join(f"{place}. {clause}" for place, clause in enumerate(clauses, start=1))
    article = f"Điều 1. Sửa đổi, bổ sung một số nhiệm vụ tại Phụ lục kèm theo {TARGET} như sau:\n{lines}"
    return decision(article, **more)  # type: ignore[arg-type]  # passed on as it came


def in_rows(*rows: str, whole: bool = False, **more: object) -> bytes:
    """Return a decision with a table of changed or added rows, or of all of them."""
    own = "Phụ lục kèm theo Quyết định này"
    if whole:
        article = f"Điều 1. Thay thế Phụ lục ban hành kèm theo {TARGET} bằng {own}."
    else:
        article = (
            f"Điều 1. Sửa đổi, bổ sung một số nhiệm vụ tại Phụ lục kèm theo {TARGET} (chi tiết theo {own})."
        )
    return decision(article, appendix="\n".join((HEADER, *rows)) + "\n", **more)  # type: ignore[arg-type]  # as above
