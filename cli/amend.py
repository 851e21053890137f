"""`cchc plan amend`: what a later decision changes, shown first, then applied."""

from __future__ import annotations

import sys
from argparse import Namespace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.office import Office, database, print_json, print_table, vietnamese
from domain.errors import WardError
from domain.words import SEVERITIES

if TYPE_CHECKING:
    from services.proposals import Proposal, ProposedChange

YES = {"c", "có", "co", "y", "yes"}


class NobodyAnswers(WardError):
    """There is no terminal on which a person could say yes."""

    def __init__(self) -> None:
        super().__init__(
            "no terminal to ask on",
            "Chưa áp dụng gì: lệnh chạy không có người trả lời. Sau khi xem, hãy chạy lại với --yes.",
        )


def plan_amend(arguments: Namespace) -> int:
    """Show what a decision changes; apply it where a person is named and agrees."""
    from cli.progress import progress
    from services.proposals import propose
    from services.reading import lay_out_file

    path = Path(arguments.file)
    sheet = lay_out_file(path, progress=progress())
    source = sha256(path.read_bytes()).hexdigest()
    with database() as office:
        with office.begin() as (connection, ward):
            proposal = propose(connection, ward, sheet, source=source)
        applied = False
        if not arguments.json:
            _show(proposal)
        if not proposal.already and (arguments.by is not None or arguments.yes):
            applied = _apply(arguments, office, sheet, proposal)
    if arguments.json:
        print_json(proposal_data(proposal) | {"applied": applied})
    else:
        _conclude(arguments, proposal, applied=applied)
    return 0 if applied or proposal.already or not proposal.blocking else 1


def _apply(arguments: Namespace, office: Office, sheet: Any, proposal: Proposal) -> bool:
    """Apply what was shown, if a person says so; return whether they did."""
    from domain.refusals import UnknownUser
    from services.amendments import apply, check
    from services.documents import DocumentStore

    if arguments.by is None:
        raise UnknownUser("")
    check(proposal, expected=None, despite=arguments.despite)
    if not arguments.yes and not _agreed():
        return False
    file = DocumentStore(office.settings.data / "documents").keep_file(Path(arguments.file))
    with office.begin() as (connection, ward):
        apply(
            connection,
            ward,
            sheet,
            file,
            by=arguments.by,
            today=office.today,
            now=office.now,
            expected=proposal.digest,
            despite=arguments.despite,
        )
    return True


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise NobodyAnswers
    return input("Áp dụng các thay đổi này? [c/K] ").strip().lower() in YES


def _show(proposal: Proposal) -> None:
    from services.amendment_lines import lines_of

    print(
        f"Quyết định {proposal.document} sửa đổi kế hoạch {proposal.plan.number} ngày "
        f"{vietnamese(proposal.plan.issued_on)} (năm {proposal.plan.year})."
    )
    if proposal.changes:
        rows = [list(line) for change in proposal.changes for line in lines_of(change)]
        print_table(
            f"{len(proposal.changes)} nhiệm vụ thay đổi", ["Nhiệm vụ", "Thay đổi", "Trước", "Sau"], rows
        )
    if proposal.findings:
        print_table(
            "Những điểm cần xem lại",
            ["Mức", "Nội dung"],
            [[SEVERITIES[each.severity], each.message] for each in proposal.findings],
        )


def _conclude(arguments: Namespace, proposal: Proposal, *, applied: bool) -> None:
    if proposal.already:
        print("Quyết định này đã được áp dụng trước đây; không có gì thay đổi.")
    elif applied:
        left_out = [code for each in proposal.changes if each not in proposal.certain for code in each.codes]
        print(f"Đã áp dụng quyết định {proposal.document}: {len(proposal.certain)} nhiệm vụ thay đổi.")
        if left_out:
            print(f"Để nguyên, chờ làm rõ: {', '.join(sorted(filter(None, left_out)))}.")
    elif proposal.blocking:
        print("Chưa áp dụng gì: còn điểm phải xử lý.")
    else:
        print(f"Chưa áp dụng gì. Để áp dụng: cchc plan amend {arguments.file} --by NGƯỜI")


def proposal_data(proposal: Proposal) -> dict[str, object]:
    """Return a proposal as data."""
    from domain.reading.as_data import finding_data

    head = proposal.decision
    return {
        "amendment": {"number": head.number, "date": head.issued_on, "title": head.title},
        "plan": {"number": proposal.plan.number, "date": proposal.plan.issued_on, "year": proposal.plan.year},
        "already": proposal.already,
        "changes": [_change_data(each) for each in proposal.changes],
        "findings": [finding_data(each) for each in proposal.findings],
    }


def _change_data(proposed: ProposedChange) -> dict[str, object]:
    change, moves, known = proposed.change, proposed.moves, proposed.occurrences

    def named(occurrence: int) -> dict[str, object]:
        return {"occurrence": occurrence, "label": known[occurrence].label, "unit": known[occurrence].unit}

    return {
        "task": change.code,
        "code_now": change.after.code if change.after else None,
        "kind": change.kind.value,
        "source": change.source,
        "fields": [
            {"field": each.field, "before": each.before, "after": each.after} for each in change.fields
        ],
        "dues": [
            named(due.occurrence) | {"stage": due.stage, "former": due.former, "due": due.due}
            for due in moves.dues
        ],
        "handed_over": [named(occurrence) | {"to": unit} for occurrence, unit in moves.handed_over],
        "cancelled": [named(occurrence) for occurrence in moves.cancelled],
        "kept": [named(occurrence) for occurrence in moves.kept],
        "planned": [{"label": each.label, "opens_on": each.opens_on} for each in moves.planned],
    }
