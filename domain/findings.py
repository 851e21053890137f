"""What people decide about the doubts of a reading."""

from __future__ import annotations

from enum import StrEnum

from domain.plans import Severity

LONGEST_NOTE = 2000  # characters


class Verdict(StrEnum):
    """What a person says about a finding."""

    CONFIRMED = "confirmed"  # it is as it was read
    CORRECTED = "corrected"  # it was put right, here or in the document
    DISMISSED = "dismissed"  # it is no matter


class DecisionKind(StrEnum):
    """What the record of decisions holds: the verdicts, their withdrawal, and those made before verdicts."""

    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    DISMISSED = "dismissed"
    SETTLED = "settled"
    REOPENED = "reopened"


def note_needed(verdict: Verdict, severity: Severity, *, sets_date: bool) -> bool:
    """Tell whether the decision must be explained: a date that is set explains itself."""
    if severity is Severity.BLOCKING or verdict is Verdict.DISMISSED:
        return True
    return verdict is Verdict.CORRECTED and not sets_date
