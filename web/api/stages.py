"""Handing a stage in over the API, with its files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from starlette.exceptions import HTTPException

from domain.machine_tokens import Scope
from domain.plans import Stage
from services.documents import StoredFile
from services.stages import Submission, check_unit, submit
from web.api import answers
from web.api.files import kept
from web.api.problems import described
from web.api.values import Day, Id, Text
from web.api.visits import changing, scoped

router = APIRouter(dependencies=[Depends(scoped(Scope.SUBMIT))])
MOST_FILES = 10


@router.post(
    "/occurrences/{occurrence_id}/stages/{stage}/submissions",
    summary="Hand a stage in (nộp kết quả)",
    status_code=201,
    responses=described(400, 404, 409, 413, again=answers.HandedIn),
)
def hand_in(
    request: Request,
    response: Response,
    occurrence_id: Id,
    stage: Stage,
    effective_on: Annotated[Day | None, Form(description="When it happened; today unless said.")] = None,
    doc_number: Annotated[Text | None, Form(max_length=100)] = None,
    doc_date: Annotated[Day | None, Form()] = None,
    note: Annotated[Text | None, Form(max_length=3000)] = None,
    files: Annotated[list[UploadFile], File(description="At most 10 files, 20 MB together.")] = [],  # noqa: B006 - FastAPI's way
) -> answers.HandedIn:
    """Hand a stage in for the machine's unit; the very same again is recorded once."""
    by = request.state.machine.person.name
    with changing(request) as look:
        check_unit(look.connection, look.ward.id, occurrence_id, stage, by=by, today=look.today)
    stored = _kept(request, files)
    with changing(request) as look:
        wanted = Submission(
            occurrence_id,
            stage,
            effective_on or look.today,
            doc_number=doc_number or None,
            doc_date=doc_date,
            note=note or None,
            files=stored,
        )
        done = submit(look.connection, look.ward.id, wanted, by=by, today=look.today, now=look.now)
    if done.already:
        response.status_code = 200
    return answers.HandedIn(
        occurrence=occurrence_id, stage=stage, attempt=done.attempt, late=done.late, already=done.already
    )


def _kept(request: Request, files: list[UploadFile]) -> tuple[StoredFile, ...]:
    """Put the files where documents are.

    Raises:
        HTTPException: they are too many.
        BadFile: one of them is empty, or not what its name says.
    """
    if len(files) > MOST_FILES:
        raise HTTPException(413)
    return tuple(kept(request, each) for each in files)
