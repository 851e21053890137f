from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from domain.unique_codes import unique, with_unique_codes
from tests.builders import plan_of, task


def test_a_second_row_of_the_same_number_gets_a_code_of_its_own() -> None:
    assert unique(["I.1", "I.2", "I.2", "I.2-2", "I.2"]) == ["I.1", "I.2", "I.2-3", "I.2-2", "I.2-4"]


@given(st.lists(st.sampled_from(["I.1", "I.2", "I.2-2", "I.2-3", "a", ""]), max_size=12))
def test_codes_are_unique_and_those_that_were_keep_theirs(codes: list[str]) -> None:
    made = unique(codes)

    assert len(set(made)) == len(made) == len(codes)
    assert unique(made) == made
    assert all(new.startswith(old) for old, new in zip(codes, made, strict=True))
    assert set(codes) <= set(made)


def test_a_plan_keeps_its_tasks_and_the_first_of_two_sections() -> None:
    plan = plan_of(task("I.1"), task("I.1"), task("II.1"))
    doubled = replace(plan, sections=(*plan.sections, replace(plan.sections[0], title="Khác")))

    made = with_unique_codes(doubled)

    assert [each.code for each in made.tasks] == ["I.1", "I.1-2", "II.1"]
    assert made.sections == plan.sections
