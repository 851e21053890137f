"""What the API answers where it can't do what is asked: RFC 9457, with a notice in Vietnamese."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from domain.errors import SystemFault, WardError
from web.api.visits import ScopeMissing
from web.away import DatabaseAway
from web.errors import RETRY_S, status_of
from web.faults import noted

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)
_AWAY = "Hệ thống tạm thời chưa phục vụ được. Đề nghị thử lại sau ít phút."
_BROKEN = "Máy chủ gặp trục trặc. Nếu gọi lại vẫn vậy, đề nghị báo quản trị của phường kèm mã sự cố"
_NOTICES = {
    400: "Nội dung gửi lên không đọc được.",
    401: "Thiếu mã truy cập, hoặc mã truy cập không còn hiệu lực.",
    404: "Không có địa chỉ này.",
    405: "Địa chỉ này không nhận cách gọi này.",
    413: "Nội dung gửi lên quá lớn nên không được nhận.",
    422: "Có giá trị không đúng dạng.",
    429: "Gọi quá nhiều lần. Đề nghị đợi rồi gọi lại.",
}


class Misfit(BaseModel):
    """One value that can't be taken."""

    where: Annotated[str, Field(description="Where it stands: `query.limit`, `body.doc_date`.")]
    why: Annotated[str, Field(description="What is wrong with it, in English.")]


class Problem(BaseModel):
    """Why something was not done (RFC 9457); `type` ends in the refusal's name and does not change."""

    type: Annotated[str, Field(examples=["urn:cchc:problem:unknown-task"])]
    title: str
    status: int
    detail: Annotated[str, Field(description="For the log of the other system, in English.")]
    notice: Annotated[str, Field(description="For people, in Vietnamese.")]
    errors: Annotated[list[Misfit], Field(description="Each value that is wrong, where that is why.")] = []


def problem(
    status: int,
    name: str,
    detail: str,
    notice: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: list[Misfit] | None = None,
) -> Response:
    """Return the answer that says so."""
    body = Problem(
        type=f"urn:cchc:problem:{name}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=_printable(detail),
        notice=_printable(notice),
        errors=errors or [],
    )
    return JSONResponse(
        body.model_dump(mode="json"), status_code=status, headers=dict(headers or {}), media_type=MEDIA_TYPE
    )


def refused(error: WardError) -> Response:
    """Return the answer to what a rule refuses, or to what is broken for a while."""
    status = 403 if isinstance(error, ScopeMissing) else status_of(error)
    name = _kebab(type(error).__name__)
    if isinstance(error, SystemFault):  # its own words name files of the machine
        if isinstance(error, DatabaseAway):
            _log.warning("api: %s", error)
            return problem(503, "away", "temporarily away", _AWAY, headers={"retry-after": str(RETRY_S)})
        return _faulty(503, error)
    return problem(status, name, str(error), error.notice)


def plain(status: int, headers: Mapping[str, str] | None = None, detail: str = "") -> Response:
    """Return the answer that a status alone says."""
    phrase = HTTPStatus(status).phrase
    return problem(
        status, _kebab(phrase), detail or phrase, _NOTICES.get(status, _NOTICES[400]), headers=headers
    )


def handle_problems(api: FastAPI) -> None:
    """Answer every refusal and every fault with a problem."""
    api.add_exception_handler(WardError, _refused)
    api.add_exception_handler(RequestValidationError, _misfits)
    api.add_exception_handler(HTTPException, _plain)
    api.add_exception_handler(Exception, _broken)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, WardError)  # noqa: S101 - it is registered for that class only
    return refused(error)


async def _misfits(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    errors = [Misfit(where=".".join(map(str, each["loc"])), why=str(each["msg"])) for each in error.errors()]
    return problem(422, "bad-value", "values of the wrong form", _NOTICES[422], errors=_writable(errors))


async def _plain(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    if error.status_code == 304:
        return Response(status_code=304, headers=error.headers)
    return plain(error.status_code, error.headers, str(error.detail))


async def _broken(request: Request, error: Exception) -> Response:
    return _faulty(500, error)


def _faulty(status: int, error: Exception) -> Response:
    reference = noted("api", error)
    return problem(status, "broken", f"an unexpected fault, reference {reference}", f"{_BROKEN} {reference}.")


def _writable(errors: list[Misfit]) -> list[Misfit]:
    """Return misfits in letters that JSON can carry: the names of fields are whatever was sent."""
    return [Misfit(where=_printable(each.where)[:120], why=_printable(each.why)[:300]) for each in errors]


def _printable(text: str) -> str:
    """Return a text in letters that JSON can carry; what was sent may stand in it, in any encoding."""
    return text.encode("utf-8", "backslashreplace").decode()


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|\s+", "-", name).lower()


def described(*statuses: int, again: type[BaseModel] | None = None) -> dict[int | str, dict[str, Any]]:
    """Return what a route's description says of problems; `again` is what a repeated change answers."""
    always = {401, 403, 422, 429, 503}
    found: dict[int | str, dict[str, Any]] = {
        status: {"model": Problem} for status in sorted({*always, *statuses})
    }
    if again is not None:
        found[200] = {"model": again, "description": "The very same was recorded before."}
    return found
