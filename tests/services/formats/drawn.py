"""PDFs drawn piece by piece: words where they are put, rules, a picture over the page."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.services.formats.hostile import pdf, stream

HEIGHT, WIDTH = 800, 600
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
PICTURE = stream(
    b"\xf0",
    b"/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8",
)
COLUMNS = (40, 80, 230, 320, 420, 560)
HEADINGS = ("TT", "Noi dung cong viec", "Chu tri", "Thoi han", "San pham")


@dataclass
class Drawn:
    """One page; places count in points from the top left."""

    marks: list[str] = field(default_factory=list)
    more: bytes = b""

    def write(self, x: float, top: float, text: str, *, size: float = 10, matrix: str = "1 0 0 1") -> Drawn:
        """Put a line of text; `matrix` turns it."""
        shown = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        place = f"{matrix} {x} {HEIGHT - top - size}"
        self.marks.append(f"BT /F1 {size} Tf {place} Tm ({shown}) Tj ET")
        return self

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> Drawn:
        """Draw a rule."""
        self.marks.append(f"{x0} {HEIGHT - y0} m {x1} {HEIGHT - y1} l S")
        return self

    def frame(self, xs: tuple[float, ...], ys: tuple[float, ...], *, sides: bool = True) -> Drawn:
        """Draw a table's rules, without those at its left and right where `sides` is False."""
        for y in ys:
            self.rule(xs[0], y, xs[-1], y)
        for x in xs if sides else xs[1:-1]:
            self.rule(x, ys[0], x, ys[-1])
        return self

    def row(self, top: float, *cells: str) -> Drawn:
        """Write cells into the usual columns; a line break in a cell begins its next line."""
        for x, cell in zip(COLUMNS, cells, strict=False):
            for at, line in enumerate(cell.split("\n")):
                self.write(x + 3, top + 12 * at, line)
        return self

    def picture(self) -> Drawn:
        """Lay a grey picture over the whole page."""
        self.marks.append(f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /P Do Q")
        return self


def drawn(*pages: Drawn, font: bytes = FONT, trailer: bytes = b"") -> bytes:
    """Return a PDF of these pages."""
    kids = b" ".join(b"%d 0 R" % (5 + 2 * at) for at in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(pages)),
        font,
        PICTURE,
    ]
    for at, page in enumerate(pages):
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents %d 0 R"
            b"/Resources<</Font<</F1 3 0 R>>/XObject<</P 4 0 R>>>>%s>>"
            % (WIDTH, HEIGHT, 6 + 2 * at, page.more)
        )
        objects.append(stream("\n".join(page.marks).encode("cp1252")))
    return pdf(*objects, trailer=trailer)
