"""A report's draft as a Word document; number, date and signature stay blank for whoever issues it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN

from domain.plans import STAGE_NAMES
from domain.reports import committee_lines
from domain.status import Status
from services.office_paper import Paper, line, underline, write
from services.report_lines import OccurrenceLine, StageLine, within
from services.report_texts import Part, Texts, texts
from services.reports import Report, SectionFacts

NOTHING = "Không có."
NO_TARGETS = "Kế hoạch không ghi chỉ tiêu bằng số."
TO_BE_FILLED = "…" * 40
_HEAD, _FOOT = (67, 98), (80, 85)  # millimetres, of the two blocks
STANDINGS = {
    "on_time": "nộp đúng hạn",
    "late": "nộp quá hạn",
    "missing": "quá hạn, chưa nộp",
    "ahead": "chưa đến hạn",
}


def write_report(facts: Report, target: Any, *, folder: Path | None = None, proof: str | None = None) -> None:
    """Write the draft of a report to a path or a stream.

    `folder` is where an administrator's own template may stand; `proof` is the state of the log, named at
    the end so that whoever has the report can tell later whether the history was changed.

    Raises:
        BrokenTemplate: the words can't be used.
    """
    words = texts(facts, folder)
    paper = Paper(f"Báo cáo: {words.title}", facts.ward.name)
    _head(paper, words, facts)
    for paragraph in words.opening:
        paper.text(paragraph)
    for part in words.parts:
        _part(paper, part, facts)
    for paragraph in words.closing:
        paper.text(paragraph, keep=True)  # the signature never stands alone on a page
    _foot(paper, words)
    _annex(paper, words, facts)
    if proof:
        paper.text(proof, italic=True, size=11, indent=False)
    paper.save(target)


def _head(paper: Paper, words: Texts, facts: Report) -> None:
    left, right = paper.blocks(_HEAD)
    organ = [words.superior, words.organ, committee_lines(facts.ward.name)[1]]
    shown = [each for each in organ if each.strip()]
    for each in shown:
        line(left, each, size=13, bold=each != words.superior)
    underline(left, 0.4, _HEAD[0])
    line(left, words.number)
    line(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12, bold=True)
    line(right, "Độc lập - Tự do - Hạnh phúc", bold=True)
    underline(right, 0.6, _HEAD[1])
    line(right, words.place_and_date, italic=True)
    paper.text("", size=6, indent=False)
    paper.centred("BÁO CÁO", bold=True)
    paper.centred(words.title, bold=True)
    paper.rule(55)


def _part(paper: Paper, part: Part, facts: Report) -> None:
    if part.heading:
        paper.heading(part.heading)
    for paragraph in part.text:
        paper.text(paragraph)
    if part.content is not None:
        _CONTENTS[part.content](paper, facts)


def _summary(paper: Paper, facts: Report) -> None:
    statuses = (Status.DONE_ON_TIME, Status.DONE_LATE, Status.DONE_NO_DUE, Status.ON_TIME, Status.OVERDUE)
    named = ["\n".join(_halved(_sentence(each.value))) for each in statuses]
    heads = ["Mục", "Số nhiệm vụ", *named, "Khác", "Đúng hạn trong kỳ"]
    rows = [
        _summary_row(each.code, each.statuses, statuses, each.dues.share, each.dues.on_time, each.dues.due)
        for each in facts.sections
    ]
    dues = facts.dues
    rows.append(_summary_row("Tổng", facts.statuses, statuses, dues.share, dues.on_time, dues.due))
    paper.table(heads, rows, (14, 16, 20, 20, 22, 22, 22, 13, 16))
    paper.text(
        "Cột “Khác”: chưa đến kỳ, chờ sự kiện, chờ ấn định thời hạn, huỷ. Cột “Đúng hạn trong kỳ”: số mốc nộp"
        " đúng hạn trên số mốc đã đến hạn trong kỳ.",
        italic=True,
        size=12,
    )


def _summary_row(
    code: str, counts: Any, shown: Sequence[Status], share: str | None, on_time: int, due: int
) -> list[str]:
    others = sum(count for status, count in counts.items() if status not in shown)
    total = sum(counts.values())
    ratio = f"{on_time}/{due}\n{share}" if share else "–"
    return [code, str(total), *(str(counts.get(each, 0)) for each in shown), str(others), ratio]


def _halved(text: str) -> list[str]:
    words = text.split()
    return [" ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])]


def _sections(paper: Paper, facts: Report) -> None:
    for number, section in enumerate(facts.sections, 1):
        paper.text(f"{number}. {_title(section)}", bold=True, keep=True)
        counts = [f"{count} {status.value}" for status, count in sorted(section.statuses.items(), key=_order)]
        dues = section.dues
        told = f"Có {section.tasks} nhiệm vụ: {', '.join(counts)}." if counts else "Không có nhiệm vụ."
        if dues.total:
            told += f" Trong kỳ có {dues.total} mốc thời hạn, {dues.due} mốc đã đến hạn"
            told += f", {dues.on_time} mốc nộp đúng hạn." if dues.due else "."
        paper.text(told)
        for each in facts.occurrences:
            if each.section == section.code and (results := _results(each, facts)):
                paper.text(
                    f"- {each.code}. {each.title.rstrip(' .;')} ({each.label}; {each.unit}): {results}."
                )


def _title(section: SectionFacts) -> str:
    """Return a section's title without the number of tasks that appendices write behind it."""
    return _sentence(re.sub(r"\s*\(\d+ nhiệm vụ\)\s*$", "", section.title)) or f"Mục {section.code}"


