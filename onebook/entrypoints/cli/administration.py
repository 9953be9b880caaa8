"""Commands about the installation itself: companies, apps, logins."""

from pathlib import Path
from typing import Annotated

import typer

from onebook.access.actor import SYSTEM
from onebook.access.logins import create_login, disable_login, join_company, set_password
from onebook.definition.app import App
from onebook.definition.read import read_app
from onebook.definition.refusal import DefinitionRefusal
from onebook.definition.shipped import FURTHER, SHIPPED, shipped_app
from onebook.engines.process.command import Command, Create
from onebook.entrypoints.cli.house import House, Open
from onebook.entrypoints.cli.options import CompanyName, company_of
from onebook.entrypoints.cli.places import with_places
from onebook.entrypoints.cli.refusing import RefusingGroup
from onebook.storage.schema import PLATFORM, companies, create_company, drop_company
from onebook.values.refusal import Refusal

Password = Annotated[
    str,
    typer.Option(
        prompt=True,
        hide_input=True,
        confirmation_prompt=True,
        envvar="ONEBOOK_PASSWORD",
        help="Asked for if not given.",
    ),
]
Roles = Annotated[list[str] | None, typer.Option("--role", "-r", help="A role in the company; may be repeated.")]
UserName = Annotated[str | None, typer.Option(help="The user's own name; the login's if not given.")]
#: The names that apps of the product are installed by.
OURS = (*SHIPPED, *FURTHER)
Apps = Annotated[list[str], typer.Argument(help=f"Apps of the product ({', '.join(OURS)}) or folders of your own.")]


class NoSuchApp(Refusal):
    """It is neither an app of the product nor a folder."""

    code = "cli.no_such_app"


Accept = Annotated[
    bool,
    typer.Option(
        "--accept",
        help="Values that do not convert become blank (the old ones stay aside); overlays win over a new version.",
    ),
]


def add(app: typer.Typer, open_house: Open) -> None:
    """Put the commands into the whole."""
    app.add_typer(_companies(open_house), name="company")
    app.add_typer(_apps(open_house), name="apps")
    app.add_typer(_logins(open_house), name="login")


def _group(text: str) -> typer.Typer:
    return typer.Typer(cls=RefusingGroup, help=text, no_args_is_help=True)


def _companies(open_house: Open) -> typer.Typer:
    group = _group("Companies: each has its own tables.")

    @group.command("create")
    def create(name: str, bare: Annotated[bool, typer.Option(help="Without the apps of the product.")] = False) -> None:
        """Create a company with the apps of the product."""
        with open_house() as house:
            with house.database.administration() as connection:
                company = create_company(connection, name)
            try:
                _install(house, company.schema, [] if bare else list(SHIPPED))
            except BaseException:
                # Half a company would only be in the way of the next attempt.
                with house.database.administration() as connection:
                    drop_company(connection, company)
                raise
            typer.echo(f"{company.name}  (schema {company.schema})")

    @group.command("list")
    def show() -> None:
        """List the companies with the schemas that their tables lie in."""
        with open_house() as house, house.database.administration() as connection:
            for company in companies(connection):
                typer.echo(f"{company.name}  (schema {company.schema}, since {company.created_at:%Y-%m-%d})")

    return group


def _apps(open_house: Open) -> typer.Typer:
    group = _group("Apps: what a company does, as text.")

    @group.command("install")
    def install(apps: Apps, company: CompanyName = None, accept: Accept = False) -> None:
        """Install apps in a company, or bring them up to date; data is kept."""
        with open_house() as house:
            chosen = company_of(house, company)
            _install(house, chosen.schema, apps, accept=accept)
            typer.echo(f"{chosen.name}: {', '.join(apps)} installed")

    return group


def _logins(open_house: Open) -> typer.Typer:
    group = _group("Logins: who may come in.")

    @group.command("create")
    def create(
        name: str,
        password: Password,
        user: UserName = None,
        role: Roles = None,
        company: CompanyName = None,
    ) -> None:
        """Create a login and its user in a company."""
        with open_house() as house:
            chosen = company_of(house, company)
            values = {"name": user or name, "login": name, "roles": role or []}
            command = Command(Create("user", values), SYSTEM)
            for refusal in house.application.preview(chosen.schema, command).refusals:
                raise refusal
            with house.database.transaction(PLATFORM) as transaction:
                create_login(transaction, name, password)
                join_company(transaction, name, chosen.id)
                transaction.commit()
            house.application.execute(chosen.schema, command)
            typer.echo(f"{name} may log in to {chosen.name}")

    @group.command("password")
    def change(name: str, password: Password) -> None:
        """Give a login another password; all its sessions end."""
        with open_house() as house, house.database.transaction(PLATFORM) as transaction:
            set_password(transaction, name, password)
            transaction.commit()

    @group.command("disable")
    def disable(name: str) -> None:
        """Lock a login out; all its sessions end."""
        with open_house() as house, house.database.transaction(PLATFORM) as transaction:
            disable_login(transaction, name)
            transaction.commit()

    return group


def _install(house: House, schema: str, names: list[str], *, accept: bool = False) -> None:
    if not names:
        return
    apps = [_app(name) for name in names]
    try:
        house.application.publish(schema, apps, SYSTEM, accept=accept)
    except DefinitionRefusal as refusal:
        raise with_places(refusal, [Path(name) for name in names if name not in OURS]) from refusal


def _app(name: str) -> App:
    if name in OURS:
        return shipped_app(name)
    if not Path(name).is_dir():
        raise NoSuchApp(name=name, known=OURS)
    return read_app(Path(name))
