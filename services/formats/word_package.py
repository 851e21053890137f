"""Open the parts of a Word file: the document, its numbering, styles, comments and footnotes."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from typing import Any

from docx.oxml.parser import parse_xml

from domain.errors import NotADecision
from services.formats.archive import check_archive, damaged, usual_names

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
Element = Any  # lxml brings no types


def value(element: Element | None, name: str, attribute: str = "val") -> str | None:
    """Return the attribute of the child called `name`; "" where the child has none, None without child."""
    child = None if element is None else element.find(W + name)
    return None if child is None else child.get(W + attribute, "")


def switched_on(element: Element | None, name: str) -> bool:
    """Say whether a property that is on by being there is there, and isn't turned off."""
    setting = value(element, name)
    return setting is not None and setting not in {"0", "false", "off"}


class Package:
    """A Word file's parts, found by their relationships; a missing one is None."""

    def __init__(self, data: bytes) -> None:
        check_archive(data)
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._names = {name.lower(): name for name in self._archive.namelist()}
        main = next(iter(self._targets("", "officeDocument")), "word/document.xml")
        document = self._parsed(main)
        if document is None or document.tag != W + "document":
            raise NotADecision(
                f"{main} is no Word document",
                "Trong tệp không có văn bản Word. Đề nghị mở tệp bằng Word, lưu thành .docx rồi đọc lại.",
            )
        self.document: Element = document
        self._main = main

    def part(self, kind: str) -> Element | None:
        """Return the root of the first part that the document relates to by `kind`."""
        for target in self._targets(self._main, kind):
            root = self._parsed(target)
            if root is not None:
                return root
        return None

    def pages(self) -> int | None:
        """Return how many pages the program that saved the file counted; None where it didn't say."""
        found = re.search(rb"<Pages>(\d{1,4})</Pages>", self._read("docprops/app.xml") or b"")
        return int(found[1]) if found else None

    def _targets(self, source: str, kind: str) -> list[str]:
        """Return the parts that `source` (the whole package where empty) relates to by `kind`."""
        folder, name = posixpath.split(source)
        relations = self._parsed(posixpath.join(folder, "_rels", f"{name}.rels"))
        if relations is None:
            return []
        return [
            posixpath.normpath(posixpath.join("/", folder, each.get("Target", ""))).lstrip("/")
            for each in relations
            if str(each.get("Type", "")).endswith(f"/{kind}") and each.get("TargetMode") != "External"
        ]

    def _read(self, name: str) -> bytes | None:
        member = self._names.get(name.lower())
        return None if member is None else self._archive.read(member)

    def _parsed(self, name: str) -> Element | None:
        content = self._read(name)
        if content is None:
            return None
        try:
            return parse_xml(usual_names(content))
        except SyntaxError as problem:  # lxml's errors about XML are children of it
            raise damaged(problem) from problem
