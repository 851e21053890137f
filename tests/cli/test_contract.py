"""What others' checks rely on: each command and option that was promised is there."""

from __future__ import annotations

import pytest

from tests.cli.typed import cchc

PROMISED = {
    "up": "--host --port",
    "status": "--json",
    "plan read": "--json",
    "plan read-time": "--year --issued --json",
    "plan import": "--by",
    "plan activate": "",
    "plan show": "--json",
    "plan calendar": "--json --ics --xlsx",
    "plan amend": "",
    "task list": "--status --unit --json",
    "task show": "--json",
    "task set-date": "--reason --by",
    "event types": "--json",
    "event raise": "--doc-number --doc-date --issuer --summary --task --due --file --by",
    "stage submit": "--occurrence --by --doc-number --doc-date --file --note --on",
    "stage accept": "--occurrence --by --reason",
    "stage return": "--occurrence --by --reason",
    "extend request": "",
    "extend grant": "",
    "extend refuse": "",
    "remind preview": "--from --to --json",
    "remind run": "--on",
    "notify test": "",
    "notify list": "--state --json",
    "audit verify": "--checkpoint --json",
    "audit checkpoint": "--out",
    "audit show": "--task --json",
    "evidence export": "--out --task --from --to",
    "evidence verify": "--checkpoint --json",
    "reconcile": "--json",
    "report quarter": "--docx",
    "report half": "--docx",
    "report year": "--docx",
    "report adhoc": "--docx",
    "report scorecard": "--xlsx",
    "unit list": "--json",
    "unit contact": "--email --zalo-group --zalo-user --phone",
    "user add": "--role --unit --email",
    "user list": "--json",
    "user disable": "",
    "user reset-password": "",
    "backup": "",
    "restore": "",
    "config show": "--json",
}


@pytest.mark.parametrize("command", PROMISED)
def test_each_promised_option_is_taken(command: str) -> None:
    told = cchc(*command.split(), "--help").out.split()

    assert {word.strip("[],|()") for word in told} >= set(PROMISED[command].split())
