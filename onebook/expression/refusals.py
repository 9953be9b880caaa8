"""Why a formula is refused: at authoring with position and offending part, seldom when it runs."""

from onebook.values.refusal import Refusal


class ExpressionRefusal(Refusal):
    """A formula cannot be accepted. `position` counts characters from 1, `part` is the text that is wrong."""

    code = "expression.refused"

    @property
    def position(self) -> int:
        """Where the offending part begins, from 1."""
        position = self.data["position"]
        assert isinstance(position, int)
        return position

    @property
    def part(self) -> str:
        """The offending part, as written."""
        return str(self.data["part"])


class SyntaxUnknown(ExpressionRefusal):
    """The text is no formula: something else is expected at this place."""

    code = "expression.syntax"


class TextUnfinished(ExpressionRefusal):
    """The text ends where more is expected."""

    code = "expression.unfinished"


class TextTooLong(ExpressionRefusal):
    """The text is longer than 4 KB."""

    code = "expression.too_long"


class TooManyParts(ExpressionRefusal):
    """The formula has more parts than are allowed."""

    code = "expression.too_large"


class TooDeep(ExpressionRefusal):
    """The formula nests deeper than is allowed."""

    code = "expression.too_deep"


class NumberTooLong(ExpressionRefusal):
    """A number is written with too many digits."""

    code = "expression.number_too_long"


class NameUnknown(ExpressionRefusal):
    """No field of this name stands here."""

    code = "expression.unknown_name"


class FunctionUnknown(ExpressionRefusal):
    """There is no such function."""

    code = "expression.unknown_function"


class NoLink(ExpressionRefusal):
    """A path goes on behind a field that leads nowhere."""

    code = "expression.not_a_link"


class NoParent(ExpressionRefusal):
    """`^` is written where nothing stands outside."""

    code = "expression.no_parent"


class RowsOutside(ExpressionRefusal):
    """Rows stand where one value is needed: they want SUM, COUNT, FIRST or the like around them."""

    code = "expression.rows_outside"


class NoRows(ExpressionRefusal):
    """An aggregate names no rows."""

    code = "expression.no_rows"


class RowsDiffer(ExpressionRefusal):
    """An aggregate names rows of two kinds."""

    code = "expression.rows_differ"


class WhereMisplaced(ExpressionRefusal):
    """WHERE stands outside of an aggregate."""

    code = "expression.where_misplaced"


class ArgumentsMissing(ExpressionRefusal):
    """A function is given too few or too many arguments."""

    code = "expression.wrong_arguments"


class TypeWrong(ExpressionRefusal):
    """A part has one type where another is needed."""

    code = "expression.wrong_type"


class TypesDiffer(ExpressionRefusal):
    """Two parts that must be of one type are not."""

    code = "expression.types_differ"


class BlankCompared(ExpressionRefusal):
    """A comparison with BLANK is never true: ISBLANK is meant."""

    code = "expression.blank_compared"


class LiteralNeeded(ExpressionRefusal):
    """An argument must be written out, not computed."""

    code = "expression.literal_needed"


class LiteralWrong(ExpressionRefusal):
    """A written-out argument is not one that the function knows."""

    code = "expression.wrong_literal"


class FieldNeeded(ExpressionRefusal):
    """An argument must be a field of the record."""

    code = "expression.field_needed"


class NotInSql(ExpressionRefusal):
    """This place is computed by the database, which does not know this function."""

    code = "expression.not_in_sql"


class TooLargeInSql(ExpressionRefusal):
    """The formula would become too large for the database."""

    code = "expression.too_large_in_sql"


class CalendarMissing(Refusal):
    """The official working-day calendar of a year is not known (yet); nothing is guessed."""

    code = "expression.calendar_missing"
