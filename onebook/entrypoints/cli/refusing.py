"""How the command line says no: the texts of refusals on the error stream, exit code 2."""

import os
from typing import Any, Final

import typer
from typer.core import TyperGroup

from onebook.locale.texts import problem_texts, text_of
from onebook.storage.database import Unavailable
from onebook.values.label import CHINESE, ENGLISH
from onebook.values.refusal import Refusal

REFUSED: Final = 2
INTERRUPTED: Final = 130
#: Nobody reads more causes than this in a terminal; the file of wrong rows has them all.
MOST_CAUSES: Final = 50


def language() -> str:
    """The reader's language: ONEBOOK_LANGUAGE, or what the terminal speaks."""
    spoken = os.environ.get("ONEBOOK_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return CHINESE if spoken.lower().startswith("zh") else ENGLISH


def say_no(refusal: Refusal) -> None:
    """Print why, with every cause and its place."""
    typer.secho(text_of(refusal, language()), fg="red", err=True)
    if isinstance(refusal, Unavailable) and refusal.__cause__ is not None:
        # Whoever sits at the terminal has set up the database: a wrong password or name is theirs to mend.
        typer.echo(f"  {str(refusal.__cause__).strip()}", err=True)
    causes = problem_texts(refusal, language())
    for cause in causes[:MOST_CAUSES]:
        typer.echo(f"  {cause}", err=True)
    if len(causes) > MOST_CAUSES:
        typer.echo(f"  … {len(causes) - MOST_CAUSES} more", err=True)


class RefusingGroup(TyperGroup):
    """A group of commands whose refusals are read by people."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a refusal becomes words and an exit code."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            say_no(refusal)
            raise typer.Exit(REFUSED) from refusal
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None
