"""The name of a message that comes back in its receipt."""

from __future__ import annotations

import pytest

from domain.tracking import read_tracking_id, tracking_id


@pytest.mark.parametrize(("ward", "outbox"), [(1, 1), (3321, 110_000), (2**31 - 1, 2**63 - 1)])
def test_a_tracking_id_leads_back_to_its_row(ward: int, outbox: int) -> None:
    name = tracking_id(ward, outbox)

    assert read_tracking_id(name) == (ward, outbox)
    assert len(name) <= 48


@pytest.mark.parametrize(
    "text",
    [
        "",
        "o1",
        "o1.w",
        "o01.w1",
        "o1.w0",
        "O1.w1",
        "o1.w1 ",
        "o1.w1\n",
        "o-1.w1",
        "o١.w1",
        "o9223372036854775808.w1",
        "o1.w2147483648",
        "nv01-due3d-u17-0",
    ],
)
def test_no_other_text_is_taken_for_one_of_ours(text: str) -> None:
    assert read_tracking_id(text) is None
