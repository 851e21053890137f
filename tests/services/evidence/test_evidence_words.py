"""`verify.py` may import little, so it says again what the domain says: the two must not part."""

from __future__ import annotations

import re
from importlib.resources import files

from domain.plans import STAGE_NAMES
from domain.stages import ORDER, OccurrenceState, StageState
from services import evidence_claims, evidence_timeline

# What an occurrence goes through besides its states.
NO_STATE = {"occurrence.handed-over"}


def written(prefix: str) -> set[str]:
    """Return the kinds of events with this prefix that the program's statements and services write."""
    found = set()
    for package in ("models", "services"):
        for file in files(package).iterdir():
            if file.name.endswith(".py") and not file.name.startswith(("projection", "evidence")):
                found |= set(re.findall(rf"""['"]({prefix}\.[a-z-]+)['"]""", file.read_text("utf-8")))
    return found


def test_the_verifier_knows_the_stages_and_states_of_the_domain() -> None:
    moved = set(StageState) - {StageState.WAITING, StageState.OPEN}  # which nobody's act alone makes

    assert evidence_claims._STAGES == ORDER
    assert set(evidence_claims._HANDED.values()) == moved
    assert set(evidence_claims._LIVES.values()) == set(OccurrenceState)


def test_the_verifier_learns_from_every_kind_of_event_that_moves_a_stage_or_an_occurrence() -> None:
    assert written("occurrence") - NO_STATE == set(evidence_claims._LIVES)
    assert {f"stage.{state}" for state in ("submitted", "accepted", "returned", "withdrawn")} == set(
        evidence_claims._HANDED
    )
    assert written("stage") <= set(evidence_claims._HANDED)


def test_the_course_of_events_has_the_domains_words() -> None:
    told = evidence_timeline._NAMES

    assert {stage.value: told[stage] for stage in ORDER} == {
        stage.value: name for stage, name in STAGE_NAMES.items()
    }
    assert set(told) >= {state.value for state in OccurrenceState}
