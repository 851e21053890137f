from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from urllib.parse import unquote

import pytest
from sqlalchemy import Engine

from models.database import transaction
from services.documents import DocumentStore, register
from services.people import Ward
from services.plans import import_plan
from tests.builders import NOW, plan_of, task
from tests.web.conftest import Browse


def test_the_imported_decision_comes_back_under_a_name_with_its_number(
    started: Callable[..., Ward], browse: Browse, engine: Engine
) -> None:
    browser = browse()
    store = DocumentStore(browser.settings.data / "documents")
    with transaction(engine) as connection:
        import_plan(connection, plan_of(task("I.1")), store.keep(BytesIO(b"16"), "qd.txt"), by=None, now=NOW)

    link = browser.page("/plan").partition('href="/documents/')[2].partition('"')[0]
    answer = browser.get(f"/documents/{link}")

    assert answer.content == b"16"
    assert unquote(answer.headers["content-disposition"]) == (
        "attachment; filename*=utf-8''quyet-dinh-1-QĐ-UBND.txt"
    )


@pytest.mark.parametrize(
    "name",
    ["0" * 63, "A" * 64, "f" * 64, "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/secret", "x/../../secret"],
)
def test_only_a_digest_of_the_register_opens_anything(
    started: Callable[..., Ward], browse: Browse, name: str
) -> None:
    started(plan_of(task("I.1")))
    browser = browse()
    (browser.settings.data / "secret").write_text("secret")

    response = browser.get(f"/documents/{name}")

    assert response.status_code == 404
    assert "secret" not in response.text.replace(name, "")


def test_another_wards_document_is_not_handed_out(
    started: Callable[..., Ward], browse: Browse, engine: Engine
) -> None:
    ward = started(plan_of(task("I.1")))
    browser = browse(ward=ward.code)
    theirs = DocumentStore(browser.settings.data / "documents").keep(BytesIO(b"theirs"), "a.pdf")
    with transaction(engine) as connection:
        other = import_plan(connection, plan_of(task("I.1"), issuer="UBND xã Khác"), theirs, by=None, now=NOW)
        register(connection, other.ward.id, [theirs])

    assert browser.get(f"/documents/{theirs.sha256}").status_code == 404
    assert browse(ward=other.ward.code).get(f"/documents/{theirs.sha256}").content == b"theirs"


def test_a_document_that_left_the_store_is_said_to_be_missing(
    started: Callable[..., Ward], browse: Browse
) -> None:
    started(plan_of(task("I.1")))  # its source is in the register and not in the store

    response = browse().get(f"/documents/{'0' * 64}")

    assert response.status_code == 503
    assert "không còn trong kho tài liệu" in response.text
