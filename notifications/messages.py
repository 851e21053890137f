"""The words of our messages, in the form of a public office; the same facts always give the same words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from notifications.briefs import brief, facts
from notifications.items import Content, Item, Reason
from notifications.letters import letter
from notifications.rendering import fault, templates
from notifications.wording import LONGEST_TITLE, shortened, vietnamese_date

__all__ = ["LONGEST_TITLE", "Content", "Item", "Reason", "compose", "shortened", "vietnamese_date"]


def compose(
    ward_name: str,
    recipient_name: str,
    items: Sequence[Item],
    *,
    today: date,
    link: str = "",
    own_templates: Path | None = None,
    brief_only: bool | None = None,
    checkpoint: str = "",
) -> Content:
    """Return the message that tells `recipient_name` about `items`: one plainly, several as a digest.

    `link` leads to where all of it can be seen. With `brief_only` what a letter needs stays empty, with
    False what a short message needs: a channel takes one or the other. A template in `own_templates`
    takes the place of the packaged one of the same name, unless it is broken. A `checkpoint` is the note
    that a letter bears at its end.

    Raises:
        ValueError: there is nothing to tell, or an item is a bulletin.
    """
    if not items:
        raise ValueError("a message without items")
    if any(item.reason is Reason.BULLETIN for item in items):
        raise ValueError("a bulletin is no item")
    said = letter(ward_name, recipient_name, items, today=today, link=link, checkpoint=checkpoint)
    own, packaged = templates(own_templates), templates(None)
    faults: list[str] = []
    long, short = brief_only is not True, brief_only is not False
    return Content(
        subject=said.subject,
        text=own.render("letter.txt.j2", faults, letter=said) if long else "",
        html=own.render("letter.html.j2", faults, letter=said) if long else "",
        brief=brief(own, packaged, said, faults) if short else "",
        facts=facts(said, items) if short else {},
        fault=fault(list(dict.fromkeys(faults))),
    )
