"""Options that several commands share, and what they stand for."""

from typing import Annotated

import typer

from onebook.entrypoints.cli.house import House
from onebook.storage.schema import Company, companies, company_named
from onebook.values.refusal import Refusal

CompanyName = Annotated[
    str | None,
    typer.Option("--company", "-c", envvar="ONEBOOK_COMPANY", help="The company; not needed if there is only one."),
]


class WhichCompany(Refusal):
    """There are several companies, or none, and none was named."""

    code = "cli.which_company"


def company_of(house: House, name: str | None) -> Company:
    """The company that is meant. Refuses with the names that exist."""
    with house.database.administration() as connection:
        if name is not None:
            return company_named(connection, name)
        known = companies(connection)
    if len(known) != 1:
        raise WhichCompany(known=[company.name for company in known])
    return known[0]
