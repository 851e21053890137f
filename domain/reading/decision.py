"""Read what identifies a decision: its number, date, issuer, title and year."""

from __future__ import annotations

import re
from datetime import date
from itertools import islice, pairwise

from domain.errors import NotADecision
from domain.plans import DecisionHead, Finding, Severity
from domain.reading.casing import cased, is_capitals
from domain.reading.doubts import about_plan
from domain.reading.letterhead import KINDS, is_authority, is_kind, issuer_in, own_title
from domain.reading.normal import composed, fold, squeezed

_CODE = r"\d{1,5}[a-z]?\s*(?:/\s*(?:19|20)\d{2}\s*)?[/-]\s*[A-ZĐ]{2,}[A-ZĐa-z0-9&\-–/]*"
_NUMBER = re.compile(rf"(?<!\w)Số\s*+:?\s*+({_CODE})")
_BLANK_NUMBER = re.compile(r"^\W*Số\s*:?[\s._…]*[/-]\s*[A-ZĐ]{2,}", re.MULTILINE)
_CITED = re.compile(rf"[Kk]èm theo[^()]{{0,60}}?số\s*:?\s*({_CODE})")
_DAY = r"ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})"
_PLACED = re.compile(rf"(?<!\w){_DAY}", re.IGNORECASE)
_SHORT = re.compile(r"[\w.)]\s*,\s*ngày\s+(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.IGNORECASE)
_BLANK_DATE = re.compile(
    r"ngày[\s._…]*tháng[\s._…]*(?:\d{1,2})?[\s._…]*năm\s+((?:19|20)\d{2})", re.IGNORECASE
)
_CITED_DATE = re.compile(
    rf"[Kk]èm theo[^()]{{0,120}}?(?:{_DAY}|ngày\s+(\d{{1,2}})[/.-](\d{{1,2}})[/.-](\d{{4}}))", re.IGNORECASE
)
_GROUNDS = re.compile(
    r"\W*(?:Căn cứ|Thực hiện|Theo đề nghị|Theo|Xét|Nhằm|Để|Trên cơ sở|Điều \d|Kính gửi|Triển khai thực hiện"
    r"|Thi hành|[IVX]+\.|Phần|PHẦN|\d+\.|\()"
)
_APPENDIX = re.compile(r"\W*PHỤ LỤC(?:\s+(?:SỐ\s+)?\w{1,4})?\W*", re.IGNORECASE)
_KIND_AND_TITLE = re.compile(rf"\W*({KINDS})\s+(\S.{{8,}})")
_ABOUT = re.compile(r"(?<!\w)(V/v:?\s+[^\t\n]{8,300})")
_CITATIONS = re.compile(
    r"(?:ngày\s+)?\d{1,2}\s*(?:[/.-]\s*\d{1,2}\s*[/.-]|tháng\s+\d{1,2}\s+năm)\s*\d{4}|số\s+\d\S*",
    re.IGNORECASE,
)
_YEARS = re.compile(
    r"(?:giai đoạn|thời kỳ|nhiệm kỳ|năm học|các năm|năm)\s+((?:19|20)\d{2})\s*[-–]\s*((?:19|20)\d{2})",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!đến )(?<!hết )(?<!nhìn )\bnăm\s+((?:19|20)\d{2})\b", re.IGNORECASE)


def read_head(text: str) -> tuple[DecisionHead, list[Finding]]:
    """Return the decision's head; what is missing is a finding that forbids activation.

    Raises:
        NotADecision: neither a date nor a year is in the text.
    """
    shown = composed(text)
    lines = _above_grounds(shown)
    top = "\n".join(lines)
    findings: list[Finding] = []
    number = _number(top, shown)
    if not number:
        findings.append(
            _missing("no-number", "Không đọc được số của văn bản. Đề nghị bổ sung số trước khi áp dụng.")
        )
    titles = _titles(shown)
    issued_on = _issued_on(top, shown)
    year = _year(titles, issued_on, top, findings)
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
    title = cased(titles[0], shown) if titles else ""
    return DecisionHead(number, issued_on, issuer_in(lines, shown, number), title, year), findings


def read_title(text: str) -> str:
    """Return the decision's title, empty where none is found."""
    shown = composed(text)
    titles = _titles(shown)
    return cased(titles[0], shown) if titles else ""


def _missing(code: str, notice: str) -> Finding:
    return Finding(code, Severity.BLOCKING, notice)


def _above_grounds(text: str) -> list[str]:
    """Return the filled lines down to the first ground or article."""
    lines = list[str]()
    for line in text.splitlines():
        if not line.strip(" \t|"):
            continue
        if lines and re.match(r"\W*(?:Căn cứ|Điều \d|Xét đề nghị|Theo đề nghị)", line):
            break
        lines.append(line.replace("|", "\t") if line.count("|") > 1 else line)
        if len(lines) >= 40:
            break
    return lines


def _number(top: str, text: str) -> str:
    found = _number_in(top) or _CITED.search(text)
    if found is None and not _BLANK_NUMBER.search(top):
        found = _number_in(text[:6000])
    return re.sub(r"\s+", "", found[1]).replace("–", "-").rstrip("-/") if found else ""


def _number_in(text: str) -> re.Match[str] | None:
    """Return the first number that begins a line or a column."""
    for found in _NUMBER.finditer(text):
        signs = _signs_before(text, found.start())
        if _begins(signs) or any(sign.isspace() for sign in signs[1:]):
            return found
    return None


def _begins(signs: str) -> bool:
    """Say whether what follows these signs begins a line or a column."""
    return not {"\n", "\t"}.isdisjoint(signs) or any(
        one.isspace() and two.isspace() for one, two in pairwise(signs)
    )


def _signs_before(text: str, at: int) -> str:
    """Return the signs and spaces that stand right before a place in a text, which begins a line."""
    first = at
    while first and not (text[first - 1].isalnum() or text[first - 1] == "_"):
        first -= 1
    return text[first:at] if first else "\n" + text[:at]


def _issued_on(top: str, text: str) -> date | None:
    """Return the day beside the place; where it is blank or missing, that in `kèm theo … ngày …`."""
    placed = [
        found
        for found in _PLACED.finditer(top)
        if _begins(signs := _signs_before(top, found.start())) or "," in signs
    ]
    for match in (*placed, *_SHORT.finditer(top), *_CITED_DATE.finditer(text)):
        day, month, year = [number for number in match.groups() if number][:3]
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None


def _titles(text: str) -> list[str]:
    """Return the titles that stand below a kind of document, the decision's own first."""
    lines = text.splitlines()
    found = [title for at, line in enumerate(lines) if is_kind(line) and (title := _title(lines[at + 1 :]))]
    if not found:
        below = [lines[at + 1 :] for at, line in enumerate(lines) if _APPENDIX.fullmatch(line)]
        found = [title for rest in below[:1] if (title := _title(rest))]
    if not found:
        start = text[:3000]
        abouts = (each for each in _ABOUT.finditer(start) if _begins(_signs_before(start, each.start())))
        found += [squeezed(about[1]).strip(" *_") for about in islice(abouts, 1)]
    for line in lines[:80]:
        match = _KIND_AND_TITLE.fullmatch(line.strip(" *_"))
        if match and is_capitals(line) and not line.rstrip(" *").endswith(":"):
            found.append(squeezed(line).strip(" *_"))
    return found


def _title(lines: list[str]) -> str:
    """Return the lines of a title, down to a rule, a blank line, the authority or the grounds."""
    said: list[str] = []
    for line in lines:
        shown = squeezed(line).strip(" #*_")
        if line.count("\t") > 1 or line.count("|") > 1:
            break  # a table begins
        if not any(char.isalnum() for char in shown):
            if said:
                break
            continue
        above = said[-1] if said else ""
        if said and (_GROUNDS.match(shown) or len(" ".join(said)) > 400 or is_authority(shown, above)):
            break
        if not said and (
            fold(shown).startswith(("dieu 1", "can cu")) or is_authority(shown) or is_kind(line)
        ):
            break
        if said and is_capitals(above) != is_capitals(shown) and not shown[:1].islower():
            break
        if said and above.endswith((".", ";", "./.")):
            break
        said.append(shown)
    title = own_title(" ".join(said))
    return title if len(title) >= 10 else ""


def _year(titles: list[str], issued_on: date | None, top: str, findings: list[Finding]) -> int | None:
    """Return the plan's year: its title's, the first of several; else that of its issue."""
    issued = issued_on.year if issued_on else None
    for title in titles:
        plain = _CITATIONS.sub(" ", title)
        years = _YEARS.search(plain)
        if years:
            first, last = int(years[1]), int(years[2])
            year = issued if issued and first < issued <= last else first
            if "học" not in years[0].lower():
                findings.append(about_plan("plan_years", source=years[0], first=first, last=last, year=year))
            return year
        named = _YEAR.search(plain)
        if named:
            return int(named[1])
    blank = _BLANK_DATE.search(top)
    if titles and issued:
        findings.append(about_plan("year_from_issue", year=issued))
    return issued or (int(blank[1]) if blank else None)
