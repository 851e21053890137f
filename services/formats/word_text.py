"""Read a paragraph's text as it stands on the page: what was inserted, linked or put into a control too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from services.formats.notes import Notes
from services.formats.word_package import MC, Element, W, switched_on

MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_PICTURES = (
    "{http://schemas.openxmlformats.org/drawingml/2006/main}blip",
    "{urn:schemas-microsoft-com:vml}imagedata",
    "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds",
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart",
)
_DRAWN_TEXT = "{urn:schemas-microsoft-com:vml}textpath"
_INSERTED = {W + "ins", W + "moveTo"}
_DELETED = {W + "del", W + "moveFrom"}
_DRAWN = {W + "drawing", W + "pict", W + "object"}
_WRAPPERS = {W + name for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo")}
_MARKS = {
    W + "tab": "\t",
    W + "ptab": "\t",
    W + "br": "\n",
    W + "cr": "\n",
    W + "noBreakHyphen": "-",
}
_SYMBOLS = {0xB3: "≥", 0xA3: "≤", 0xB1: "±", 0xB4: "×", 0xAE: "→", 0xAB: "↔", 0xB0: "°"}
BOX = W + "txbxContent"


@dataclass(slots=True)
class Story:
    """What one paragraph gave: its text, where pages broke in it, and whether the next goes on with it."""

    pieces: list[str] = field(default_factory=list)
    breaks: int = 0
    breaks_first: bool = False

    @property
    def text(self) -> str:
        """The text, lines parted by line breaks."""
        return "".join(self.pieces)


def children(element: Element) -> Iterator[Element]:
    """Give an element's children, those of content controls and the like in their stead."""
    for child in element:
        if child.tag in _WRAPPERS:
            if not is_placeholder(child):
                yield from children(child)
        elif child.tag == MC + "AlternateContent":
            yield from _alternative(child)
        elif isinstance(child.tag, str):
            yield child


def is_placeholder(control: Element) -> bool:
    """Say whether a content control only shows its own invitation to fill it in."""
    return switched_on(control.find(W + "sdtPr"), "showingPlcHdr")


def _alternative(element: Element) -> Iterator[Element]:
    """Give what stands in the first of several forms of the same thing."""
    for form in (MC + "Choice", MC + "Fallback"):
        chosen = element.find(form)
        if chosen is not None:
            yield from children(chosen)
            return


def read_paragraph(paragraph: Element, notes: Notes) -> Story:
    """Return what a paragraph says."""
    story = Story()
    _walk(paragraph, story, notes)
    return story


def goes_on(paragraph: Element) -> bool:
    """Say whether the paragraph's end was deleted, so that the next one goes on with it."""
    marks = paragraph.find(f"{W}pPr/{W}rPr")
    return marks is not None and any(marks.find(tag) is not None for tag in _DELETED)


def is_hidden(paragraph: Element) -> bool:
    """Say whether the paragraph's end is hidden; with no text of its own it then isn't there for people."""
    return switched_on(paragraph.find(f"{W}pPr/{W}rPr"), "vanish")


def _walk(element: Element, story: Story, notes: Notes) -> None:
    for child in element:
        tag = child.tag
        if tag == W + "r":
            _read_run(child, story, notes)
        elif tag in _DELETED:
            _note_change(child, notes, deleted=True)
        elif tag in _INSERTED:
            _note_change(child, notes, deleted=False)
            _walk(child, story, notes)
        elif tag == MC + "AlternateContent":
            for chosen in _alternative(child):
                _read_piece(chosen, story, notes)
        elif tag == W + "sdt":
            if not is_placeholder(child):
                _walk(child, story, notes)
        elif tag == MATH + "t":
            story.pieces.append(child.text or "")
        elif isinstance(tag, str) and not tag.endswith("Pr"):
            _walk(child, story, notes)


def _note_change(element: Element, notes: Notes, *, deleted: bool) -> None:
    """Count a tracked change that touches text; one of a mere formatting or an empty run doesn't."""
    found = element.iter(W + "delText", W + "t") if deleted else element.iter(W + "t")
    said = "".join(piece.text or "" for piece in found)
    if said.strip():
        notes.add("tracked_changes", f"{'xoá' if deleted else 'thêm'}: {said.strip()}")


def _read_run(run: Element, story: Story, notes: Notes) -> None:
    properties = run.find(W + "rPr")
    if switched_on(properties, "vanish"):
        hidden = "".join(child.text or "" for child in run if child.tag == W + "t")
        if hidden.strip():
            notes.add("hidden_text", hidden)
        return
    begun = len(story.pieces)
    for child in run:
        _read_piece(child, story, notes)
    if switched_on(properties, "caps"):
        story.pieces[begun:] = [piece.upper() for piece in story.pieces[begun:]]
    if switched_on(properties, "strike") or switched_on(properties, "dstrike"):
        struck = "".join(story.pieces[begun:])
        if struck.strip():
            notes.add("struck_text", struck)


def _read_piece(piece: Element, story: Story, notes: Notes) -> None:
    tag = piece.tag
    if tag == W + "t":
        story.pieces.append(piece.text or "")
    elif tag == W + "lastRenderedPageBreak":
        story.breaks_first = story.breaks_first or not story.text.strip()
        story.breaks += 1
    elif tag in _MARKS:
        story.pieces.append(_MARKS[tag])
    elif tag == W + "sym":
        story.pieces.append(symbol(piece.get(W + "char", "")))
    elif tag == MC + "AlternateContent":
        for chosen in _alternative(piece):
            _read_piece(chosen, story, notes)
    elif tag in _DRAWN:
        _note_drawing(piece, notes)
    elif tag == W + "r":
        _read_run(piece, story, notes)
    elif tag == W + "ruby":
        for base in piece.iter(W + "rubyBase"):
            _walk(base, story, notes)


def _note_drawing(drawing: Element, notes: Notes) -> None:
    """Note the text boxes and pictures in a drawing; mere lines and frames say nothing."""
    for box in drawing.iter(BOX):
        if any(above.tag in {BOX, MC + "Fallback"} for above in box.iterancestors()):
            continue  # counted with the box around it, or with the newer form beside it
        said = " ".join(_own_text(paragraph) for paragraph in box.iter(W + "p"))
        if said.strip():
            notes.add("text_box", said)
    for art in drawing.iter(_DRAWN_TEXT):
        if art.get("string", "").strip():
            notes.add("text_box", art.get("string"))
    if next(drawing.iter(*_PICTURES), None) is not None:
        notes.add("picture" if notes.place is None else "picture_in_table")


def _own_text(paragraph: Element) -> str:
    """Return a paragraph's text without that of boxes anchored in it."""
    pieces = (piece for piece in paragraph.iter(W + "t") if next(piece.iterancestors(W + "p")) is paragraph)
    return "".join(piece.text or "" for piece in pieces)


def symbol(code: str) -> str:
    """Return the character of a symbol font's `code` (hexadecimal), as near as plain text comes."""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    if not 0xF000 <= number <= 0xF0FF:
        return chr(number) if 0x20 <= number < 0xD800 else ""
    low = number - 0xF000
    if low in _SYMBOLS:
        return _SYMBOLS[low]
    return chr(low) if 0x20 <= low < 0x40 else "•"
