"""Files made to harm whoever opens them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable

from tests.services.formats.valid import excel, word

MEGABYTE = 1 << 20
PREDEFINED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
LAUGHS = (
    "<!DOCTYPE x [<!ENTITY l0 'ha'>"
    + "".join(f"<!ENTITY l{at} '{f'&l{at - 1};' * 10}'>" for at in range(1, 10))
    + "]>"
)
DOCUMENT = "word/document.xml"
SHEET = "xl/worksheets/sheet1.xml"


def rebuilt(data: bytes, change: Callable[[str, bytes], Iterable[bytes]], *more: tuple[str, bytes]) -> bytes:
    """Return a zip whose members went through `change`, with more members after them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            with new.open(name, "w", force_zip64=True) as member:
                for piece in change(name, old.read(name)):
                    member.write(piece)
        for name, content in more:
            new.writestr(name, content)
    return buffer.getvalue()


def swollen(data: bytes, part: str, mark: bytes, size: int) -> bytes:
    """Put `size` MB of letters before `mark` in a part: a cell that unpacks a thousandfold."""

    def change(name: str, content: bytes) -> Iterable[bytes]:
        before, found, after = content.partition(mark)
        if name != part:
            return [content]
        assert found
        return [before, *[b"a" * MEGABYTE] * size, found, after]

    return rebuilt(data, change)


def declaring(data: bytes, part: str, declaration: str, entity: str) -> bytes:
    """Put a document type before a part's root, and a reference to its entity in the first text."""

    def change(name: str, content: bytes) -> Iterable[bytes]:
        if name != part:
            return [content]
        root = content[content.index(b"<", content.find(b"?>") + 1) :]
        end = b"</w:t>" if part == DOCUMENT else b"</t>"
        return [
            PREDEFINED.encode(),
            declaration.encode(),
            root.replace(end, f"&{entity};".encode() + end, 1),
        ]

    return rebuilt(data, change)


def external(url: str) -> str:
    """Return a document type whose entity `x` stands elsewhere."""
    return f'<!DOCTYPE x [<!ENTITY x SYSTEM "{url}">]>'


def crowded(data: bytes) -> bytes:
    """Add 30,000 empty members."""
    return rebuilt(data, lambda _, content: [content], *((f"word/{at}.xml", b"") for at in range(30_000)))


def overlapping(data: bytes) -> bytes:
    """Name one compressed 8 MB member five thousand times in the directory."""
    with zipfile.ZipFile(
        io.BytesIO(rebuilt(data, lambda _, c: [c], ("kernel", bytes(8 * MEGABYTE))))
    ) as archive:
        assert archive.fp is not None
        archive.fp.seek(0)
        packed = archive.fp.read()
        start = archive.start_dir
    end = packed.rindex(b"PK\x05\x06")
    directory, at = packed[start:end], packed.index(b"kernel", start) - 46
    entry = packed[at : packed.find(b"PK", at + 4)]
    copies = b"".join(entry.replace(b"kernel", b"k%05d" % number) for number in range(5000))
    count = directory.count(b"PK\x01\x02") + 5000
    size = len(directory) + len(copies)
    return packed[:end] + copies + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, size, start, 0)


def understated(data: bytes, part: str) -> bytes:
    """Swell a part, then claim in the directory that it is small."""
    packed = bytearray(swollen(data, part, b"</w:t>", 200))
    at = packed.rindex(part.encode()) - 46
    packed[at + 24 : at + 28] = (5000).to_bytes(4, "little")
    return bytes(packed)


def with_macro(data: bytes) -> bytes:
    """Make a Word document a macro-enabled one."""
    plain = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    macro = b"application/vnd.ms-word.document.macroEnabled.main+xml"
    return rebuilt(
        data,
        lambda _, content: [content.replace(plain, macro)],
        ("word/vbaProject.bin", b"\xd0\xcf\x11\xe0macro"),
    )


