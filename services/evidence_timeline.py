"""Reading a pack without its page: what the proved events say, in order; the standard library alone."""

from __future__ import annotations

from collections.abc import Iterator

from services.evidence_claims import Claims

_NAMES = {
    "plan": "Ban hành kế hoạch",
    "implement": "Triển khai thực hiện",
    "report": "Báo cáo kết quả",
    "planned": "chưa đến kỳ",
    "open": "đang mở",
    "done": "đã hoàn thành",
    "cancelled": "đã huỷ",
    "accepted": "nghiệm thu",
    "returned": "trả lại",
    "withdrawn": "đơn vị rút lại",
    "granted": "đồng ý",
    "refused": "không đồng ý",
}


def timeline(claims: Claims) -> Iterator[str]:
    """Yield the lines that tell of each occurrence: dates and their changes, submissions, verdicts."""
    for number in sorted(claims.among | set(claims.lives)):
        state = claims.lives.get(number, (0, "planned"))[1]
        yield f"{claims.names.get(number, 'Kỳ')} (kỳ số {number}): {_NAMES[state]}"
        for stage in ("plan", "implement", "report"):
            yield from _stage(claims, number, stage)


def _stage(claims: Claims, number: int, stage: str) -> Iterator[str]:
    at, due = claims.dues.get((number, stage), (None, None))
    place = f" (vị trí {at})" if at is not None else ""
    yield f"  {_NAMES[stage]}: hạn {due or 'không có'}{place}"
    for position, move in claims.moves.items():
        if move[:2] == (number, stage):
            yield f"    vị trí {position}: đổi hạn {move[2] or 'không có'} → {move[3] or 'không có'}"
    for position, told in claims.extensions.values():
        if (told.get("occurrence"), told.get("stage")) == (number, stage):
            yield f"    vị trí {position}: xin gia hạn đến {told['asked_until']}, {_answer(told)}"
    for position, facts in claims.submitted.items():
        if (facts["occurrence"], facts["stage"]) == (number, stage):
            yield f"    vị trí {position}: {_handed_in(facts)}"
            verdict = claims.verdicts.get((number, stage, facts["attempt"]))
            if verdict is not None:
                yield f"    vị trí {verdict[0]}: {_NAMES[verdict[1]]}, tài khoản số {verdict[2]}"


def _handed_in(facts: dict[str, object]) -> str:
    paper = f", văn bản {facts['doc_number']}" if facts.get("doc_number") else ""
    late = ", QUÁ HẠN" if facts.get("late") else ""
    return (
        f"nộp lần {facts['attempt']}, thực hiện {facts['effective_on']}, ghi nhận {facts['recorded_at']},"
        f" tài khoản số {facts['by']}{paper}{late}"
    )


def _answer(told: dict[str, object]) -> str:
    verdict = told.get("verdict")
    if verdict is None:
        return "chờ quyết định"
    until = f" đến {told['granted_until']}" if told.get("granted_until") else ""
    return f"{_NAMES[str(verdict)]}{until}{', lý do khách quan' if told.get('objective') else ''}"
