"""Why a decision about a doubt is refused."""

from __future__ import annotations

from domain.errors import WardError
from domain.words import VERDICTS


class UnknownFinding(WardError):
    """The ward's plans have no such finding."""

    def __init__(self, finding_id: int) -> None:
        super().__init__(
            f"no finding {finding_id}",
            f"Không có điểm cần xem lại số {finding_id}. Xem các điểm: cchc plan show",
        )


class AlreadySettled(WardError):
    """Someone else decided otherwise before."""

    def __init__(self, finding_id: int, by: str, verdict: str | None, note: str | None) -> None:
        said = VERDICTS.get(verdict or "", "đã xử lý")
        note = f" (“{note}”)" if note else ""
        super().__init__(
            f"finding {finding_id} was settled by {by}",
            f"Điểm số {finding_id} đã được “{by}” xử lý trước: {said}{note}. "
            "Muốn quyết định khác, đề nghị mở lại điểm này trước.",
        )


class PlanClosed(WardError):
    """What a closed plan doubted is no longer settled."""

    def __init__(self) -> None:
        super().__init__(
            "the plan is closed", "Kế hoạch này đã đóng; các điểm của nó chỉ còn để xem, không xử lý nữa."
        )
