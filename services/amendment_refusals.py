"""Why an amendment isn't applied."""

from __future__ import annotations

from collections.abc import Sequence

from domain.errors import WardError


class NoTarget(WardError):
    """The decision doesn't say which plan it amends."""

    def __init__(self) -> None:
        super().__init__(
            "no amended decision named",
            "Không thấy số của quyết định được sửa đổi, thay thế trong các điều của văn bản. "
            "Đề nghị kiểm tra đúng tệp quyết định sửa đổi.",
        )


class NotThisPlan(WardError):
    """The decision amends none of the ward's active plans."""

    def __init__(self, cited: str, why: str) -> None:
        super().__init__(f"cannot amend {cited}: {why}", f"Văn bản sửa đổi {cited}. {why}")


class AmendmentExists(WardError):
    """A decision of this number and date was applied from another file."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"amendment {number} was applied from another file",
            f"Quyết định {number} đã được áp dụng từ một tệp có nội dung khác; không áp dụng lần nữa.",
        )


class UnsettledAmendment(WardError):
    """Something in the decision isn't understood, and nobody has said to go on without it."""

    def __init__(self, messages: Sequence[str]) -> None:
        super().__init__(
            f"{len(messages)} blocking findings in the amendment",
            "Chưa áp dụng gì, còn điểm phải xử lý:\n- "
            + "\n- ".join(messages)
            + "\nSửa lại tệp cho rõ rồi chạy lại; hoặc, nếu đã xem và chỉ áp dụng phần đã hiểu, "
            'ghi lý do (dòng lệnh: --despite "LÝ DO").',
        )


class NothingAmended(WardError):
    """The decision leaves every task as it is."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"amendment {number} changes nothing",
            f"Quyết định {number} không làm thay đổi nhiệm vụ nào của kế hoạch; không có gì để áp dụng.",
        )


class OnlyWhole(WardError):
    """A new numbering can't be applied in part: two tasks would have one number."""

    def __init__(self, messages: Sequence[str]) -> None:
        super().__init__(
            "a renumbering is applied whole or not at all",
            "Phụ lục mới đánh số lại các nhiệm vụ nên phải áp dụng trọn vẹn. "
            "Hãy sửa tệp cho rõ rồi chạy lại:\n- " + "\n- ".join(messages),
        )


class ProposalChanged(WardError):
    """Between what was shown and its application, something was handed in, opened or amended."""

    def __init__(self) -> None:
        super().__init__(
            "the plan moved since the proposal was shown",
            "Kế hoạch vừa có thay đổi sau khi bản so sánh được lập; chưa áp dụng gì. "
            "Hãy chạy lại để xem lại.",
        )
