"""Events: what makes two documents the same one."""

from __future__ import annotations

from datetime import date

from domain.names import folded


def identity(doc_number: str, issuer: str, doc_date: date) -> str:
    """Return what identifies a document: number, issuer and year, since numbers start anew each year."""
    return f"{folded(doc_number)}|{folded(issuer)}|{doc_date.year}"
