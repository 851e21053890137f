"""Who may do what."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What an account is for; design.md, section 1."""

    COORDINATOR = "coordinator"
    OFFICER = "officer"
    LEADER = "leader"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Action(StrEnum):
    """Something that needs a permission."""

    IMPORT_PLAN = "import-plan"
    ACTIVATE_PLAN = "activate-plan"
    SETTLE_FINDING = "settle-finding"
    SET_DATE = "set-date"
    RAISE_EVENT = "raise-event"
    SUBMIT = "submit"
    ACCEPT = "accept"
    MANAGE_ACCOUNTS = "manage-accounts"
    MANAGE_CONTACTS = "manage-contacts"
    MANAGE_UNITS = "manage-units"
    MANAGE_FEEDS = "manage-feeds"
    MANAGE_REMINDERS = "manage-reminders"
    MANAGE_CALENDAR = "manage-calendar"
    MANAGE_CHANNELS = "manage-channels"
    MANAGE_MESSAGES = "manage-messages"
    SEE_MESSAGES = "see-messages"
    MANAGE_ZALO = "manage-zalo"
    ASK_EXTENSION = "ask-extension"
    DECIDE_EXTENSION = "decide-extension"
    ASSIGN = "assign"
    STAND_IN = "stand-in"
    ANSWER_QUESTION = "answer-question"
    VERIFY = "verify"
    MANAGE_MACHINES = "manage-machines"
    REPORT = "report"


PERMITTED: dict[Action, frozenset[Role]] = {
    Action.IMPORT_PLAN: frozenset({Role.COORDINATOR, Role.ADMIN}),
    Action.ACTIVATE_PLAN: frozenset({Role.COORDINATOR}),
    Action.SETTLE_FINDING: frozenset({Role.COORDINATOR}),
    Action.SET_DATE: frozenset({Role.COORDINATOR, Role.LEADER}),
    Action.RAISE_EVENT: frozenset({Role.COORDINATOR}),
    Action.SUBMIT: frozenset({Role.OFFICER, Role.COORDINATOR}),
    Action.ACCEPT: frozenset({Role.COORDINATOR, Role.LEADER}),
    Action.MANAGE_ACCOUNTS: frozenset({Role.ADMIN}),
    Action.MANAGE_CONTACTS: frozenset({Role.ADMIN, Role.COORDINATOR}),
    Action.MANAGE_UNITS: frozenset({Role.ADMIN, Role.COORDINATOR}),
    Action.MANAGE_CHANNELS: frozenset({Role.ADMIN, Role.COORDINATOR}),
    Action.MANAGE_MESSAGES: frozenset({Role.ADMIN, Role.COORDINATOR}),
    # They show people's addresses, and letters to others.
    Action.SEE_MESSAGES: frozenset({Role.ADMIN, Role.COORDINATOR, Role.LEADER, Role.AUDITOR}),
    Action.MANAGE_ZALO: frozenset({Role.ADMIN}),  # one grant for all wards of an installation
    Action.MANAGE_REMINDERS: frozenset({Role.ADMIN, Role.COORDINATOR}),
    Action.MANAGE_CALENDAR: frozenset({Role.ADMIN, Role.COORDINATOR}),
    # For what their own unit leads.
    Action.ASK_EXTENSION: frozenset({Role.OFFICER, Role.COORDINATOR}),
    Action.DECIDE_EXTENSION: frozenset({Role.LEADER}),
    # Officers within their own unit: `services.assignments`, `services.stand_ins`.
    Action.ASSIGN: frozenset({Role.OFFICER, Role.COORDINATOR}),
    Action.STAND_IN: frozenset({Role.OFFICER, Role.COORDINATOR}),
    Action.ANSWER_QUESTION: frozenset({Role.COORDINATOR}),
    # It reads the whole log: a question for whoever answers for it, not for every visit.
    Action.VERIFY: frozenset({Role.COORDINATOR, Role.LEADER, Role.AUDITOR, Role.ADMIN}),
    Action.MANAGE_MACHINES: frozenset({Role.ADMIN}),
    # Drafts of reports and the score sheet speak for the whole ward.
    Action.REPORT: frozenset({Role.COORDINATOR, Role.LEADER, Role.AUDITOR, Role.ADMIN}),
    # Only the first two for others than themselves and their unit: `services.feeds`.
    Action.MANAGE_FEEDS: frozenset({Role.ADMIN, Role.COORDINATOR, Role.OFFICER, Role.LEADER}),
}

ROLE_NAMES: dict[Role, str] = {
    Role.COORDINATOR: "điều phối",
    Role.OFFICER: "cán bộ đơn vị",
    Role.LEADER: "lãnh đạo",
    Role.AUDITOR: "kiểm tra",
    Role.ADMIN: "quản trị",
}
