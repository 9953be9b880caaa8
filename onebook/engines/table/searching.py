"""How short words of other scripts are found: by the letters that stand in a search column, whatever their order."""

from typing import Any, Final

from sqlalchemy import ARRAY, ColumnElement, Text, func, literal_column

#: Constants stand in the text: an index serves only the very expression that it was made of.
_ENGLISH: Final[ColumnElement[str]] = literal_column("'[ -~]+'")
_NOTHING: Final[ColumnElement[str]] = literal_column("''")
_EVERYWHERE: Final[ColumnElement[str]] = literal_column("'g'")


def letters(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The letters of a text that are no ASCII, as an array. Few stand in a name, and each in few names."""
    others = func.regexp_replace(column, _ENGLISH, _NOTHING, _EVERYWHERE)
    return func.string_to_array(others, literal_column("NULL"), type_=ARRAY(Text))