def _results(each: OccurrenceLine, facts: Report) -> str:
    """Say what was handed in within the period, with its papers; empty where nothing was."""
    told: dict[str, list[str]] = {}
    for stage in each.stages:
        if within(facts.period, stage.effective_on):
            words = f"ngày {_vn(stage.effective_on)}" + (
                f" (văn bản số {stage.paper})" if stage.paper else ""
            )
            words += ", quá hạn" if stage.standing == "late" else ""
            told.setdefault(words, []).append(_small(STAGE_NAMES[stage.stage]))
    return "; ".join(f"{', '.join(names)} {words}" for words, names in told.items())


def _targets(paper: Paper, facts: Report) -> None:
    if facts.targets is None:
        paper.text("Không đọc được chỉ tiêu từ văn bản kế hoạch; đề nghị đối chiếu với bản gốc.")
        return
    if not any(each.percent for each in facts.targets):
        paper.text(NO_TARGETS)
    for each in facts.targets:
        paper.text(f"{each.letter}) {each.text}", italic=True)
        paper.text(f"Kết quả: {_measured(each.own, facts)}", align=ALIGN.LEFT)


def _measured(own: bool, facts: Report) -> str:
    if not own:
        return f"chương trình không có số liệu này, đơn vị bổ sung: {TO_BE_FILLED[:10]}"
    dues = facts.dues
    if dues.share is None:
        return "trong kỳ chưa có mốc nào đến hạn."
    return (
        f"trong kỳ {dues.on_time}/{dues.due} mốc đến hạn được nộp đúng hạn ({dues.share});"
        " chất lượng theo kết quả nghiệm thu tại phụ lục."
    )


def _late(paper: Paper, facts: Report) -> None:
    lines = facts.lines("late")
    _lined(
        paper, [f"{_named(*each)}, nộp ngày {_vn(each[1].effective_on)}: {each[1].cause}." for each in lines]
    )


def _missing(paper: Paper, facts: Report) -> None:
    _lined(paper, [f"{_named(*each)}: {each[1].cause}." for each in facts.lines("missing")])
    before = facts.missing_before
    if before:
        paper.text("Quá hạn từ trước kỳ báo cáo, đến nay chưa có kết quả:")
        _lined(paper, [f"{_named(*each)}: {each[1].cause}." for each in before])


def _waiting(paper: Paper, facts: Report) -> None:
    lines = [f"{_named(*each)}: đã nộp, chờ nghiệm thu." for each in facts.waiting]
    for status in (Status.AWAITS_EVENT, Status.AWAITS_DATE):
        if tasks := facts.with_status(status):
            lines.append(f"{_sentence(status.value)}: nhiệm vụ {', '.join(each.code for each in tasks)}.")
    _lined(paper, lines)


def _blank(paper: Paper, facts: Report) -> None:
    for _ in range(3):
        paper.text(TO_BE_FILLED, indent=False)


_CONTENTS: dict[str, Callable[[Paper, Report], None]] = {
    "summary": _summary,
    "sections": _sections,
    "targets": _targets,
    "late": _late,
    "missing": _missing,
    "waiting": _waiting,
    "blank": _blank,
}


def _lined(paper: Paper, lines: Sequence[str]) -> None:
    for each in lines or [NOTHING]:
        paper.text(f"- {each}" if each != NOTHING else each)


def _named(each: OccurrenceLine, stage: StageLine) -> str:
    name = _small(STAGE_NAMES[stage.stage])
    return f"Nhiệm vụ {each.code} ({each.label}; {each.unit}), {name}, hạn {_vn(stage.due)}"


def _foot(paper: Paper, words: Texts) -> None:
    left, right = paper.blocks(_FOOT)
    write(left.paragraphs[0], "Nơi nhận:", bold=True, italic=True, size=12)
    for each in words.recipients:
        write(left.add_paragraph(), each, size=11)
    for each in words.signature:
        line(right, each, size=14, bold=True)
    for _ in range(4):
        line(right, "\u00a0", size=14)


def _annex(paper: Paper, words: Texts, facts: Report) -> None:
    paper.landscape()
    paper.centred("Phụ lục", bold=True)
    paper.centred(words.annex_title, bold=True)
    paper.centred(words.annex_under, italic=True)
    by_code: dict[str, list[OccurrenceLine]] = {}
    for each in facts.occurrences:
        by_code.setdefault(each.code, []).append(each)
    rows = [
        [
            task.code,
            task.title,
            "; ".join(task.lead_units),
            task.time_text,
            _sentence(task.status.value),
            "\n".join(_told(each, facts) for each in by_code.get(task.code, ())) or "–",
        ]
        for task in facts.tasks
    ]
    heads = ("TT", "Nhiệm vụ", "Cơ quan chủ trì", "Thời gian theo kế hoạch", "Tình trạng", "Trong kỳ báo cáo")
    paper.table(heads, rows, (14, 72, 38, 38, 28, 62))


def _told(each: OccurrenceLine, facts: Report) -> str:
    """Tell an occurrence in a cell: what was due in the period and how it stands."""
    due = [
        f"{_small(STAGE_NAMES[stage.stage])} hạn {_vn(stage.due)} {STANDINGS[stage.standing]}"
        + (" (khách quan)" if stage.objective else "")
        for stage in each.stages
        if within(facts.period, stage.due) and each.status is not Status.CANCELLED
    ]
    return f"{each.label}: " + ("; ".join(due) or each.status.value)


def _order(item: tuple[Status, int]) -> int:
    return list(Status).index(item[0])


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _vn(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "chưa rõ"
