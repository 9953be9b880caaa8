"""All functions by name."""

from typing import Final

from onebook.expression.functions import dates, logic, numbers, people, text
from onebook.expression.functions.function import Function

THEMES: Final = {
    "logic": logic.FUNCTIONS,
    "numbers": numbers.FUNCTIONS,
    "text": text.FUNCTIONS,
    "dates": dates.FUNCTIONS,
    "people": people.FUNCTIONS,
}

FUNCTIONS: Final[dict[str, Function]] = {
    function.name: function for functions in THEMES.values() for function in functions
}
