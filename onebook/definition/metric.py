"""Metrics: figures that are defined once and mean the same wherever they are shown."""

from typing import Literal

from onebook.definition.model import NOTHING, Declared, Formula, Name, Words


class Metric(Declared):
    """One figure: the total of a column of a report, or a formula over other metrics (asked for the same time).

    Whoever may not read the report or one of its columns does not see the metric either, nor any that is made of it."""

    metric: Name
    label: Words
    #: The rule by which it is counted, in words.
    help: Words | None = None
    kind: Literal["money", "quantity", "number", "percent"] = "number"
    scale: int | None = None
    #: The report, and its column; without a column its rows are counted.
    report: Name | None = None
    column: Name | None = None
    #: Parameters of the report that are not asked for, as constants or formulas without a record.
    parameters: dict[Name, Formula] = NOTHING
    #: A condition over the row of the report's source, beside its own.
    where: Formula | None = None
    #: `signed / orders`, over metrics by name, and `days`, the days of the time that is asked for.
    shows: Formula | None = None
    #: How it is asked for: over a span (the report's `from` and `to`, or `month`), as of a day, or as it is now.
    time: Literal["span", "day", "now"] = "now"
    #: Whether less of it is better: how changes are coloured.
    less_is_better: bool = False
