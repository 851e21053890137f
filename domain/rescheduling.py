"""What an amended task does to its occurrences: which dates move, what is cancelled, opened, handed over."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from domain.plans import PlannedOccurrence, Stage, StageDue
from domain.stages import HANDED_IN, OccurrenceState, StageState

LIVE = frozenset({OccurrenceState.PLANNED, OccurrenceState.OPEN})


@dataclass(frozen=True, slots=True)
class StageNow:
    """A stage as it stands; `nominal` is what the decision says, `due` what counts now."""

    state: StageState
    nominal: date | None
    due: date | None
    assumed: bool = False
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class OccurrenceNow:
    """An occurrence as it stands; one that an event opened isn't bound to the calendar."""

    id: int
    label: str
    unit: str
    state: OccurrenceState
    opens_on: date
    of_event: bool
    stages: Mapping[Stage, StageNow]

    @property
    def handed_in(self) -> bool:
        """Say whether anything was ever handed in."""
        return any(stage.attempt for stage in self.stages.values())


@dataclass(frozen=True, slots=True)
class DueMove:
    """A stage's new date; the former one is kept in the history."""

    occurrence: int
    stage: Stage
    former: date | None
    due: date | None
    assumed: bool


@dataclass(slots=True)
class Moves:
    """What happens to a task's occurrences."""

    dues: list[DueMove] = field(default_factory=list)
    opens: list[tuple[int, date]] = field(default_factory=list)
    handed_over: list[tuple[int, str]] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)
    revived: list[int] = field(default_factory=list)  # cancelled before, and planned again
    planned: list[PlannedOccurrence] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)  # no longer in the plan, but something was handed in


def withdraw(current: Sequence[OccurrenceNow]) -> Moves:
    """Cancel what isn't finished."""
    return Moves(cancelled=[each.id for each in current if each.state in LIVE])


def reschedule(
    current: Sequence[OccurrenceNow],
    wanted: Sequence[PlannedOccurrence],
    *,
    redated: bool,
    units: tuple[Collection[str], Collection[str]],
    issued_on: date,
) -> Moves:
    """Return what a changed task does to its occurrences.

    `units` are the lead units before and after, `issued_on` is the amendment's day. What was handed
    in, accepted or finished stays as it is. Where the amendment writes another date than the plan
    did, its date counts from now on, also after an extension; where it doesn't, nothing moves.
    An occurrence under way goes to the new lead unit unless something was handed in.
    """
    moves = Moves()
    former, units_now = units
    left, joined = set(former) - set(units_now), sorted(set(units_now) - set(former))
    heir = joined[0] if len(left) == len(joined) == 1 else None
    staying = _hand_over(moves, current, left, heir)
    wanted = _with_known_label(current, wanted)
    if redated:
        _redate(moves, staying, wanted)
        _revive(moves, current, wanted, set(units_now))
    known = {each.label for each in current}
    more_units = bool(joined) and heir is None
    moves.planned += [
        replace(each, opens_on=max(each.opens_on, issued_on))
        for each in wanted
        if _not_over(each, issued_on) and (more_units or (redated and each.label not in known))
    ]
    return moves


def _hand_over(
    moves: Moves, current: Sequence[OccurrenceNow], left: set[str], heir: str | None
) -> list[OccurrenceNow]:
    """Deal with occurrences of units that lead no longer; return those that the calendar concerns."""
    staying = []
    for each in current:
        if each.unit not in left or each.state not in LIVE or each.handed_in:
            staying.append(each)
        elif heir is not None:
            moves.handed_over.append((each.id, heir))
            staying.append(each)
        elif each.of_event:
            moves.kept.append(each.id)
        else:
            moves.cancelled.append(each.id)
    return [each for each in staying if not each.of_event and each.state is not OccurrenceState.CANCELLED]


def _with_known_label(
    current: Sequence[OccurrenceNow], wanted: Sequence[PlannedOccurrence]
) -> Sequence[PlannedOccurrence]:
    """Keep the label of an occurrence that was and is the task's only one: by it people know it."""
    labels = {
        each.label for each in current if not each.of_event and each.state is not OccurrenceState.CANCELLED
    }
    return [replace(wanted[0], label=labels.pop())] if len(wanted) == len(labels) == 1 else wanted


def _redate(moves: Moves, current: Sequence[OccurrenceNow], wanted: Sequence[PlannedOccurrence]) -> None:
    by_label = {each.label: each for each in wanted}
    for each in current:
        planned = by_label.get(each.label)
        if each.state not in LIVE:
            continue
        if planned is not None:
            moves.dues += _dues(each, planned.stages)
            if each.state is OccurrenceState.PLANNED and each.opens_on != planned.opens_on:
                moves.opens.append((each.id, planned.opens_on))
        elif each.handed_in:
            moves.kept.append(each.id)
        else:
            moves.cancelled.append(each.id)


def _dues(occurrence: OccurrenceNow, wanted: Mapping[Stage, StageDue]) -> list[DueMove]:
    found = []
    for stage, now in occurrence.stages.items():
        new = wanted.get(stage, StageDue())
        settled = now.assumed and not new.assumed
        if now.state not in HANDED_IN and (now.nominal != new.due or settled):
            found.append(DueMove(occurrence.id, stage, now.due, new.due, new.assumed))
    return found


def _revive(
    moves: Moves, current: Sequence[OccurrenceNow], wanted: Sequence[PlannedOccurrence], units: set[str]
) -> None:
    """Plan an occurrence again that an earlier amendment cancelled."""
    for planned in wanted:
        for each in current:
            gone = each.state is OccurrenceState.CANCELLED and not each.of_event
            if gone and each.label == planned.label and each.unit in units:
                moves.opens.append((each.id, planned.opens_on))
                moves.revived.append(each.id)
                moves.dues += _dues(each, planned.stages)


def _not_over(planned: PlannedOccurrence, day: date) -> bool:
    dues = [stage.due for stage in planned.stages.values() if stage.due]
    return not dues or max(dues) >= day
