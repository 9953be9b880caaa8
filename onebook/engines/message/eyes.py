"""What messages are read with: a company's declarations, and the eyes of whoever gets one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from onebook.access.actor import Actor
from onebook.definition.catalog import Catalog
from onebook.engines.form.forms import Forms
from onebook.engines.table.readable import Kept
from onebook.expression.context import Context


@dataclass(frozen=True, slots=True)
class Eyes:
    """One company at one published version of its declarations."""

    schema: str
    catalog: Catalog
    forms: Forms
    #: Where the company's calendar days begin.
    zone: tzinfo
    kept: Kept
    #: What formulas know of the clock and of who reads.
    context: Callable[[Actor], Context]
