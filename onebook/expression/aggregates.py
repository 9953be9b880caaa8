"""The figures over rows: what each takes and gives."""

from dataclasses import dataclass
from typing import Final

from onebook.expression.types import FLAG, NUMBER, ORDERED, TEXT, Kind, Type
from onebook.values.label import Label

#: What JOIN puts between texts when nothing is said.
SEPARATOR: Final = "、"


@dataclass(frozen=True, slots=True)
class AggregateFunction:
    """One figure over rows. Without rows: SUM and COUNT give 0, ANY false, ALL true, the others blank."""

    name: str
    does: Label
    kinds: tuple[Kind, ...] = ()
    #: None: the type of what is gathered.
    result: Type | None = None
    separated: bool = False
    #: Whether it may stand over the rows themselves (`COUNT(lines)`).
    counts_rows: bool = False

    @property
    def signature(self) -> str:
        """As documentation shows it."""
        return f"{self.name}(lines.field{'[, separator]' if self.separated else ''} [WHERE condition])"


_FIGURES: Final = (
    AggregateFunction("SUM", Label("合计；跳过空值", "The sum; skips blanks"), (Kind.NUMBER,), NUMBER),
    AggregateFunction(
        "COUNT",
        Label("行数，或非空值的个数", "How many rows, or how many values that are not blank"),
        result=NUMBER,
        counts_rows=True,
    ),
    AggregateFunction("MIN", Label("最小值；跳过空值", "The smallest; skips blanks"), tuple(sorted(ORDERED))),
    AggregateFunction("MAX", Label("最大值；跳过空值", "The largest; skips blanks"), tuple(sorted(ORDERED))),
    AggregateFunction("AVG", Label("平均值；跳过空值", "The mean; skips blanks"), (Kind.NUMBER,), NUMBER),
    AggregateFunction("ANY", Label("是否有一行满足", "Whether it holds for a row"), (Kind.FLAG,), FLAG),
    AggregateFunction("ALL", Label("是否每行都满足", "Whether it holds for every row"), (Kind.FLAG,), FLAG),
    AggregateFunction(
        "JOIN",
        Label("用分隔符连接；跳过空值", "The texts with a separator between them; skips blanks"),
        (Kind.TEXT,),
        TEXT,
        separated=True,
    ),
    AggregateFunction("FIRST", Label("第一行的值", "The value in the first row")),
    AggregateFunction("LAST", Label("最后一行的值", "The value in the last row")),
)

AGGREGATES: Final = {figure.name: figure for figure in _FIGURES}
