"""The command `onebook`: what can be asked of an installation from a terminal."""

import logging
from collections.abc import Callable
from typing import Annotated

import typer

from onebook.entrypoints.cli import administration, records
from onebook.entrypoints.cli.address import listening, origin_of
from onebook.entrypoints.cli.doctor import Finding, examine_database, examine_machine
from onebook.entrypoints.cli.house import House, Open
from onebook.entrypoints.cli.options import CompanyName, company_of
from onebook.entrypoints.cli.refusing import RefusingGroup, language
from onebook.storage.schema import companies
from onebook.storage.settings import Settings

Host = Annotated[str, typer.Option(envvar="ONEBOOK_HOST", help="The address to listen on.")]
Port = Annotated[int, typer.Option(envvar="ONEBOOK_PORT", min=1, max=65535, help="The port to listen on.")]
Public = Annotated[
    str | None,
    typer.Option(envvar="ONEBOOK_PUBLIC_URL", help="The https address that people use, if a proxy stands in front."),
]


#: Called with the open installation before it serves.
Prepare = Callable[[House], None]


def create(open_house: Open, prepare: Prepare | None = None) -> typer.Typer:
    """All commands, on the installation that `open_house` opens."""
    app = typer.Typer(
        name="onebook",
        cls=RefusingGroup,
        help="Onebook 一本: one book for customers, goods and money.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_show_locals=False,
        epilog="ONEBOOK_HOME moves the data folder; ONEBOOK_DATABASE_URL uses a PostgreSQL of your own.",
    )
    _add_running(app, open_house, prepare)
    _add_looking(app, open_house)
    administration.add(app, open_house)
    records.add(app, open_house)
    return app


def _add_running(app: typer.Typer, open_house: Open, prepare: Prepare | None) -> None:
    @app.command()
    def serve(host: Host = "127.0.0.1", port: Port = 8000, public_url: Public = None) -> None:
        """Start the product: web server and worker in one process, until Ctrl-C."""
        origin = origin_of(public_url) if public_url else None
        with listening(host, port) as listener, open_house() as house:
            if prepare is not None:
                prepare(house)
            typer.echo(f"Onebook 一本 on {origin or f'http://{host}:{port}'}  (Ctrl-C stops it)")
            house.serve(listener, origin)
        typer.echo("Stopped.")

    @app.command()
    def worker(public_url: Public = None) -> None:
        """Run a worker alone: jobs and schedules. Several may run, on several machines."""
        origin = origin_of(public_url) if public_url else None
        logging.getLogger("onebook").setLevel(logging.INFO)
        with open_house() as house:
            typer.echo("Working.  (Ctrl-C stops it)")
            house.work(origin)

    @app.command()
    def migrate() -> None:
        """Bring the database and every company in it up to date."""
        with open_house() as house:
            for name in house.migrated:
                typer.echo(f"applied  {name}")
            typer.echo("The database is up to date.")


def _add_looking(app: typer.Typer, open_house: Open) -> None:
    @app.command()
    def check(company: CompanyName = None) -> None:
        """Recompute the books from the beginning and compare; exit code 1 if there is a difference."""
        with open_house() as house:
            known = companies_of(house) if company is None else [company_of(house, company).name]
            wrong = sum([_check(house, name) for name in known])
        raise typer.Exit(1 if wrong else 0)

    @app.command()
    def explain(form: str, transition: str, company: CompanyName = None) -> None:
        """Say in words what a transition does: what it requires, promises, posts and makes."""
        with open_house() as house:
            chosen = company_of(house, company)
            typer.echo(str(house.application.explain(chosen.schema, form, transition, language())))

    @app.command()
    def doctor() -> None:
        """Look whether this machine and this installation can do the work. Exit code 1 if something has to be done."""
        findings = list(examine_machine(Settings.from_environment()))
        _show(findings)
        with open_house() as house:
            seen = list(examine_database(house.database))
        _show(seen)
        raise typer.Exit(0 if all(finding.is_well for finding in findings + seen) else 1)


def companies_of(house: House) -> list[str]:
    """The names of all companies."""
    with house.database.administration() as connection:
        return [company.name for company in companies(connection)]


def _check(house: House, name: str) -> int:
    """Check one company; the number of differences."""
    differences = house.application.check(company_of(house, name).schema)
    for difference in differences:
        typer.secho(
            f"{name}: {difference.what} of {difference.subject}: stored {difference.stored},"
            f" recomputed {difference.recomputed}; journals {', '.join(map(str, difference.journals)) or 'none'}",
            fg="red",
        )
    typer.echo(f"{name}: {len(differences)} differences" if differences else f"{name}: the books are right")
    return len(differences)


def _show(findings: list[Finding]) -> None:
    for finding in findings:
        mark = "ok " if finding.is_well else "NO "
        typer.echo(f"{mark} {finding.what}: {finding.seen}")
        if finding.advice is not None:
            typer.secho(f"     {finding.advice}", fg="red")
