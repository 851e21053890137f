"""Holding what a pack states against what its events say; the standard library alone.

The page is written from tables that an administrator can change. So the events are replayed here, as
`models.projection` does on the server: states, due dates with their former values, submissions, verdicts,
extensions must follow from them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from domain.canonical import canonical

Found = Callable[[str, int | None], None]
Place = tuple[int, str]

_HANDED = {
    "stage.submitted": "submitted",
    "stage.accepted": "accepted",
    "stage.returned": "returned",
    "stage.withdrawn": "returned",
}
_LIVES = {
    "occurrence.opened": "open",
    "occurrence.done": "done",
    "occurrence.cancelled": "cancelled",
    "occurrence.planned": "planned",
}
_STAGES = ("plan", "implement", "report")
_ASKED = ("occurrence", "stage", "former_due", "reason_sha256")


class Claims:
    """What the events of a pack say, learned one by one in the order of the log."""

    def __init__(self) -> None:
        self.submitted: dict[int, dict[str, Any]] = {}
        self.verdicts: dict[tuple[int, str, int], tuple[Any, ...]] = {}
        self.handed: dict[Place, tuple[int, str]] = {}
        self.dues: dict[Place, tuple[int, str | None]] = {}
        self.first: dict[Place, tuple[int, str | None]] = {}  # dates as decisions wrote them
        self.assumed: dict[Place, tuple[int, int | None]] = {}
        self.moves: dict[int, tuple[Any, ...]] = {}
        self.lives: dict[int, tuple[int, str]] = {}
        self.planned: dict[int, set[int]] = {}
        self.extensions: dict[int, tuple[int, dict[str, Any]]] = {}
        self.tasks: dict[int, tuple[int, str]] = {}  # the hash of what each says
        self.names: dict[int, str] = {}
        self.among: set[int] = set()  # the occurrences that the pack is about
        self.keys: dict[int, dict[str, Any]] = {}  # handed over, by position
        self.ended = -1  # the last position at which an earlier plan ended

    def learn(self, position: int, event: Mapping[str, Any]) -> None:
        """Take in one event."""
        kind, facts = event["kind"], event["facts"]
        if kind == "task.amended" and "sha256" in facts:
            self.tasks[facts["task"]] = (position, facts["sha256"])
        elif kind in _HANDED:
            self._handed(position, kind, facts, event)
        elif kind == "due.changed":
            self._moved(position, facts)
        elif kind in _LIVES:
            self.lives[facts["occurrence"]] = (position, _LIVES[kind])
            if "label" in facts:
                self.names[facts["occurrence"]] = f"{facts.get('task', '')} {facts['label']}".strip()
            self._dues(position, facts)
        elif kind == "plan.activated":
            self._activated(position, facts)
        elif kind.startswith("extension."):
            self._extension(position, kind, facts)
        elif kind == "checkpoint.key-changed":
            self.keys[position] = facts

    def check(self, stated: Mapping[str, Any], found: Found, *, whole: bool) -> None:
        """Tell what is stated otherwise than the events say, and what they say and nobody states."""
        for difference in stated["differences"]:
            found(f"khi lập hồ sơ, số liệu của phường không theo nhật ký: {difference}", None)
        for each in stated["tasks"]:
            position, told = self.tasks.get(each["task"], (None, None))
            if told is not None and _hashed(each["words"]) != told:
                found(f"nội dung nhiệm vụ {each['words'].get('code')} khác với nhật ký", position)
        occurrences = {each["occurrence"]: each for each in stated["occurrences"]}
        self.among = set(occurrences)
        for number, each in occurrences.items():
            for position, problem in self._occurrence(number, each):
                found(f"{each['name']}: {problem}", position)
        self._check_all_there(stated, occurrences, found, whole=whole)
        self._check_submissions(stated["submissions"], found)
        for each in stated.get("names", ()):
            told = self.submitted.get(each["position"], {}).get("names")
            if told is not None and told != each["names"]:
                found("tên tài liệu nêu trong hồ sơ khác với nhật ký", each["position"])
        self._check_moves(stated["former_dues"], occurrences, found)
        self._check_extensions(stated["extensions"], occurrences, found)

    def _handed(self, position: int, kind: str, facts: dict[str, Any], event: Mapping[str, Any]) -> None:
        place, actor = (facts["occurrence"], facts["stage"]), event["actor"]["id"]
        self.handed[place] = (position, _HANDED[kind])
        if kind == "stage.submitted":
            documents = sorted(facts.get("documents") or [])
            more = {"by": actor, "recorded_at": event["at"], "documents": documents}
            if "names_sha256" in facts:
                more["names"] = dict(zip(facts["documents"], facts["names_sha256"], strict=True))
            self.submitted[position] = {**facts, **more}
            if "due_on" in facts:
                self._due(position, facts, facts["stage"], facts["due_on"])
        else:
            told = (kind.partition(".")[2], actor, facts.get("reason_sha256"))
            self.verdicts[*place, facts["attempt"]] = (position, *told)

    def _moved(self, position: int, facts: dict[str, Any]) -> None:
        place = (facts["occurrence"], facts["stage"])
        self._due(position, facts, facts["stage"], facts.get("due_on"))
        self.moves[position] = _move(facts)
        # A decision that amends gives a new first date; whoever else moves a date settles it.
        if "amendment" in facts:
            self.first[place] = (position, facts.get("due_on"))
        self.assumed[place] = (position, facts.get("assumed") if "amendment" in facts else 0)

    def _dues(self, position: int, facts: Mapping[str, Any]) -> None:
        for stage in _STAGES if "dues" in facts else ():
            self._due(position, facts, stage, facts["dues"].get(stage))
        for stage in _STAGES if "nominal" in facts else ():  # logs begun before say nothing of it
            self.first[facts["occurrence"], stage] = (position, facts["nominal"].get(stage))
            self.assumed[facts["occurrence"], stage] = (position, int(stage in facts["assumed"]))

    def _due(self, position: int, facts: Mapping[str, Any], stage: str, due: str | None) -> None:
        self.dues[facts["occurrence"], stage] = (position, due)

    def _activated(self, position: int, facts: Mapping[str, Any]) -> None:
        for each in facts.get("tasks") or []:
            self.tasks[each["task"]] = (position, each["sha256"])
        for each in facts.get("planned") or []:
            self.planned.setdefault(facts["plan"], set()).add(each["occurrence"])
            self._dues(position, each)
        if facts.get("ended"):
            self.ended = position

    def _extension(self, position: int, kind: str, facts: Mapping[str, Any]) -> None:
        known = self.extensions.get(facts["extension"], (0, {}))[1]
        if kind == "extension.asked":
            known = {name: facts.get(name) for name in _ASKED} | {"asked_until": facts["until"]}
        else:
            granted = kind == "extension.granted"
            known = {
                **known,
                "verdict": kind.partition(".")[2],
                "granted_until": facts.get("until") if granted else None,
                "objective": int(granted and facts.get("objective", 0)),
                "answer_sha256": facts.get("answer_sha256"),
            }
        self.extensions[facts["extension"]] = (position, known)

    def _occurrence(self, number: int, stated: Mapping[str, Any]) -> Iterator[tuple[int | None, str]]:
        position, state = self.lives.get(number, (None, "planned"))
        if stated["state"] != state:
            yield position, f"trạng thái {stated['state']} khác với nhật ký ({state})"
        for stage in _STAGES:
            one = stated["stages"][stage]
            at, handed = self.handed.get((number, stage), (position, ""))
            # What isn't handed in may be waiting, open, or returned; cancelling closes it.
            done = handed if handed in {"submitted", "accepted"} else ""
            if done != (one["state"] if one["state"] in {"submitted", "accepted"} else ""):
                yield at, f"bước {stage} {one['state']} khác với nhật ký ({handed or 'chưa nộp'})"
            at, due = self.dues.get((number, stage), (None, one["due_on"]))
            if due != one["due_on"]:
                yield at, f"thời hạn bước {stage} {one['due_on']} khác với nhật ký ({due})"
            at, first = self.first.get((number, stage), (None, None))
            if at is not None and one.get("nominal_due", first) != first:
                yield at, f"thời hạn ban đầu bước {stage} {one['nominal_due']} khác với nhật ký ({first})"
            at, assumed = self.assumed.get((number, stage), (None, None))
            if assumed is not None and one.get("assumed", assumed) != assumed:
                yield at, f"thời hạn bước {stage} có tạm tính hay không: hồ sơ nêu khác với nhật ký"

    def _check_all_there(
        self, stated: Mapping[str, Any], occurrences: Mapping[int, Any], found: Found, *, whole: bool
    ) -> None:
        """Miss what was opened or planned and is stated nowhere; what an ended plan opened needn't be."""
        since = self.ended if whole else -1
        wanted = {number: at for number, (at, _) in self.lives.items() if at > since}
        for plan in stated["plans"] if whole else ():
            wanted |= {number: wanted.get(number, 0) for number in self.planned.get(plan, ())}
        for number in sorted(wanted.keys() - occurrences.keys()):
            found(f"kỳ thực hiện số {number} có trong nhật ký nhưng hồ sơ không nêu", wanted[number] or None)

    def _check_submissions(self, stated: list[dict[str, Any]], found: Found) -> None:
        left = dict(self.submitted)
        for each in stated:
            said = dict(each)
            position = said.pop("position")
            verdict = [said.pop(name) for name in ("verdict", "decided_by", "reason_sha256")]
            facts = left.pop(position, None)
            if facts is None or any(facts.get(name) != value for name, value in said.items()):
                found("kết quả nêu trong hồ sơ khác với nhật ký", position)
                continue
            place = (said["occurrence"], said["stage"], said["attempt"])
            at, *told = self.verdicts.get(place, (position, None, None, None))
            if told != verdict:
                found("quyết định nghiệm thu, trả lại nêu trong hồ sơ khác với nhật ký", at)
        for position in sorted(left):
            found("lần nộp có trong nhật ký nhưng hồ sơ không nêu", position)

    def _check_moves(self, stated: list[dict[str, Any]], among: Mapping[int, Any], found: Found) -> None:
        told = Counter(_move(each) for each in stated)
        for position, move in self.moves.items():
            if move[0] in among and not told[move] and move[2] != move[3]:
                found(f"lần đổi thời hạn bước {move[1]} ({move[2]} → {move[3]}) không được nêu", position)
            told[move] -= 1
        for move in (+told).elements():
            found(f"lần đổi thời hạn bước {move[1]} ({move[2]} → {move[3]}) không có trong nhật ký", None)

    def _check_extensions(self, stated: list[dict[str, Any]], among: Mapping[int, Any], found: Found) -> None:
        left = dict(self.extensions)
        for each in stated:
            said = dict(each)
            number = said.pop("extension")
            position, told = left.pop(number, (None, {}))
            if any((told.get(name) or None) != (value or None) for name, value in said.items()):
                found(f"đề nghị gia hạn số {number} nêu trong hồ sơ khác với nhật ký", position)
        for number, (position, told) in left.items():
            if told.get("occurrence") in among:
                found(f"đề nghị gia hạn số {number} có trong nhật ký nhưng hồ sơ không nêu", position)


def _hashed(words: object) -> str:
    return sha256(canonical(words).encode()).hexdigest()


def _move(facts: Mapping[str, Any]) -> tuple[Any, ...]:
    return (facts["occurrence"], facts["stage"], facts.get("former_due"), facts.get("due_on"))
