"""The application behind the door."""

from typing import Annotated

from fastapi import Depends, Request

from onebook.engines.application import Application


def application_of(request: Request) -> Application:
    """The application of this server."""
    found: Application = request.app.state.application
    return found


TheApplication = Annotated[Application, Depends(application_of)]
