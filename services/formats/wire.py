"""A laid-out document as JSON, for the way between two processes: no pickle, nothing that runs."""

from __future__ import annotations

import json
from typing import Any

from domain.plans import Finding, Severity, Source
from domain.reading.layout import Line, Row, Sheet


def dumped(sheet: Sheet) -> dict[str, Any]:
    """Return a sheet as plain data."""
    return {
        "blocks": [_block(block) for block in sheet.blocks],
        "findings": [_finding(finding) for finding in sheet.findings],
        "scanned": sheet.scanned,
    }


def loaded(data: dict[str, Any]) -> Sheet:
    """Return the sheet that was dumped."""
    blocks = tuple(_line_or_row(block) for block in data["blocks"])
    findings = tuple(_found(finding) for finding in data["findings"])
    return Sheet(blocks, findings, data["scanned"])


def dumps(value: dict[str, Any]) -> str:
    """Return a message as one line; a lone surrogate, which no file can hold, becomes `?`."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace").decode()


def _block(block: Line | Row) -> list[Any]:
    if isinstance(block, Line):
        return [block.text, block.page]
    return [block.table, block.number, list(block.cells), block.page, sorted(block.below)]


def _line_or_row(block: list[Any]) -> Line | Row:
    if len(block) == 2:
        return Line(*block)
    table, number, cells, page, below = block
    return Row(table, number, tuple(cells), page, frozenset(below))


def _finding(finding: Finding) -> list[Any]:
    place = finding.place
    return [
        finding.code,
        finding.severity.value,
        finding.message,
        finding.task,
        finding.source_text,
        place and [place.table, place.row, place.page],
    ]


def _found(finding: list[Any]) -> Finding:
    code, severity, message, task, source_text, place = finding
    return Finding(code, Severity(severity), message, task, source_text, Source(*place) if place else None)
