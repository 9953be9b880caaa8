"""Commands about a company's records: files in, files out."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, BinaryIO, Final

import typer

from onebook.access.actor import SYSTEM, Actor
from onebook.access.membership import load_actor
from onebook.engines.process.importing.request import ImportRequest, ImportResult
from onebook.engines.process.importing.run import Import
from onebook.engines.report.files.export import Format
from onebook.engines.report.request import ListRequest
from onebook.entrypoints.cli.house import House, Open
from onebook.entrypoints.cli.options import CompanyName, company_of
from onebook.entrypoints.cli.refusing import MOST_CAUSES, language
from onebook.locale.texts import problem_text
from onebook.values.refusal import Refusal

LoginName = Annotated[
    str | None, typer.Option("--as", help="Act as this login, with its rights; otherwise as the system.")
]
Key = Annotated[
    list[str] | None,
    typer.Option(help="A field by which records are found again; may be repeated. Otherwise the number."),
]
Missing = Annotated[
    list[str] | None, typer.Option(help="A link field whose unknown names become new records; repeatable.")
]
SkipWrong = Annotated[bool, typer.Option("--skip-wrong", help="Take the rest of the file when rows are wrong.")]
Then = Annotated[str | None, typer.Option(help="A transition to run on every new record.")]
OnlyPreview = Annotated[bool, typer.Option("--preview", help="Say what would happen, and change nothing.")]
Errors = Annotated[Path | None, typer.Option(help="Where to write the wrong rows, with the reasons.")]
Filter = Annotated[str | None, typer.Option(help="A formula that the records fulfil.")]
Columns = Annotated[str | None, typer.Option(help="Fields, with commas between; otherwise those of the list.")]


FORMATS: Final[Mapping[str, Format]] = {".xlsx": "xlsx", ".csv": "csv"}


class FileMissing(Refusal):
    """A file that was named cannot be read or written."""

    code = "cli.file_missing"


class FileKindUnknown(Refusal):
    """The name of a file does not say which of the kinds that we write it shall be."""

    code = "cli.file_kind"


def add(app: typer.Typer, open_house: Open) -> None:
    """Put the commands into the whole."""
    _add_import(app, open_house)
    _add_export(app, open_house)


def _add_import(app: typer.Typer, open_house: Open) -> None:
    @app.command("import")
    def import_(
        form: str,
        file: Path,
        company: CompanyName = None,
        login: LoginName = None,
        key: Key = None,
        create_missing: Missing = None,
        skip_wrong: SkipWrong = False,
        then: Then = None,
        preview: OnlyPreview = False,
        errors: Errors = None,
    ) -> None:
        """Bring a file (xlsx, xls, csv) into a form: all of it or, if rows are wrong, nothing."""
        request = ImportRequest(
            form=form,
            content=_read(file),
            key=tuple(key) if key else None,
            create_missing=frozenset(create_missing or ()),
            skip_wrong=skip_wrong,
            then=then,
        )
        with open_house() as house:
            schema = company_of(house, company).schema
            actor = _actor(house, schema, login)
            if preview or errors is not None:
                seen = house.application.preview_import(schema, actor, request)
                if errors is not None and seen.problems:
                    _write_wrong_rows(house, schema, actor, request, seen, errors)
            _tell(seen if preview else house.application.import_(schema, actor, request, _progress))


def _add_export(app: typer.Typer, open_house: Open) -> None:
    @app.command()
    def export(
        form: str,
        file: Path,
        company: CompanyName = None,
        login: LoginName = None,
        filter: Filter = None,
        columns: Columns = None,
    ) -> None:
        """Write a form's records into a file: xlsx or csv, as its name ends."""
        chosen = tuple(part.strip() for part in columns.split(",")) if columns else None
        request = ListRequest(form=form, filter=filter, columns=chosen)
        kind = FORMATS.get(file.suffix.lower())
        if kind is None:
            raise FileKindUnknown(path=str(file), known=list(FORMATS))
        with open_house() as house:
            schema = company_of(house, company).schema
            actor = _actor(house, schema, login)
            with _whole(file) as target:
                house.application.export(schema, replace(actor, language=language()), request, target, kind)
        typer.echo(f"{file}: {file.stat().st_size:,} bytes")


def _actor(house: House, schema: str, login: str | None) -> Actor:
    if login is None:
        return SYSTEM
    with house.database.transaction(schema, read_only=True) as transaction:
        return load_actor(transaction, login)


def _progress(stage: str, done: int, total: int) -> None:
    typer.echo(f"  {stage} {done:,} / {total:,}", err=True)


def _tell(result: ImportResult) -> None:
    would = "would be: " if result.is_preview else ""
    figures = {"new": result.new, "changed": result.changed, "unchanged": result.unchanged, "wrong": result.wrong}
    typer.echo(would + ", ".join(f"{name} {count:,}" for name, count in figures.items()))
    for problem in [*result.problems, *result.warnings][:MOST_CAUSES]:
        place = f"row {problem.row}" + (f" {problem.field}" if problem.field else "")
        typer.echo(f"  {place}: {problem_text(problem, language())}", err=True)


def _read(file: Path) -> bytes:
    with _file_errors(file):
        return file.read_bytes()


@contextmanager
def _whole(file: Path) -> Iterator[BinaryIO]:
    """A file that is there once it is written whole; what refuses on the way leaves nothing behind."""
    part = file.with_name(f"{file.name}.part")
    with _file_errors(file):
        try:
            with part.open("wb") as target:
                yield target
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)


def _write_wrong_rows(
    house: House, schema: str, actor: Actor, request: ImportRequest, seen: ImportResult, file: Path
) -> None:
    opened = Import(house.application.ground(schema), request, actor, datetime.now(UTC))
    with _file_errors(file):
        file.write_bytes(opened.wrong_rows(seen.problems, language()))
    typer.echo(f"The wrong rows are in {file}", err=True)


@contextmanager
def _file_errors(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileMissing(path=str(file), reason=error.strerror or str(error)) from error
