"""Understand one clause of an amending decision: what it changes, in which tasks, into what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from domain.differences import Field
from domain.reading.normal import squeezed
from domain.reading.references import NUMBER, SECTION, SECTION_NOUN, flat, masked, unquoted


class Action(StrEnum):
    """What a clause does."""

    WITHDRAW = "withdraw"
    ADD = "add"
    SET = "set"
    APPEND = "append"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Order:
    """One clause understood; `cells` are what the named tasks say from then on.

    `former` is what the clause says was there before; for `REPLACE` the words that give way to `words`.
    """

    action: Action
    text: str
    codes: tuple[str, ...]
    cells: tuple[tuple[Field, str], ...] = ()
    former: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A clause that only announces those below it: `Bãi bỏ các nhiệm vụ sau:`."""

    action: Action | None = None
    field: Field | None = None


_Q, _R = "\x00+", "\x01+"
_RS = rf"{_R}(?:\s*(?:,|;|va|cung)\s*{_R})*(?:\s*\([^()]*\))?"
_VALUE = rf"(?P<new>{_Q}|[^\x00\x01;]+)"
_FORMER = rf"(?:tu\s+(?P<old>{_Q}|[^\x00\x01;]+?)\s+)?"
_VERB = (
    r"(?:sua doi, bo sung|sua doi|sua|dieu chinh|gia han|lui|keo dai|rut ngan|thay doi|thay the|thay"
    r"|chuyen|doi|cap nhat)"
)
_FIELDS: tuple[tuple[Field, str], ...] = (
    (
        Field.TIME,
        r"(?:cot\s+)?(?:thoi gian|thoi han|tien do|thoi diem|moc thoi gian|han)"
        r"(?:\s+(?:thuc hien|hoan thanh|trien khai))*",
    ),
    (Field.LEAD, r"(?:(?:co quan|don vi)(?:, don vi)?\s+)?chu tri(?:\s+thuc hien)?|don vi thuc hien"),
    (Field.COORDINATING, r"(?:(?:co quan|don vi)(?:, don vi)?\s+)?phoi hop(?:\s+thuc hien)?"),
    (Field.PRODUCT, r"san pham|ket qua(?:\s+(?:dau ra|thuc hien))?"),
    (Field.TITLE, r"noi dung(?:\s+nhiem vu)?|ten(?:\s+nhiem vu)?"),
)
_FIELD = "(?:" + "|".join(f"(?P<f_{field.value}>{words})" for field, words in _FIELDS) + ")"
_OF = r"(?:(?:cua|tai|doi voi|o|trong)\s+)?(?:nhiem vu\s+(?:neu\s+)?(?:tai|o)\s+)?"
_INTO = r"(?P<into>thanh|sang|la|bang|den|nhu sau|:)\s*:?\s*"
_REASON = r"(?:\s*[,;]?\s*(?:do|vi|ly do)\b[^\x00\x01]*)?"
_OUT = (
    r"(?:bai bo|huy bo|huy|rut|loai bo|xoa bo|bo|khong (?:tiep tuc )?thuc hien|dung thuc hien|thoi thuc hien)"
)
_FROM_PLAN = r"(?:\s+(?:ra\s+)?khoi(?:\s+(?:ke hoach|phu luc|danh muc))?)?"
_PHRASE = r"(?:(?:cac\s+)?(?:cum tu|tu ngu|tu)\s+)?"
_WITHDRAW = tuple(
    re.compile(form)
    for form in (
        rf"{_OUT}\s+(?:toan bo\s+)?(?:noi dung\s+)?{_RS}(?:\s*{_Q})?{_FROM_PLAN}{_REASON}",
        rf"dua\s+{_RS}\s+ra khoi(?:\s+(?:ke hoach|phu luc|danh muc))?{_REASON}",
        rf"{_RS}\s*[:,]?\s*{_OUT}{_REASON}",
    )
)
_REPLACE = tuple(
    re.compile(form)
    for form in (
        rf"thay(?:\s+the)?\s+{_PHRASE}(?P<old>{_Q})\s+(?:bang|thanh)\s+{_PHRASE}(?P<new>{_Q})"
        rf"(?:\s*(?:tai|trong|o|doi voi))?(?:\s*(?:{_RS}|toan bo|tat ca cac nhiem vu|cac nhiem vu))?",
        rf"{_OF}{_RS}\s*[,:]?\s*thay(?:\s+the)?\s+{_PHRASE}(?P<old>{_Q})\s+(?:bang|thanh)\s+{_PHRASE}"
        rf"(?P<new>{_Q})",
        rf"(?:bo|bai bo)\s+(?:cum tu|tu ngu|tu)\s+(?P<old>{_Q})(?P<new>)\s+(?:tai|trong|o)\s+{_RS}",
    )
)
_SET = tuple(
    re.compile(form)
    for form in (
        rf"{_VERB}\s+(?:ve\s+)?{_FIELD}\s*{_OF}{_RS}\s*,?\s*{_FORMER}{_INTO}{_VALUE}",
        rf"{_OF}{_RS}\s*[,:]?\s*{_VERB}\s+(?:ve\s+)?{_FIELD}\s*,?\s*{_FORMER}{_INTO}{_VALUE}",
        rf"{_OF}{_RS}\s*[,:]\s*{_FIELD}\s*(?:duoc\s+)?{_VERB}\s*{_FORMER}{_INTO}{_VALUE}",
        rf"{_VERB}\s+{_FIELD}\s*{_FORMER}{_INTO}(?P<new>{_Q}|[^\x00\x01;]+?)\s+(?:doi voi|cua|tai)\s+{_RS}",
        rf"(?P<f_time>gia han|lui|keo dai)(?:\s+(?:thoi han|thoi gian))?\s+{_OF}{_RS}\s*{_INTO}{_VALUE}",
        rf"giao\s+(?P<new>{_Q}|[^\x00\x01;]+?)\s+(?:lam\s+)?(?P<f_lead>(?:(?:co quan|don vi)\s+)?chu tri)"
        rf"(?:\s+thuc hien)?\s*{_RS}(?:\s*,?\s*thay\s+(?:the\s+|cho\s+)*(?P<old>{_Q}|[^\x00\x01;]+))?",
    )
)
_APPEND = re.compile(rf"bo sung\s+{_FIELD}\s*{_OF}{_RS}\s*{_INTO}{_VALUE}")
_WHOLE_ROW = re.compile(rf"{_VERB}\s+(?:noi dung\s+)?{_RS}\s*(?:nhu sau|thanh)?\s*:?\s*(?P<body>\S[^\x01]*)")
_ROW_NUMBER = rf"(?:\s+(?:so thu tu|so|thu))*\s*(?P<number>{NUMBER})?"
_BODY = r"\s*(?:nhu sau|cu the)?\s*[:,]\s*(?P<body>\S.*)"
_ADD = tuple(
    re.compile(form, re.DOTALL)
    for form in (
        rf"bo sung(?:\s+them)?(?:\s+\d{{1,2}}|\s+mot)?\s+nhiem vu{_ROW_NUMBER}\s*,?"
        rf"\s*(?:vao|tai|thuoc|o|trong)\s+{SECTION_NOUN}\s+(?P<section>{SECTION})\b{_BODY}",
        rf"bo sung(?:\s+them)?(?:\s+vao)?\s+{SECTION_NOUN}\s+(?P<section>{SECTION})\s*[,:]?\s*"
        rf"(?:(?:\d{{1,2}}|mot)\s+)?nhiem vu{_ROW_NUMBER}{_BODY}",
        rf"bo sung(?:\s+them)?\s+nhiem vu(?:\s+so)?\s+(?P<section>[ivx]+)\.(?P<number>{NUMBER}){_BODY}",
        rf"bo sung(?:\s+them)?\s+nhiem vu\s+so\s+(?P<number>{NUMBER})(?P<section>){_BODY}",
    )
)
_MARK = re.compile(
    r"\s*(?:dieu\s+\d+\s*[.:]|khoan\s+\d+\s*[.:]|\d{1,2}(?:\.\d{1,2})*\s*[.)]|[a-z]\)|[-+•])\s+"
)
_OFFICE = (
    r"(?:\s+cua\s+(?:chu tich\s+)?(?:uy ban nhan dan|ubnd)(?:\s+(?:phuong|xa|dac khu)(?:\s+[a-z]+){1,3}?)?)?"
)
_DECISION = (
    r"(?:quyet dinh|ke hoach)\s+so\s+\d+[^\s,;:]*"
    rf"(?:\s+ngay\s+\d{{1,2}}(?:/\d{{1,2}}/\d{{4}}|\s+thang\s+\d{{1,2}}\s+nam\s+\d{{4}}))?{_OFFICE}"
)
_STOP = r"(?=\s*(?:[,:;.]|thanh\b|nhu sau|sang\b|den\b|tu\b|\x00|\x01|$))"
_FILLER = re.compile(
    r"(?:,\s*)?(?:\b(?:tai|trong|cua|o|thuoc|vao)\s+)?"
    r"\b(?:phu luc(?:\s+(?:so\s+)?[ivx\d]+)?|ke hoach|danh muc nhiem vu)"
    rf"(?:\s+(?:ban hanh\s+)?kem theo\s+{_DECISION}{_STOP})?{_STOP}"
)
_ANY_VERB = rf"(?:{_OUT}|bo sung|{_VERB})"
_HEADING = re.compile(
    rf"(?P<verbs>{_ANY_VERB}(?:\s*(?:,|;|va|hoac)\s*{_ANY_VERB})*)\b(?P<rest>[^\x00\x01]*?)"
    r"(?:(?:nhu sau|sau day|sau|cu the)\s*:?|:)\s*"
)
# What an earlier amendment did is told, not ordered.
_TOLD = re.compile(
    r"\b(?:da\s+)?duoc\s+(?:sua doi|bo sung|dieu chinh|thay the)"
    r"(?:\s*(?:,|va)\s*(?:sua doi|bo sung|dieu chinh|thay the))*"
)
_ORDERS = re.compile(
    rf"\b(?:bai bo|huy bo|rut|loai bo|xoa bo|bo sung|sua doi|dieu chinh|thay the|gia han|khong thuc hien)\b"
    rf"|\b{SECTION_NOUN}\s+{SECTION}\b"
)
_INHERITED = re.compile(rf"{_RS}\s*(?::\s*)?(?:{_FORMER}(?P<into>thanh|sang|den|la)\s+)?{_VALUE}")
_LABEL = re.compile(
    r"(?:(?<=[\s;.,(\n+-])|^)(?:co quan|don vi)?(?:, don vi)?\s*(?:"
    r"(?P<lead>chu tri)|(?P<coordinating>phoi hop)|(?P<time>thoi gian|thoi han|tien do)|"
    r"(?P<product>san pham|ket qua)|(?P<content>noi dung|ten nhiem vu|nhiem vu))"
    r"(?:\s+(?:thuc hien|hoan thanh|nhiem vu|dau ra))*\s*:\s*"
)


