"""A thousand ways of writing a time, each with the reading that was written down for it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from domain.plans import Severity
from domain.reading.times import read_time
from tests.domain.reading.compact import compact

ISSUED = date(2026, 1, 14)
VARIANTS = [
    json.loads(line) for line in Path(__file__).with_name("variants.jsonl").read_text("utf-8").splitlines()
]


def test_every_way_of_writing_a_time_is_read_as_was_written_down() -> None:
    other = {}
    for variant in VARIANTS:
        milestones, _ = read_time(variant["text"], year=2026, issued_on=ISSUED)
        told = [compact(milestone) for milestone in milestones]
        if told != variant["told"]:
            other[variant["text"]] = told

    assert len(VARIANTS) > 1000
    assert other == {}


def test_a_person_is_asked_where_words_leave_a_doubt_and_nowhere_else() -> None:
    other = {}
    for variant in VARIANTS:
        _, findings = read_time(variant["text"], year=2026, issued_on=ISSUED)
        asks = any(finding.severity is not Severity.INFO for finding in findings)
        if asks != variant["asks"]:
            other[variant["text"]] = [finding.code for finding in findings]

    assert other == {}
