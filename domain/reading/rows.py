"""Turn table rows into numbered drafts of tasks, each in its section."""

from __future__ import annotations

from collections.abc import Sequence

from domain.plans import Finding, Source
from domain.reading.asides import deadlines_beside
from domain.reading.doubts import about_plan
from domain.reading.drafts import Draft, Drafts, Entry
from domain.reading.gathering import Gathered, gather, read_rows
from domain.reading.guessing import guessed_columns
from domain.reading.headings import heading
from domain.reading.labels import label
from domain.reading.layout import Line, Row
from domain.reading.normal import key, squeezed
from domain.reading.numbering import Mark, mark_of
from domain.reading.outline import outlined
from domain.reading.prose import Item, Prose, placed_paragraphs, prose_of
from domain.reading.row_entries import is_ditto, place_of
from domain.reading.units import UnitBook

__all__ = ["Draft", "Drafts", "drafts_of"]


def drafts_of(blocks: Sequence[Line | Row], book: UnitBook | None = None) -> Drafts:
    """Return the tasks and sections of the tables among a document's lines and rows.

    Where no table holds tasks, its paragraphs are read with the help of `book`, the units.
    """
    gathered = gather(blocks)
    if not gathered.entries:
        gathered = _without_header(gathered)
    entries = _with_headings(gathered)
    drafts = outlined(entries)
    drafts.names = gathered.names
    findings = [*gathered.findings]
    if book is not None:
        prose = prose_of(blocks if drafts.tasks else _as_lines(blocks), book, sentences=not drafts.tasks)
        if drafts.tasks:
            findings += _beside_tables(prose, drafts)
            titles = [draft.cells.get("content", "") for draft in drafts.tasks]
            findings += deadlines_beside(placed_paragraphs(blocks), titles, book)
        else:
            drafts, findings = _of_prose(prose), findings
    _ditto(drafts)
    drafts.findings = [*findings, *drafts.findings, *_unnumbered(entries), *_left_out(gathered)]
    return drafts


def _without_header(gathered: Gathered) -> Gathered:
    """Read tables without a header by what their columns hold, where no table has one."""
    again = Gathered(findings=list(gathered.findings))
    for rows in gathered.others:
        columns = guessed_columns(rows)
        if columns is None:
            again.others.append(rows)
            continue
        read_rows(again, columns, rows)
        source = squeezed(" | ".join(rows[0].cells))[:160]
        again.findings.append(
            about_plan("header_missing", source=source, place=place_of(rows[0]), table=rows[0].table)
        )
    return again


def _as_lines(blocks: Sequence[Line | Row]) -> list[Line]:
    """Return rows that are no tasks' as lines; `Thời gian | Quý I/2026` becomes a label with its text."""
    lines = list[Line]()
    for block in blocks:
        if isinstance(block, Line):
            lines.append(block)
            continue
        said = [cell.strip() for cell in block.cells if cell.strip()]
        is_label = len(said) == 2 and label(said[0]) is not None and not said[0].endswith(":")
        lines.append(Line((": " if is_label else " ").join(said), block.page))
    return lines


def _of_prose(prose: Prose) -> Drafts:
    """Return the drafts of tasks that paragraphs hold, told as such."""
    drafts = outlined(prose.entries)
    if drafts.tasks:
        drafts.findings.append(about_plan("prose_read", count=len(drafts.tasks)))
    guessed = {item.place: item for item in prose.guessed}
    for draft in drafts.tasks:
        item = guessed.get(draft.place)
        if item is not None:
            source = squeezed(item.text)[:160]
            drafts.findings.append(
                about_plan("prose_guessed", task=draft.code, source=source, place=item.place)
            )
    if prose.left_out:
        drafts.findings.append(_aside(prose.left_out))
    return drafts


def _aside(items: list[Item]) -> Finding:
    first = items[0]
    source = squeezed(f"{first.text} {first.cells.get('time', '')}")[:200]
    return about_plan("prose_left_out", source=source, place=first.place, count=len(items))


def _beside_tables(prose: Prose, drafts: Drafts) -> list[Finding]:
    """Name labelled tasks in the text that no table holds."""
    titles = {key(draft.cells.get("content", "")) for draft in drafts.tasks}
    others = [item for item in prose.labelled if key(item.text) and key(item.text) not in titles]
    return [_aside(others)] if others else []


def _with_headings(gathered: Gathered) -> list[Entry]:
    """Put titles that stand between tables in as sections, where each table has its own."""
    headings = gathered.headings
    values = {(entry.kind, entry.value) for _, entry in headings}
    inside = [(entry.kind, entry.value) for entry in gathered.entries if entry.is_head]
    if len(values) == 1 and _precedes(headings[0][1], inside):
        at, entry = headings[0]
        return [*gathered.entries[:at], entry, *gathered.entries[at:]]
    if len(values) < 2 or (inside and len(inside) == len(set(inside))):
        return gathered.entries
    entries = list(gathered.entries)
    for at, entry in reversed(headings):
        kind = "section" if entry.kind == "number" else entry.kind
        mark = Mark(kind, entry.value.rpartition(".")[2])
        entries.insert(at, Entry(mark, entry.cells, entry.place, title=True))
    return entries


def _precedes(heading: Entry, inside: list[tuple[str, str]]) -> bool:
    """Say whether the sections inside go on from a title above the first table: I. above, II. inside."""
    again = next((value for kind, value in inside if kind == heading.kind), None)
    return again is not None and (heading.value, again) in {("I", "II"), ("1", "2"), ("A", "B"), ("01", "02")}


def _ditto(drafts: Drafts) -> None:
    """Put what stands above into cells that only point at it."""
    above: dict[str, str] = {}
    for draft in drafts.tasks:
        for name in ("lead", "coordinating", "shared", "time", "product"):
            cell = draft.cells.get(name, "")
            if is_ditto(cell) and above.get(name):
                draft.cells[name] = above[name]
                found = about_plan("ditto", task=draft.code, source=cell.strip(), facts=squeezed(above[name]))
                drafts.findings.append(found)
            above[name] = draft.cells.get(name, "")


def _unnumbered(entries: list[Entry]) -> list[Finding]:
    """Say how many tasks got their number from the order of the rows."""
    plain = [entry for entry in entries if entry.kind in {"plain", "dash"} and not entry.title]
    if not plain:
        return []
    first = plain[0]
    source = squeezed(first.cells.get("content", ""))[:120]
    return [about_plan("number_assigned", source=source, place=first.place, count=len(plain))]


def _left_out(gathered: Gathered) -> list[Finding]:
    """Name the tables that weren't read though rows in them are numbered under headings of content."""
    findings = []
    for rows in gathered.others:
        titles = [row for row in rows if any(heading(cell) in {"content", "subject"} for cell in row.cells)]
        numbered = [row for row in rows if row.cells and mark_of(row.cells[0]) and len(row.cells) > 2]
        if len(numbered) < 2 or not (titles or len(numbered) * 2 > len(rows)):
            continue
        row = (titles or rows)[0]
        source = squeezed(" | ".join(cell for cell in row.cells if cell))[:200]
        place = Source(row.table, row.number, row.page)
        findings.append(about_plan("table_left_out", source=source, place=place, table=row.table))
    return findings
