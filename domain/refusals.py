"""Refusals of the task lifecycle, by name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.errors import WardError
from domain.people import ROLE_NAMES, Action, Role
from domain.plans import STAGE_NAMES, Stage


class UnknownWard(WardError):
    """No such ward, or several and none was named."""

    def __init__(self, code: str | None, known: Sequence[str] = ()) -> None:
        if code is not None:
            notice = f"Không có phường “{code}”."
        elif known:
            notice = "Cài đặt này phục vụ nhiều phường; hãy đặt CCHC_WARD là một trong: " + ", ".join(known)
        else:
            notice = "Chưa có kế hoạch nào. Hãy nhập quyết định: cchc plan import TỆP"
        super().__init__(f"unknown ward {code}", notice)


class UnknownUnit(WardError):
    """No unit has this name or alias."""

    def __init__(self, name: str, near: Sequence[str] = ()) -> None:
        hint = f" Có phải là: {'; '.join(near)}?" if near else ""
        super().__init__(
            f"unknown unit {name}", f"Không có đơn vị “{name}”.{hint} Xem danh sách: cchc unit list"
        )


class UnknownUser(WardError):
    """No active account has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"unknown or disabled user {name}",
            f"Không có người dùng “{name}” (hoặc đã bị khoá). Xem danh sách: cchc user list",
        )


class UserExists(WardError):
    """The account name is taken by someone else."""

    def __init__(self, name: str) -> None:
        super().__init__(f"user {name} exists", f"Tên “{name}” đã có người dùng khác.")


class BadValue(WardError):
    """A value that a person gave can't be what it should be."""

    def __init__(self, what: str, value: str, expected: str) -> None:
        named = f"{what} “{value}” không đúng" if value else what
        super().__init__(f"bad {what}: {value!r}", f"{named}: {expected}.")


class NotPermitted(WardError):
    """The role does not allow the action."""

    def __init__(self, role: Role, action: Action, allowed: Sequence[Role]) -> None:
        names = ", ".join(ROLE_NAMES[each] for each in allowed)
        super().__init__(
            f"{role} may not {action}",
            f"Vai trò {ROLE_NAMES[role]} không được làm việc này; người được làm: {names}.",
        )


class UnknownTask(WardError):
    """The active plan has no such task."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"unknown task {code}",
            f"Kế hoạch đang thực hiện không có nhiệm vụ “{code}”. Xem danh sách: cchc task list",
        )


class UnknownOccurrence(WardError):
    """The task has no occurrence that fits."""

    def __init__(self, code: str, label: str | None, labels: Sequence[str] = ()) -> None:
        if label is not None:
            notice = f"Nhiệm vụ {code} không có kỳ “{label}”."
        else:
            notice = f"Nhiệm vụ {code} không có kỳ thực hiện nào đang mở cho việc này."
        if labels:
            notice += " Các kỳ: " + "; ".join(labels)
        super().__init__(f"no fitting occurrence of {code} ({label})", notice)


class AmbiguousOccurrence(WardError):
    """Several occurrences fit; the person must name one."""

    def __init__(self, code: str, labels: Sequence[str]) -> None:
        super().__init__(
            f"several occurrences of {code} fit",
            f"Nhiệm vụ {code} có nhiều kỳ đang mở; hãy ghi rõ kỳ (--occurrence): " + "; ".join(labels),
        )


class StageOutOfOrder(WardError):
    """An earlier stage comes first."""

    def __init__(self, stage: Stage, first: Stage, *, need: str) -> None:
        super().__init__(
            f"{stage} before {first}",
            f"Chưa thể thực hiện bước “{STAGE_NAMES[stage]}”: bước “{STAGE_NAMES[first]}” {need}.",
        )


class WrongState(WardError):
    """The stage's state does not allow the action."""

    def __init__(self, stage: Stage, state: str, notice: str) -> None:
        super().__init__(f"stage {stage} is {state}", f"Bước “{STAGE_NAMES[stage]}” {notice}.")


class NotOwnUnit(WardError):
    """Only the lead unit hands in, or asks for more time."""

    def __init__(self, unit: str, to: str = "nộp kết quả") -> None:
        super().__init__(f"lead unit is {unit}", f"Chỉ người của đơn vị chủ trì ({unit}) được {to}.")


