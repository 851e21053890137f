"""Read what identifies a decision: its number, date, issuer, title and year."""

from __future__ import annotations

import re
from datetime import date

from domain.errors import NotADecision
from domain.plans import DecisionHead, Finding, Severity
from domain.reading.normal import composed, fold, squeezed

_NUMBER = re.compile(
    r"^\W*Số\s*:?\s*(\d{1,5}(?:/\d{4})?\s*/\s*[A-ZĐ]{2,}[A-ZĐ0-9&\-–]*)", re.MULTILINE | re.IGNORECASE
)
_CITED = re.compile(r"[Kk]èm theo[^()]{0,40}?số\s*:?\s*(\d{1,5}(?:/\d{4})?/[A-ZĐ]{2,}[A-ZĐ0-9&\-–]*)")
_DATE = re.compile(r"ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})", re.IGNORECASE)
_ISSUER = re.compile(r"[Kk]èm theo[^()]{0,160}?\bcủa\s+([^()]{5,160}?)\s*\)", re.DOTALL)
_CAPITALS = re.compile(
    r"^\W*((?:CHỦ TỊCH\s+)?(?:ỦY BAN|UỶ BAN|HỘI ĐỒNG|ĐẢNG ỦY)[^a-zà-ỹ\n]{5,120})$", re.MULTILINE
)
_TITLE = re.compile(
    r"^\W*(?:QUYẾT ĐỊNH|KẾ HOẠCH|CHƯƠNG TRÌNH)\s*(?:\*+)?\s*\n+\W*([^\n]{10,400})", re.MULTILINE
)
_YEAR = re.compile(r"năm\s+((?:19|20)\d{2})\b", re.IGNORECASE)


def read_head(text: str) -> tuple[DecisionHead, list[Finding]]:
    """Return the decision's head; what is missing is a finding that forbids activation.

    Raises:
        NotADecision: neither a date nor a year is in the text.
    """
    shown = composed(text)
    findings: list[Finding] = []
    number = _number(shown)
    if not number:
        findings.append(
            _missing("no-number", "Không đọc được số của văn bản. Đề nghị bổ sung số trước khi áp dụng.")
        )
    title = _title(shown)
    issued_on = _issued_on(shown)
    named = _YEAR.search(title)
    year = int(named[1]) if named else issued_on.year if issued_on else None
    if year is None:
        raise NotADecision(
            "no date and no year",
            "Văn bản không có ngày ban hành và năm kế hoạch nên không thể đọc thành kế hoạch.",
        )
    if issued_on is None:
        issued_on = date(year, 1, 1)
        notice = (
            f"Không đọc được ngày ban hành; tạm lấy 01/01/{year}. Đề nghị bổ sung ngày trước khi áp dụng."
        )
        findings.append(_missing("no-date", notice))
    return DecisionHead(number, issued_on, _issuer(shown), title, year), findings


def _missing(code: str, notice: str) -> Finding:
    return Finding(code, Severity.BLOCKING, notice)


def _number(text: str) -> str:
    found = _NUMBER.search(text) or _CITED.search(text)
    return re.sub(r"\s+", "", found[1]).replace("–", "-").rstrip("-") if found else ""


def _issued_on(text: str) -> date | None:
    """Return the first day that is on the calendar; the preamble of other documents comes after it."""
    for match in _DATE.finditer(text):
        try:
            return date(int(match[3]), int(match[2]), int(match[1]))
        except ValueError:
            continue
    return None


def _issuer(text: str) -> str:
    found = _ISSUER.search(text)
    if found:
        return squeezed(found[1]).strip(" *_.")
    capitals = _CAPITALS.search(text)
    return squeezed(capitals[1]).capitalize() if capitals else ""


def _title(text: str) -> str:
    for match in _TITLE.finditer(text):
        title = squeezed(match[1]).strip(" *_")
        if title and not fold(title).startswith(("dieu 1", "can cu")):
            return title
    return ""