def read_order(clause: str, heading: Heading | None = None) -> Order | Heading | None:
    """Return what a clause orders, with what the `heading` above it says; None where it isn't understood.

    A clause is understood only as a whole: with a word left over it isn't.
    """
    text = squeezed(clause).removesuffix("./.").rstrip(" .;")
    mark = _MARK.match(flat(text))
    text = text[mark.end() :] if mark else text
    return _added(text) or _order(text, heading)


def fields_of(body: str) -> dict[Field, str]:
    """Return what a labelled description says: `title; cơ quan chủ trì: …; thời gian: …`."""
    body = unquoted(body)
    labels = list(_LABEL.finditer(flat(body)))
    ends = [*(label.start() for label in labels[1:]), len(body)] if labels else []
    cells = {Field.TITLE: body[: labels[0].start()] if labels else body}
    for label, end in zip(labels, ends, strict=True):
        name = next(name for name, found in label.groupdict().items() if found)
        cells[Field(name)] = body[label.end() : end]
    trimmed = {field: unquoted(said).strip(" -+;,.:") for field, said in cells.items()}
    return {field: said for field, said in trimmed.items() if said}


def _added(text: str) -> Order | None:
    clause = masked(text)
    for form in _ADD:
        match = form.fullmatch(clause.quoted)
        if match is None:
            continue
        section = (match["section"] or "").upper()
        number = match["number"] or ""
        code = f"{section}.{number}" if section else number
        cells = tuple(fields_of(text[match.start("body") : match.end("body")]).items())
        return Order(Action.ADD, text, (code,), cells)
    return None


