"""The keys of a file as a table in a query: joined, so that the planner finds a way that is quick for many of them.

Compared with a long array instead, every record would be held against the whole array wherever no index serves."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, TableValuedAlias, bindparam, func
from sqlalchemy.types import TypeEngine


def keys_table(types: Sequence[TypeEngine[Any]], *parameters: str) -> TableValuedAlias:
    """A table with one column for each parameter; each parameter is an array of this type, all of one length."""
    arrays = [bindparam(name, type_=ARRAY(kind)) for name, kind in zip(parameters, types, strict=True)]
    return func.unnest(*arrays).table_valued(*parameters).render_derived("given")
