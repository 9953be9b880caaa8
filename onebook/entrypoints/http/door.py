"""The application behind the door.

What only looks at the request is `async`: it runs where the request is, instead of travelling to a thread and back.
"""

from typing import Annotated

from fastapi import Depends, Request

from onebook.engines.application import Application


async def application_of(request: Request) -> Application:
    """The application of this server."""
    found: Application = request.app.state.application
    return found


TheApplication = Annotated[Application, Depends(application_of)]
