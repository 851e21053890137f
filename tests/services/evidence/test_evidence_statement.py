"""What a pack calls a stage is what the office's own status says of it, whatever was handed in when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.stages import HANDED_IN, OccurrenceState, StageState
from domain.status import Status
from services.evidence_statement import judged
from services.tasks import status_of
from tests.builders import TODAY


@dataclass(frozen=True)
class One:
    state: StageState
    due_on: date | None
    submissions: list[dict[str, Any]] = field(default_factory=list)

    def listed(self) -> dict[str, Any]:
        due = self.due_on.isoformat() if self.due_on else None
        return {"state": self.state.value, "due": due, "submissions": self.submissions}


@dataclass(frozen=True)
class Occurrence:
    state: str
    stages: list[dict[str, Any]]


dues = st.none() | st.integers(-400, 400).map(lambda days: TODAY + timedelta(days=days))
handed_in = st.builds(
    One,
    st.sampled_from(StageState),
    dues,
    st.lists(st.fixed_dictionaries({"late": st.booleans()}), min_size=1, max_size=3),
)
never = st.builds(One, st.sampled_from(sorted(frozenset(StageState) - HANDED_IN)), dues)
states = st.sampled_from(OccurrenceState)
stages = st.lists(handed_in | never, min_size=3, max_size=3)


@given(states, stages, st.booleans())
def test_a_pack_calls_a_stage_late_where_the_official_status_does(
    state: OccurrenceState, each: list[One], excused: bool
) -> None:
    status = status_of(Occurrence(state.value, [one.listed() for one in each]), TODAY)
    told = [judged(state.value, one, one.submissions, TODAY, excused=excused)[0] for one in each]
    open_ones = [said for one, said in zip(each, told, strict=True) if one.state not in HANDED_IN]

    if status in {Status.OVERDUE, Status.DONE_LATE}:
        assert any("quá hạn" in said for said in told)
    elif state in {OccurrenceState.OPEN, OccurrenceState.DONE} and status is not Status.DONE_NO_DUE:
        assert not any("quá hạn" in said for said in told)
    if status is Status.NOT_YET:
        assert set(open_ones) <= {"chưa đến kỳ"}
    if status is Status.CANCELLED:
        assert set(open_ones) <= {"đã huỷ"}


def test_a_stage_whose_occurrence_no_morning_run_opened_has_not_come_up_yet() -> None:
    past = One(StageState.WAITING, TODAY - timedelta(days=9))

    assert judged("planned", past, [], TODAY, excused=False) == ("chưa đến kỳ", "calm")
    assert judged("open", past, [], TODAY, excused=False) == ("chưa có kết quả, quá hạn 9 ngày", "bad")