def with_tricky_names(data: bytes) -> bytes:
    """Add members that would leave the folder if anyone unpacked them."""
    names = (
        "../../../../tmp/cchc-escaped",
        "/tmp/cchc-escaped",
        "C:\\cchc-escaped",
        "word/../../cchc-escaped",
    )
    return rebuilt(data, lambda _, content: [content], *((name, b"x") for name in names))


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """Return a PDF of these objects; the first is the catalog."""
    body, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    tail = b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, len(body))
    return body + head + table + tail


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def page(contents: bytes, more: bytes = b"") -> bytes:
    """Return a page whose content is object 4 and whose resources are these."""
    return b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<<%s>>%s>>" % (
        contents,
        more,
    )


def stream(content: bytes, more: bytes = b"") -> bytes:
    """Return a stream object."""
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(content), more, content)


def deflated(size: int, piece: bytes = b"BT /F1 9 Tf (a) Tj ET\n") -> bytes:
    """Return `size` MB of drawing, compressed."""
    packer = zlib.compressobj(9)
    block = piece * (MEGABYTE // len(piece))
    return b"".join(packer.compress(block) for _ in range(size)) + packer.flush()


def pdfs() -> dict[str, bytes]:
    """Return the harmful PDFs by what they do."""
    loop = stream(b"/X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>")
    pages = b"<</Type/Pages/Parent 3 0 R/Kids[3 0 R 2 0 R]/Count 2>>"
    twice = b"/Filter[/FlateDecode/FlateDecode]"
    text = stream(b"BT /F1 9 Tf 9 9 Td (Ke hoach) Tj ET")
    return {
        "its own parent among pages": pdf(CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 9>>", pages),
        "a drawing that draws itself": pdf(
            CATALOG, PAGES, page(b"/XObject<</X 5 0 R>>"), stream(b"/X Do"), loop
        ),
        "content that unpacks a thousandfold": pdf(
            CATALOG, PAGES, page(b"/Font<</F1 5 0 R>>"), stream(deflated(60), b"/Filter/FlateDecode"), FONT
        ),
        "content that unpacks twice": pdf(
            CATALOG, PAGES, page(b""), stream(zlib.compress(deflated(200, b" "), 9), twice)
        ),
        "a length that is itself": pdf(CATALOG, PAGES, page(b""), b"<</Length 4 0 R>>\nstream\nq\nendstream"),
        "a page of light years": pdf(
            CATALOG, PAGES, page(b"/Font<</F1 5 0 R>>", b"/MediaBox[0 0 1e30 1e30]"), text, FONT
        ),
        "a table that points at itself": pdf(CATALOG, PAGES, page(b""), text, trailer=b"/Prev 9"),
        "endless arrays": pdf(CATALOG, PAGES, page(b"/A " + b"[" * 100_000), text),
        "a million lines": pdf(
            CATALOG,
            PAGES,
            page(b""),
            stream(deflated(20, b"0 0 m 9 9 l S\n1 1 5 5 re S\n"), b"/Filter/FlateDecode"),
        ),
    }


def packages() -> dict[str, bytes]:
    """Return the harmful Word and Excel files by what they do."""
    plain, book = word(), excel()
    cell = b"</w:t></w:r></w:p></w:tc>"
    return {
        "a Word cell of 200 MB": swollen(plain, DOCUMENT, cell, 200),
        "a Word cell of 3 MB": swollen(plain, DOCUMENT, cell, 3),
        "an Excel cell of 200 MB": swollen(book, SHEET, b"</t>", 200),
        "an Excel cell of 3 MB": swollen(book, SHEET, b"</t>", 3),
        "a thousand million laughs": declaring(plain, DOCUMENT, LAUGHS, "l9"),
        "laughs in Excel": declaring(book, SHEET, LAUGHS, "l9"),
        "an entity in a file": declaring(plain, DOCUMENT, external("file:///etc/passwd"), "x"),
        "thirty thousand members": crowded(plain),
        "members that overlap": overlapping(plain),
        "an understated size": understated(plain, DOCUMENT),
    }
