"""Which task is which in two readings of a plan."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from domain.differences import Field
from domain.matching import Fate, match_tasks, token_similarity
from domain.plans import TaskReading
from tests.builders import CENTRE, CULTURE, OFFICE, task

SENTENCE = (
    "ban hành kế hoạch báo cáo kiểm tra rà soát thủ tục hành chính công dân cán bộ đào tạo ngân sách"
    " chuyển đổi số tuyên truyền khảo sát hài lòng tài sản biên chế dịch vụ trực tuyến"
)
WORDS = SENTENCE.split()
titles = st.lists(st.sampled_from(WORDS), min_size=3, max_size=9).map(" ".join)
plans = st.lists(titles, min_size=1, max_size=9, unique=True).map(
    lambda found: [row(f"{'I' * (1 + place % 3)}.{place}", title) for place, title in enumerate(found)]
)


def row(code: str, title: str, **more: object) -> TaskReading:
    return replace(task(code), title=title, **more)


def codes(old: list[TaskReading], new: list[TaskReading]) -> list[tuple[str, str | None, str | None]]:
    return [
        (match.fate.value, match.old and match.old.code, match.new and match.new.code)
        for match in match_tasks(old, new).matches
    ]


@given(plans, st.randoms())
def test_a_shuffled_and_renumbered_copy_is_the_same_plan(plan: list[TaskReading], chance: object) -> None:
    shuffled = list(plan)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random, whatever the strategy is typed as
    copy = [replace(each, code=f"IX.{number}") for number, each in enumerate(shuffled)]

    found = match_tasks(plan, copy)

    assert [match.fate for match in found.matches] == [Fate.RENUMBERED] * len(plan)
    assert all(match.old and match.new and match.old.title == match.new.title for match in found.matches)
    assert found.ambiguities == ()


@given(plans, st.data())
def test_a_dropped_row_is_gone_and_an_added_one_is_new(plan: list[TaskReading], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(plan) - 1))
    rest = [each for at, each in enumerate(plan) if at != place]
    same = [("same", each.code, each.code) for each in rest]

    assert codes(plan, rest) == [*same, ("gone", plan[place].code, None)]
    assert sorted(codes(rest, plan), key=str) == sorted([*same, ("new", None, plan[place].code)], key=str)


@given(plans, plans)
def test_every_task_of_both_sides_has_exactly_one_fate(
    old: list[TaskReading], new: list[TaskReading]
) -> None:
    found = match_tasks(old, new).matches

    assert sorted(each.old.code for each in found if each.old) == sorted(each.code for each in old)
    assert sorted(each.new.code for each in found if each.new) == sorted(each.code for each in new)


def test_a_changed_row_names_what_changed() -> None:
    old = row("II.3", "Rà soát thủ tục hành chính nội bộ")
    new = replace(old, time_text="Quý IV/2026", lead_units=(CULTURE,))

    [match] = match_tasks([old], [new]).matches

    assert (match.fate, match.changed) == (Fate.CHANGED, (Field.LEAD, Field.TIME))


def test_a_reworded_title_is_found_under_another_code() -> None:
    old = [row("II.3", "Rà soát thủ tục hành chính nội bộ của phường"), row("II.4", "Tập huấn chuyển đổi số")]
    new = [
        row("II.3", "Tập huấn chuyển đổi số"),
        row("II.5", "Rà soát, đơn giản hoá thủ tục hành chính nội bộ"),
    ]

    assert codes(old, new) == [("renumbered", "II.4", "II.3"), ("changed", "II.3", "II.5")]


def test_a_row_of_the_same_code_about_something_else_is_another_task() -> None:
    old, new = [row("II.3", "Kiểm tra tài sản công")], [row("II.3", "Tuyên truyền dịch vụ trực tuyến")]

    assert codes(old, new) == [("new", None, "II.3"), ("gone", "II.3", None)]


def test_two_rows_that_fit_alike_are_reported_instead_of_guessed() -> None:
    old = [row("I.1", "Báo cáo kết quả kiểm tra quý một")]
    new = [row("I.2", "Báo cáo kết quả kiểm tra quý hai"), row("I.3", "Báo cáo kết quả kiểm tra quý ba")]

    [doubt] = match_tasks(old, new).ambiguities

    assert (doubt.old, doubt.new, doubt.new_instead) == ("I.1", "I.2", ("I.3",))


def test_rows_with_one_title_are_told_apart_by_their_unit() -> None:
    old = [row("I.1", "Báo cáo", lead_units=(OFFICE,)), row("I.2", "Báo cáo", lead_units=(CENTRE,))]
    new = [row("I.7", "Báo cáo", lead_units=(CENTRE,)), row("I.8", "Báo cáo", lead_units=(OFFICE,))]

    assert codes(old, new) == [("renumbered", "I.2", "I.7"), ("renumbered", "I.1", "I.8")]
    assert match_tasks(old, new).ambiguities == ()


def test_next_year_the_year_alone_changes_nothing() -> None:
    old = [row("I.1", "Kế hoạch năm 2026", time_text="Quý I/2026")]
    new = [row("I.1", "Kế hoạch năm 2027", time_text="Quý I/2027")]

    assert match_tasks(old, new, years=(2026, 2027)).matches[0].fate is Fate.SAME
    assert match_tasks(old, new).matches[0].fate is Fate.CHANGED


@given(titles, titles)
def test_likeness_is_the_same_from_both_sides_and_whole_only_for_the_same_words(one: str, other: str) -> None:
    assert token_similarity(one, other) == token_similarity(other, one)
    assert (token_similarity(one, other) == 1.0) == (sorted(one.split()) == sorted(other.split()))
