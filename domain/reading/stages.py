"""Which of the three stages the words name."""

from __future__ import annotations

from domain.plans import Stage
from domain.reading.tokens import Token

_PAPERS = {
    "kế hoạch",
    "kh",
    "chương trình",
    "quyết định",
    "nghị quyết",
    "quy chế",
    "đề án",
    "phương án",
    "quy định",
}
_LIGHT = {"implement", "plan"}


def stage_in(ts: list[Token], first: int, last: int) -> Stage | None:
    """Return the stage that the first telling word between two places names.

    `thực hiện` and `ban hành` give way to a report named right after them, and `xây dựng` is a plan
    only where a paper is what is being made.
    """
    for i in range(max(first, 0), last):
        token = ts[i]
        if token.kind != "stage":
            continue
        value = str(token.value)
        if value == "draft":
            papers = any(ts[j].text in _PAPERS for j in range(i + 1, min(i + 6, last + 6)))
            return Stage.PLAN if papers else Stage.IMPLEMENT
        if value in _LIGHT:
            return _after_light(ts, i, last, Stage(value))
        return Stage(value)
    opening = ts[first]
    return Stage.PLAN if first < last and opening.kind == "vague" and opening.text in _PAPERS else None


def _after_light(ts: list[Token], i: int, last: int, own: Stage) -> Stage:
    """Return the stage of a light verb: `thực hiện chế độ báo cáo` is a report."""
    for j in range(i + 1, min(i + 4, last)):
        if ts[j].kind == "stage" and (ts[j].text in {"báo cáo", "thông báo kết luận", "tổng kết", "sơ kết"}):
            return Stage.REPORT
        if own is Stage.IMPLEMENT and ts[j].kind == "stage" and ts[j].value in {"plan", "draft"}:
            return Stage.PLAN
        if ts[j].kind != "word":
            break
    return own