def _order(text: str, heading: Heading | None) -> Order | Heading | None:
    clause = masked(text)
    said = _FILLER.sub(lambda match: " " * len(match[0]), clause.folded)
    said = said.rstrip(" .;,")
    start = len(said) - len(said.lstrip(" ,"))
    orders = _Forms(clause.text, said, start, clause.codes)
    return next((order for order in orders.all(heading) if order is not None), None)


@dataclass(frozen=True, slots=True)
class _Forms:
    """One clause held against every form of an order."""

    text: str
    said: str
    start: int
    codes: tuple[str, ...]

    def all(self, heading: Heading | None) -> Iterator[Order | Heading | None]:
        """Yield what each form makes of the clause."""
        if self.codes and any(form.fullmatch(self.said, self.start) for form in _WITHDRAW):
            yield Order(Action.WITHDRAW, self.text, self.codes)
        for form in _REPLACE:
            if match := form.fullmatch(self.said, self.start):
                yield self._of(Action.REPLACE, match)
        if self.codes:
            yield from (self._set(form.fullmatch(self.said, self.start)) for form in _SET)
            yield self._append(_APPEND.fullmatch(self.said, self.start))
            yield self._inherited(heading)
            yield self._row(_WHOLE_ROW.fullmatch(self.said, self.start))
        else:
            yield self._heading(_HEADING.fullmatch(self.said, self.start))

    def _part(self, match: re.Match[str], name: str) -> str | None:
        """Return a group's words as they are written."""
        if match.groupdict().get(name) is None:
            return None
        return unquoted(self.text[match.start(name) : match.end(name)])

    def _of(self, action: Action, match: re.Match[str]) -> Order:
        former, words = self._part(match, "old"), self._part(match, "new") or ""
        return Order(action, self.text, self.codes, former=former, words=words)

    def _set(self, match: re.Match[str] | None, field: Field | None = None) -> Order | None:
        if match is None:
            return None
        field = field or _field(match)
        former, value = self._part(match, "old"), self._part(match, "new")
        into = match.groupdict().get("into")
        if not value or field is None or (former and into == "den"):
            return None  # “từ … đến …” may be the former and the new day, or the new window
        if into == "den" and field is Field.TIME and not flat(value).startswith(("truoc", "den", "het")):
            value = f"đến {value}"
        return Order(Action.SET, self.text, self.codes, ((field, value),), former)

    def _append(self, match: re.Match[str] | None) -> Order | None:
        order = self._set(match)
        if order is None or order.cells[0][0] not in {Field.COORDINATING, Field.PRODUCT}:
            return None
        return Order(Action.APPEND, self.text, self.codes, order.cells)

    def _row(self, match: re.Match[str] | None) -> Order | None:
        if match is None:
            return None
        body = self.text[match.start("body") : match.end("body")]
        cells = fields_of(body)
        labelled = bool(_LABEL.search(flat(unquoted(body))))
        if not cells or not (labelled or set(match["body"]) == {"\x00"}):
            return None
        return Order(Action.SET, self.text, self.codes, tuple(cells.items()))

    def _inherited(self, heading: Heading | None) -> Order | None:
        if heading is None:
            return None
        if heading.action is Action.WITHDRAW and re.fullmatch(_RS, self.said[self.start :]):
            return Order(Action.WITHDRAW, self.text, self.codes)
        return (
            self._set(_INHERITED.fullmatch(self.said, self.start), heading.field) if heading.field else None
        )

    def _heading(self, match: re.Match[str] | None) -> Heading | None:
        if match is None or orders_more(match["rest"]):
            return None
        fields = [field for field, words in _FIELDS[:-1] if re.search(rf"\b(?:{words})\b", match["rest"])]
        withdraws = re.fullmatch(_OUT, match["verbs"])
        return Heading(Action.WITHDRAW if withdraws else None, fields[0] if len(fields) == 1 else None)


def orders_more(said: str) -> bool:
    """Say whether folded words order something or name a section, beside what is known of them."""
    return bool(_ORDERS.search(_TOLD.sub(" ", said)))


def _field(match: re.Match[str]) -> Field | None:
    named = [name for name, said in match.groupdict().items() if name.startswith("f_") and said]
    return Field(named[0].removeprefix("f_")) if named else None
