"""Files in and out: imports with template, preview, progress and the wrong rows back; exports of lists."""

from datetime import UTC, datetime
from typing import Any, BinaryIO

from fastapi import APIRouter, Request, Response

from onebook.engines.process.importing.refusals import WrongRows
from onebook.engines.process.importing.request import ImportResult
from onebook.engines.process.importing.run import Import
from onebook.entrypoints.http.addresses import FormName
from onebook.entrypoints.http.answers import answered, nothing
from onebook.entrypoints.http.door import TheApplication
from onebook.entrypoints.http.exports import XLSX, FileFormat, attachment, file_of
from onebook.entrypoints.http.identity import CurrentVisitor
from onebook.entrypoints.http.jobs import Job, Jobs
from onebook.entrypoints.http.problems import body_of, log_bug
from onebook.entrypoints.http.questions import ListQuestion
from onebook.entrypoints.http.refusals import NotFound
from onebook.entrypoints.http.upload import ImportQuestion
from onebook.locale.texts import problem_text
from onebook.values.refusal import Problem

router = APIRouter(prefix="/api")

#: More problems than this are counted, and all of them stand in the file of wrong rows.
MOST_PROBLEMS = 200


@router.get("/{form}/export")
def export(
    visitor: CurrentVisitor, application: TheApplication, question: ListQuestion, format: FileFormat = "xlsx"
) -> Response:
    """Every row of a list as a file, under the same conditions as the list."""
    form = application.form(visitor.schema, question.form.partition(".")[0])

    def write(target: BinaryIO) -> None:
        application.export(visitor.schema, visitor.speaking, question, target, format)

    return file_of(write, form.label.in_language(visitor.language), format)


@router.get("/{form}/import/template")
def template(visitor: CurrentVisitor, application: TheApplication, form: FormName) -> Response:
    """An empty workbook for importing into a form."""
    content = application.template(visitor.schema, visitor.actor, form, visitor.language)
    label = application.form(visitor.schema, form).label.in_language(visitor.language)
    return Response(content, media_type=XLSX, headers=attachment(f"{label}.xlsx"))


@router.post("/{form}/import/preview")
def preview_import(visitor: CurrentVisitor, application: TheApplication, question: ImportQuestion) -> Response:
    """What importing the file would do, with everything that is wrong in it; nothing is written."""
    result = application.preview_import(visitor.schema, visitor.actor, question)
    return answered(told(result, visitor.language))


@router.post("/{form}/import")
def run_import(
    request: Request, visitor: CurrentVisitor, application: TheApplication, question: ImportQuestion
) -> Response:
    """Import the file: a job to ask about, unless `wait=true` asks to wait for the result."""
    application.form(visitor.schema, question.form)

    def work(job: Job) -> dict[str, Any]:
        opened: list[Import] = []
        try:
            result = application.import_(visitor.schema, visitor.actor, question, job.watch, opened.append)
        except WrongRows as refusal:
            job.file = opened[-1].wrong_rows(refusal.problems, visitor.language)
            raise
        if result.problems:
            job.file = opened[-1].wrong_rows(result.problems, visitor.language)
        return told(result, visitor.language)

    if request.query_params.get("wait") == "true":
        return answered(work(Job("", visitor.schema, visitor.actor.id)))
    job = _jobs(request).start(visitor.schema, visitor.actor.id, work, log_bug)
    return answered(_state(job, visitor.language), 202)


@router.get("/imports/{job}")
def import_state(request: Request, visitor: CurrentVisitor, job: str) -> Response:
    """How far an import is, and what came of it."""
    found = _jobs(request).find(job, visitor.schema, visitor.actor.id)
    return answered(_state(found, visitor.language))


@router.get("/imports/{job}/wrong_rows")
def import_wrong_rows(request: Request, visitor: CurrentVisitor, job: str) -> Response:
    """The wrong rows of an import that is over, with the reason beside each, to be corrected and uploaded again."""
    found = _jobs(request).find(job, visitor.schema, visitor.actor.id)
    if not found.is_over or found.file is None:
        raise NotFound
    return Response(found.file, media_type=XLSX, headers=attachment("wrong_rows.xlsx"))


@router.delete("/imports/{job}")
def cancel_import(request: Request, visitor: CurrentVisitor, job: str) -> Response:
    """Stop an import; what it has done so far is undone, unless it is over."""
    _jobs(request).find(job, visitor.schema, visitor.actor.id).cancelled = True
    return nothing()


@router.post("/{form}/import/wrong_rows")
def wrong_rows(visitor: CurrentVisitor, application: TheApplication, question: ImportQuestion) -> Response:
    """The wrong rows of a file, with the reason beside each, to be corrected and uploaded again."""
    ground = application.ground(visitor.schema)
    importing = Import(ground, question, visitor.actor, datetime.now(UTC))
    problems = importing.preview(application.database).problems
    content = importing.wrong_rows(problems, visitor.language)
    return Response(content, media_type=XLSX, headers=attachment("wrong_rows.xlsx"))


def told(result: ImportResult, language: str) -> dict[str, Any]:
    """What an import did, or would do."""
    return {
        "new": result.new,
        "changed": result.changed,
        "unchanged": result.unchanged,
        "wrong": result.wrong,
        "columns": result.columns,
        "problems": [_problem(problem, language) for problem in result.problems[:MOST_PROBLEMS]],
        "more_problems": max(0, len(result.problems) - MOST_PROBLEMS),
        "warnings": [_problem(problem, language) for problem in result.warnings[:MOST_PROBLEMS]],
        "created_links": result.created_links,
        "is_preview": result.is_preview,
    }


def _problem(problem: Problem, language: str) -> dict[str, Any]:
    text = problem_text(problem, language)
    return {"code": problem.code, "field": problem.field, "row": problem.row, "text": text}


def _state(job: Job, language: str) -> dict[str, Any]:
    return {
        "job": job.id,
        "state": job.state,
        "stage": job.stage,
        "done": job.done,
        "total": job.total,
        "result": job.result,
        "has_wrong_rows": job.file is not None,
        "problem": body_of(job.refusal, language) if job.refusal else None,
    }


def _jobs(request: Request) -> Jobs:
    found: Jobs = request.app.state.jobs
    return found
