"""One cell that names who leads and who helps."""

from __future__ import annotations

import time

import pytest

from domain.reading.parties import parties_in


@pytest.mark.parametrize(
    ("cell", "lead", "helping"),
    [
        ("Phòng A chủ trì, phối hợp với Công an xã", "Phòng A", "Công an xã"),
        ("Chủ trì: Phòng A; cơ quan, đơn vị phối hợp: Công an xã", "Phòng A", "Công an xã"),
        ("Phối hợp: Công an xã. Chủ trì: Phòng A", "Phòng A", "Công an xã"),
        ("Phòng A (chủ trì), Công an xã (phối hợp)", "Phòng A", "Công an xã"),
        ("Phòng A ( chủ trì thực hiện ); Công an xã (phối hợp)", "Phòng A", "Công an xã"),
    ],
)
def test_a_cell_may_say_who_leads_and_who_helps(cell: str, lead: str, helping: str) -> None:
    found = parties_in(cell)

    assert found is not None
    assert (found[0].strip(" ,"), found[1].strip(" ,")) == (lead, helping)


def test_a_cell_that_says_nothing_of_it_is_left_alone() -> None:
    assert parties_in("Phòng A; Công an xã (khu vực 2)") is None


@pytest.mark.parametrize("sign", [" ", "\n", " .", "( ", "cơ quan , ", "phối hợp ", "chủ trì ", "a "])
def test_endless_signs_cost_no_time(sign: str) -> None:
    began = time.process_time()

    parties_in(f"Phòng A{sign * 4000}(chủ trì")

    assert time.process_time() - began < 2