class SamePerson(WardError):
    """Nobody decides on what they handed in or asked for themselves."""

    def __init__(
        self,
        notice: str = "Người nộp không được tự nghiệm thu hay trả lại; việc này phải do người khác làm.",
    ) -> None:
        super().__init__("one person for both", notice)


class SubmissionChanged(WardError):
    """What was looked at is no longer what waits for a verdict."""

    def __init__(self) -> None:
        super().__init__(
            "the submission that was seen is no longer the one that waits",
            "Kết quả đã được nộp lại hoặc xử lý trong lúc trang đang mở. Đề nghị xem lại kết quả hiện nay "
            "rồi mới quyết định.",
        )


class DateChanged(WardError):
    """Somebody moved the due date that was looked at."""

    def __init__(self, due_on: date | None) -> None:
        now = f"{due_on:%d/%m/%Y}" if due_on else "không có"
        super().__init__(
            f"the due date is {due_on} by now",
            f"Thời hạn đã được người khác đổi trong lúc trang đang mở (hiện nay: {now}). Đề nghị xem lại rồi "
            "mới đổi.",
        )


class OwnUnitNeedsLeader(WardError):
    """What the coordinator's own unit did is accepted by a leader."""

    def __init__(self) -> None:
        super().__init__(
            "coordinator of the lead unit",
            "Kết quả của chính đơn vị điều phối phải do lãnh đạo nghiệm thu hoặc trả lại.",
        )


class ReasonNeeded(WardError):
    """An action that people must be able to explain later."""

    def __init__(self, action: str, option: str = "--reason") -> None:
        super().__init__(f"reason needed to {action}", f"Phải ghi lý do khi {action} (dòng lệnh: {option}).")


class InTheFuture(WardError):
    """Something is said to have happened after today."""

    def __init__(self, what: str, day: date) -> None:
        super().__init__(f"{what} {day} is in the future", f"{what} ({day:%d/%m/%Y}) ở sau ngày hôm nay.")


class BeforeTheYear(WardError):
    """Work for a plan's year can't have been done before that year."""

    def __init__(self, day: date, year: int) -> None:
        super().__init__(
            f"{day} is before {year}",
            f"Ngày thực hiện ({day:%d/%m/%Y}) ở trước năm của kỳ thực hiện ({year}); hãy kiểm tra lại.",
        )


class BeforeItsDocument(WardError):
    """A result that a document proves is not older than the document."""

    def __init__(self, day: date, document: date) -> None:
        super().__init__(
            f"{day} is before its document of {document}",
            f"Ngày thực hiện ({day:%d/%m/%Y}) ở trước ngày văn bản ({document:%d/%m/%Y}); "
            "kết quả có từ ngày văn bản.",
        )


class DocumentNumberUsed(WardError):
    """The same issuer's document number is recorded with another date."""

    def __init__(self, number: str, issuer: str, recorded: date) -> None:
        super().__init__(
            f"document {number} of {issuer} is recorded with date {recorded}",
            f"Văn bản số {number} của {issuer} đã được ghi nhận với ngày {recorded:%d/%m/%Y}; "
            "hãy kiểm tra lại số hoặc ngày.",
        )


class NothingOpens(WardError):
    """An event that no task of the plan waits for."""

    def __init__(self, event_type: str) -> None:
        super().__init__(
            f"no task waits for {event_type}",
            "Không có nhiệm vụ nào của kế hoạch chờ loại sự kiện này; hãy chỉ rõ nhiệm vụ (--task).",
        )


class PlanExists(WardError):
    """The same decision was imported before."""

    def __init__(self, number: str) -> None:
        super().__init__(f"plan {number} exists", f"Quyết định {number} đã được nhập trước đây.")


class BlockingFindings(WardError):
    """A plan with open blocking findings can't be activated."""

    def __init__(self, messages: Sequence[str]) -> None:
        super().__init__(
            f"{len(messages)} blocking findings",
            "Chưa thể đưa kế hoạch vào thực hiện, còn điểm phải xử lý (cchc plan show, cchc plan settle):\n- "
            + "\n- ".join(messages),
        )


class BadFile(WardError):
    """A file that can't be kept."""

    def __init__(self, name: str, why: str) -> None:
        said = f"Tệp “{name}”: {why}." if name else f"{why[:1].upper()}{why[1:]}."
        super().__init__(f"bad file {name}: {why}", said)
