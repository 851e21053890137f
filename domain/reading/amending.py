"""Read a decision that amends another: which one, by a new table, by changed rows or in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from domain.plans import DecisionHead, Finding
from domain.reading.amending_doubts import about_amendment
from domain.reading.decision import read_head
from domain.reading.layout import Line, Row, Sheet
from domain.reading.normal import composed, key, squeezed
from domain.reading.orders import Action, Heading, Order, orders_more, read_order
from domain.reading.references import QUOTE, SECTION, SECTION_NOUN, flat, masked
from domain.reading.tables import is_header


@dataclass(frozen=True, slots=True)
class Cited:
    """A decision as another one names it."""

    number: str
    issued_on: date | None


@dataclass(frozen=True, slots=True)
class TableRows:
    """A header with the rows below it; `withdraws` where they list what falls away."""

    rows: tuple[Row, ...]
    withdraws: bool = False


@dataclass(frozen=True, slots=True)
class Amending:
    """An amending decision as read; `whole` says that its table takes the place of the former one."""

    decision: DecisionHead
    target: Cited | None
    whole: bool
    tables: tuple[TableRows, ...]
    orders: tuple[Order, ...]
    findings: tuple[Finding, ...]


_NUMBER = r"(\d{1,5}(?:/\d{4})?\s*/\s*[A-ZĐ]{2,}[A-ZĐ0-9&\-–]*)"
_CITED = re.compile(
    rf"(?:quyết\s+định|kế\s+hoạch)\s+số\s*:?\s*{_NUMBER}"
    r"(?:\s+ngày\s+(\d{1,2})(?:\s*[/.-]\s*|\s+tháng\s+)(\d{1,2})(?:\s*[/.-]\s*|\s+năm\s+)(\d{4}))?",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"\s*dieu\s+\d+\s*[.:]")
_CLAUSE = re.compile(r"\s*(?:dieu\s+\d+\s*[.:]|khoan\s+\d+|\d{1,2}(?:\.\d{1,2})*\s*[.)]\s|[a-z]\)\s|[-+•]\s)")
_MARK = re.compile(
    r"^\s*(?:dieu\s+\d+\s*[.:]|khoan\s+\d+\s*[.:]?|\d{1,2}(?:\.\d{1,2})*\s*[.)]|[a-z]\)|[-+•])\s*"
)
_SECTION_NAMED = re.compile(rf"\b{SECTION_NOUN}\s+{SECTION}\b")
_END = re.compile(r"\s*\W*(?:noi nhan\b|phu luc\b|ke hoach\s*$|danh muc\b)|.*\./\.\s*$")
_WHOLE = re.compile(
    r"thay the\s+(?:toan bo\s+)?(?:noi dung\s+)?(?:phu luc|ke hoach|danh muc|bang)\b"
    r"|quyet dinh (?:nay )?thay the\s+(?:quyet dinh|ke hoach)\s+so"
)
_TABLE = re.compile(
    r"(?:phu luc|danh muc|bang|bieu)\b.*\b(?:kem theo|dinh kem)|chi tiet (?:tai|theo)\b"
    r"|nhu (?:phu luc|bang)\b"
)
_EMPTY = tuple(
    re.compile(form)
    for form in (
        r"(?:cac|nhung)?\s*(?:noi dung|nhiem vu|quy dinh)\s+(?:con lai|khac)\b(?P<rest>.*)"
        r"\b(?:khong thay doi|giu nguyen|van thuc hien|thuc hien theo|khong dieu chinh|khong sua doi)\b.*",
        r"quyet dinh(?: nay)? co hieu luc\b(?P<rest>.*)",
        r"(?P<rest>.*\bchiu trach nhiem\b.*\bthi hanh\b.*)",
    )
)
# An amending decision may say so where it says from when it counts.
_AMENDS = re.compile(
    r"\b(?:sua doi|bo sung|dieu chinh)(?:\s*(?:,|va)\s*(?:sua doi|bo sung|dieu chinh))*\s+"
    r"(?:mot so (?:noi dung|nhiem vu|dieu) (?:tai|cua) )?quyet dinh so"
)
_TITLE_AMENDS = re.compile(
    r"\W*(?:v/v\s+|ve viec\s+|ve\s+)?(?:ban hanh (?:phu luc|noi dung)\s+)?"
    r"(?:sua doi|dieu chinh|bo sung|bai bo|thay the)\b"
)
_ARTICLE_AMENDS = re.compile(r"\s*dieu\s+1\s*[.:]\s*(?:sua doi|dieu chinh|bo sung|bai bo|thay the)\b")
_GOES = re.compile(r"\b(?:bai bo|khong (?:tiep tuc )?thuc hien|dua ra khoi|loai bo|rut khoi|huy bo)\b")
_GROUP = re.compile(
    r"\b(?:nhiem vu|noi dung)\b.*\b(?:sua doi|dieu chinh|bo sung)\b|\b(?:sua doi|bo sung)\b.*nhiem vu"
)
_SECTION = re.compile(r"\s*(?:[IVX]+|[A-H])\s*[.)/:]\s*\w")
_LONGEST_QUOTE = 40  # lines


def read_amending(sheet: Sheet) -> Amending:
    """Return what an amending decision says; a clause that isn't understood is a blocking finding.

    Raises:
        NotADecision: neither a date nor a year is in the text.
    """
    head, findings = read_head(sheet.text)
    clauses = list(_clauses(sheet.body))
    target = _target(clauses, sheet.body, head)
    tables = tuple(_tables(sheet.blocks))
    if target is not None and key(target.number) == key(head.number):
        findings.append(about_amendment("own_number", source=head.number))
    whole = any(_WHOLE.search(flat(clause)) for clause in clauses)
    if whole and not tables:
        findings.append(
            about_amendment("no_table", source=next(c for c in clauses if _WHOLE.search(flat(c))))
        )
    orders, doubts = _orders(clauses, has_tables=bool(tables))
    if not (orders or tables or doubts):
        findings.append(about_amendment("nothing_ordered"))
    findings += [*doubts, *sheet.findings]
    return Amending(head, target, whole and bool(tables), tables, orders, tuple(findings))


def amending_words(title: str, body: Iterable[str] = ()) -> str:
    """Return the words by which a decision says that it amends another; empty where it is a plan of its own.

    Its title says so, or its first article does: “Điều 1. Thay thế Phụ lục …”. A later article that
    names the decision of a former year, which this one follows, doesn't.
    """
    if _TITLE_AMENDS.match(flat(title)):
        return title
    return next((squeezed(line) for line in body if _ARTICLE_AMENDS.match(flat(line))), "")


def _clauses(lines: Iterable[str]) -> Iterator[str]:
    """Yield the clauses of the articles, lines joined; what stands before and after them is left out."""
    clause: list[str] = []
    inside = False
    for line in (composed(line).strip() for line in lines):
        said = flat(line)
        open_quote = _opened("\n".join(clause)) and len(clause) < _LONGEST_QUOTE
        if _ARTICLE.match(said) or (inside and _CLAUSE.match(said) and not open_quote):
            if clause:
                yield squeezed(" ".join(clause))
            inside, clause = True, [line]
        elif inside and line:
            if _END.match(said) and not said.endswith("./.") and not open_quote:
                break
            clause.append(line)
    if clause:
        yield squeezed(" ".join(clause))


def _opened(text: str) -> bool:
    return text.count("“") > text.count("”")


def _target(clauses: list[str], body: Iterable[str], head: DecisionHead) -> Cited | None:
    """Return the first decision that the articles or the title name, apart from this one."""
    for text in (*clauses, head.title, *(line for line in body if "èm theo" in line)):
        for match in _CITED.finditer(squeezed(text)):
            if key(match[1]) != key(head.number):
                return Cited(re.sub(r"\s+", "", match[1]).replace("–", "-"), _day(match))
    found = _CITED.search(squeezed(" ".join(clauses)))
    return Cited(re.sub(r"\s+", "", found[1]), _day(found)) if found else None


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[4]), int(match[3]), int(match[2])) if match[2] else None
    except ValueError:
        return None


def _orders(clauses: list[str], *, has_tables: bool) -> tuple[tuple[Order, ...], list[Finding]]:
    orders: list[Order] = []
    doubts: list[Finding] = []
    heading: Heading | None = None
    waiting: str | None = None  # a heading that nothing has followed yet
    for clause in clauses:
        read = read_order(clause, heading)
        if isinstance(read, Order):
            orders.append(read)
            waiting = None
        elif has_tables and _points_to_table(clause):
            heading, waiting = None, None
        elif _is_empty(clause):
            heading = None
        elif read is None:
            doubts.append(about_amendment("clause_unread", source=clause))
            waiting = None
        else:
            heading, waiting = read, clause
    if waiting is not None and not has_tables:
        doubts.append(about_amendment("clause_unread", source=waiting))
    return tuple(orders), doubts


def _points_to_table(clause: str) -> bool:
    """Say whether a clause only points to the table; one that names a task or a section says more."""
    said = masked(clause)
    found = _TABLE.search(said.folded) or _WHOLE.search(said.folded)
    return (
        bool(found) and not said.codes and QUOTE not in said.folded and not _SECTION_NAMED.search(said.folded)
    )


def _is_empty(clause: str) -> bool:
    """Say whether a clause orders nothing: from when it counts, who carries it out, what stays."""
    said = masked(clause)
    if said.codes or QUOTE in said.folded:
        return False
    text = _MARK.sub("", said.folded)
    found = next((match for form in _EMPTY if (match := form.fullmatch(text))), None)
    return found is not None and not orders_more(_AMENDS.sub(" ", found["rest"]))


def _tables(blocks: Iterable[Line | Row]) -> Iterator[TableRows]:
    """Yield what stands below each header, parted where a title says that what follows falls away."""
    header: Row | None = None
    below: list[Line | Row] = []
    withdraws = False
    for block in blocks:
        starts = isinstance(block, Row) and is_header(block.cells)
        group = _group(block)
        if starts or (header is not None and group is not None):
            yield from _table(header, below, withdraws=withdraws)
            below, withdraws = [], bool(group)
            header = block if starts and isinstance(block, Row) else header
        elif header is not None:
            below.append(block)
    yield from _table(header, below, withdraws=withdraws)


def _table(header: Row | None, below: list[Line | Row], *, withdraws: bool) -> Iterator[TableRows]:
    """Yield a table unless it has no row; a section's title between its rows is one of them."""
    if header is None or not any(isinstance(block, Row) for block in below):
        return
    rows = [header]
    for block in below:
        if isinstance(block, Row):
            rows.append(replace(block, table=header.table))
        elif _SECTION.match(block.text):
            title = (squeezed(block.text), *[""] * (len(header.cells) - 1))
            rows.append(Row(header.table, rows[-1].number, title, block.page))
    yield TableRows(tuple(rows), withdraws)


def _group(block: Line | Row) -> bool | None:
    """Say whether a title announces tasks that fall away (True) or others; None for anything else."""
    said = [cell for cell in ((block.text,) if isinstance(block, Line) else block.cells) if cell]
    if not 1 <= len(said) <= 2 or len(said[-1]) > 150:
        return None
    text = flat(said[-1])
    if _GOES.search(text):
        return True
    return False if _GROUP.search(text) else None


__all__ = ["Action", "Amending", "Cited", "Order", "TableRows", "amending_words", "read_amending"]
