"""Which messages keep quiet hours and working days."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from domain.calendar import WorkingCalendar
from domain.quiet import QuietHours, may_leave

# What can wait for an office's next morning; everything else tells what has just happened.
PATIENT = frozenset({"opened", "reminder", "escalation", "waiting", "bulletin"})
SILENT = frozenset({"email"})  # channels that ring on nobody's telephone


def leaves_at(
    reasons: Collection[str], channel: str, moment: datetime, hours: QuietHours, calendar: WorkingCalendar
) -> datetime:
    """Return when a message told for `reasons` may leave: `moment` (local), or the first one after it.

    Whatever can wait leaves on working days and never in quiet hours; of the rest only e-mail may leave in
    quiet hours, and all of it on any day.
    """
    if any(reason in PATIENT for reason in reasons):
        return may_leave(moment, hours, calendar)
    return moment if channel in SILENT else may_leave(moment, hours)
