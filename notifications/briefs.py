"""The same message where there is little room: Zalo's 2,000 characters, and the fields of its templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from notifications.items import Item
from notifications.letters import Entry, Letter
from notifications.rendering import Templates
from notifications.wording import length, lowered, shortened

LONGEST = 2000
_LONGEST_LINK = 300
_MOST = 60  # more entries never fit

# How long Zalo lets the fields of an approved template be, by the type that suits each.
_FIELDS = {"ma_viec": 30, "ten_viec": 30, "noi_dung": 200, "don_vi": 50, "con_lai": 30}
_LONGEST_ADDRESS = 200


def brief(own: Templates, packaged: Templates, letter: Letter, faults: list[str]) -> str:
    """Return the message in at most 2,000 characters: whole entries, then how many more there are.

    Raises:
        ValueError: not even the packaged template fits, which its fields' lengths rule out.
    """
    letter = _without_endless_links(letter)
    entries = letter.entries[:_MOST]
    text = _fitted(own, letter, entries, faults)
    if text is None:
        faults.append(f"brief.txt.j2: more than {LONGEST} characters without any entry")
        text = _fitted(packaged, letter, entries, faults)
    if text is None:
        raise ValueError("the packaged brief does not fit")
    return text


def facts(letter: Letter, items: Sequence[Item]) -> Mapping[str, str]:
    """Return what an approved template may show, each as long as Zalo lets it be; empty ones are left out."""
    entries = letter.entries
    first = entries[0]
    dates = [item.due_on for item in items if item.due_on is not None]
    said = {
        "ma_viec": ", ".join(dict.fromkeys(entry.code for entry in entries)),
        "ten_viec": first.title,
        "noi_dung": first.title,
        "don_vi": letter.recipient,
        "han": f"{min(dates, default=date.max):%d/%m/%Y}" if dates else "",
        "con_lai": first.left,
        "lien_ket": first.web_link,
    }
    if not letter.single:
        counts = ", ".join(f"{len(part.entries)} {lowered(part.heading)}" for part in letter.parts)
        said["ten_viec"] = f"{letter.count} việc cần quan tâm"
        said["noi_dung"] = counts
        said["con_lai"] = counts.split(", ")[0]
        said["lien_ket"] = letter.link or first.web_link
    if len(said["lien_ket"]) > _LONGEST_ADDRESS:
        said["lien_ket"] = ""
    return {name: shortened(text, _FIELDS.get(name, _LONGEST_ADDRESS)) for name, text in said.items() if text}


def _fitted(templates: Templates, letter: Letter, entries: Sequence[Entry], faults: list[str]) -> str | None:
    """Return the text with as many entries as fit; None where it is too long without any."""
    count = len(entries)
    text = _written(templates, letter, entries, faults)
    while length(text) > LONGEST:
        if not count:
            return None
        # Entries are about equally long: the first guess is nearly right.
        count = min(count - 1, count * LONGEST // length(text) + 1)
        text = _written(templates, letter, entries[:count], faults)
    while count + 1 < len(entries):
        longer = _written(templates, letter, entries[: count + 1], faults)
        if length(longer) > LONGEST:
            break
        count, text = count + 1, longer
    return text


def _written(templates: Templates, letter: Letter, entries: Sequence[Entry], faults: list[str]) -> str:
    return templates.render(
        "brief.txt.j2", faults, letter=letter, entries=entries, rest=letter.count - len(entries)
    )


def _without_endless_links(letter: Letter) -> Letter:
    """Leave out a link that would fill the message: half a link leads nowhere."""
    if letter.single and len(letter.entries[0].link) > _LONGEST_LINK:
        (part,) = letter.parts
        entries = [replace(entry, link="") for entry in part.entries]
        letter = replace(letter, parts=[replace(part, entries=entries)])
    if max(len(letter.link), len(letter.received)) > _LONGEST_LINK:
        kept = {
            name: link
            for name, link in (("link", letter.link), ("received", letter.received))
            if len(link) <= _LONGEST_LINK
        }
        letter = replace(letter, link=kept.get("link", ""), received=kept.get("received", ""))
    return letter
