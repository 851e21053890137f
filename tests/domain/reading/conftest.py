"""The real decision, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

import config
from config.event_types import load_event_types
from config.units import load_units
from domain.plans import PlanReading
from domain.reading.plan import read_plan

DECISION = Path(config.__file__).with_name("decisions") / "16-QD-UBND-2026.txt"


def plan_in(text: str) -> PlanReading:
    """Read a decision with the shipped units and event types."""
    return read_plan(text, units=load_units(), event_types=load_event_types())


@pytest.fixture(scope="session")
def decision_text() -> str:
    """Give the text of the ward's real decision."""
    return DECISION.read_text("utf-8")


@pytest.fixture(scope="session")
def decision(decision_text: str) -> PlanReading:
    """Give the ward's real decision as read."""
    return plan_in(decision_text)
