"""Random formulas that type-check: every operator, function and aggregate that the database knows can come up."""

from collections.abc import Callable, Sequence
from typing import TypeVar

Thing = TypeVar("Thing")

NUMBERS = (
    "0",
    "1",
    "2",
    "3",
    "7",
    "12",
    "0.5",
    "0.005",
    "1.005",
    "2.675",
    "1000000",
    "0.000000000001",
    "13%",
    "BLANK",
    "123456789012345678901",
    "4000000",
)
TEXTS = ('"a"', '"A"', '"b"', '""', '"客户"', '"12.5"', '" x "', '"%_"', '"it\'s"', "BLANK")
DATES = ("DATE(2024, 2, 29)", "DATE(2025, 14, 0)", "TODAY()", "THISMONTH()", "BLANK")
FORMATS = ('"0"', '"0.00"', '"#,##0.00"', '"#,##0"', '"0%"', '"0.0%"', '"0000"', '"000.0"')
DATE_FORMATS = ('"yyyy-mm-dd"', '"yyyymm"', '"yy/m/d"', '"m月d日"', '"yyyy年mm月"')


class Drawing:
    """Draws formulas by asking `choose` for one of several things, again and again."""

    def __init__(self, choose: Callable[[Sequence[Thing]], Thing], target: str = "note") -> None:
        self._ask = choose
        self._in_rows = target == "note.lines"
        self._aggregates = 0

    def formula(self, depth: int = 3) -> str:
        """A formula of any type."""
        return self._one_of(self.number, self.text, self.flag, self.date, self.instant)(depth)

    def _one_of(self, *choices: Callable[[int], str]) -> Callable[[int], str]:
        return choices[self._choose(range(len(choices)))]

    def _choose(self, things: Sequence[Thing]) -> Thing:
        return self._ask(things)  # type: ignore[arg-type, return-value]  # whatever is asked for is answered

    def _field(self, note: Sequence[str], row: Sequence[str]) -> str:
        if not self._in_rows:
            return self._choose(note)
        return self._choose((*row, *note))

    def _deeper(self, depth: int, kind: Callable[[int], str], *patterns: str) -> str:
        """A pattern filled with parts: {n} number, {t} text, {f} flag, {d} date, {i} instant, {x} the same kind."""
        pattern = self._choose(patterns)
        makers = {"n": self.number, "t": self.text, "f": self.flag, "d": self.date, "i": self.instant, "x": kind}
        for letter, make in makers.items():
            while f"{{{letter}}}" in pattern:
                pattern = pattern.replace(f"{{{letter}}}", make(depth - 1), 1)
        return pattern

    def number(self, depth: int) -> str:
        """A formula of type number."""
        leaf = self._choose((True, False, False)) if depth > 0 else True
        if leaf:
            fields = ("a", "b", "c", "person.level", "other.level")
            return self._choose((*NUMBERS[:6], self._field(fields, ("quantity", "price", "part.weight")), *NUMBERS[6:]))
        if self._choose((False, False, True)) and self._aggregates < 2:
            return self._aggregate("SUM({v})", "COUNT({v})", "AVG({v})", "MIN({v})", "MAX({v})", "FIRST({v})")
        return self._deeper(
            depth,
            self.number,
            *("({n} + {n})", "({n} - {n})", "({n} * {n})", "({n} / {n})", "-{n}", "(1 + {n} * {n})"),
            *("ROUND({n}, 2)", "ROUND({n}, 0)", "ROUND({n}, -2)", "ROUNDUP({n}, 1)", "ROUNDDOWN({n}, 2)"),
            *("ROUNDUP({n}, -1)", "ABS({n})", "MIN({n}, {n})", "MAX({n}, {n}, {n})", "MOD({n}, {n})"),
            *('TAXSPLIT({n}, {n}, "net")', 'TAXSPLIT({n}, {n}, "tax")', "LEN({t})", "VALUE({t})", "VALUE(TEXT({n}))"),
            *("YEAR({d})", "MONTH({d})", "DAY({d})", "WEEKDAY({d})", "DAYS({d}, {d})", "({d} - {d})"),
            *("IF({f}, {n}, {n})", "IF({f}, {n})", "IFS({f}, {n}, {f}, {n}, {n})", "SWITCH({t}, {t}, {n}, {n})"),
            *("SWITCH({n}, {n}, {n}, {n}, {n})", "COALESCE({n}, {n})"),
        )

    def text(self, depth: int) -> str:
        """A formula of type text."""
        leaf = self._choose((True, False)) if depth > 0 else True
        if leaf:
            return self._choose((*TEXTS, self._field(("s", "t", "person.name"), ("remark", "part.name", "part.code"))))
        if self._choose((False, False, False, True)) and self._aggregates < 2:
            return self._aggregate("JOIN({w})", 'JOIN({w}, ",")', "FIRST({w})", "LAST({w})", "MIN({w})", "MAX({w})")
        return self._deeper(
            depth,
            self.text,
            *("({t} & {t})", "CONCATENATE({t}, {t}, {t})", "LEFT({t}, {n})", "RIGHT({t}, {n})", "MID({t}, {n}, {n})"),
            *("TRIM({t})", "UPPER({t})", "LOWER({t})", "SUBSTITUTE({t}, {t}, {t})", "TEXT({n})", "TEXT({d})"),
            *("MASK({t})", "MASK({t}, 1, 1)", "MASK({t}, 0, 2)", "IF({f}, {t}, {t})", "COALESCE({t}, {t})"),
            "PACKED({n}, {n}, {n}, {t}, {t})",
            *("SWITCH({d}, {d}, {t}, {t})", "IFS({f}, {t})"),
            *(f"TEXT({{n}}, {shape})" for shape in FORMATS),
            *(f"TEXT({{d}}, {shape})" for shape in DATE_FORMATS),
        )

    def date(self, depth: int) -> str:
        """A formula of type date."""
        leaf = self._choose((True, False)) if depth > 0 else True
        if leaf:
            return self._choose((*DATES, self._field(("d", "e", "person.joined_on"), ("wanted_on",))))
        return self._deeper(
            depth,
            self.date,
            *("({d} + {n})", "({d} - {n})", "ADDDAYS({d}, {n})", "ADDMONTHS({d}, {n})", "MONTHSTART({d})"),
            *("MONTHEND({d})", "DUE({d}, {n})", "DUE({d}, {n}, TRUE)", "DATE({n}, {n}, {n})", "DATE(2024, {n}, {n})"),
            *("DATEOF({i})", "MIN({d}, {d})", "MAX({d}, {d})", "IF({f}, {d}, {d})", "COALESCE({d}, {d})"),
        )

    def instant(self, depth: int) -> str:
        """A formula of type instant."""
        if depth <= 0 or self._choose((True, False)):
            return self._choose(("i", "j", "NOW()"))
        return self._deeper(depth, self.instant, "IF({f}, {i}, {i})", "MAX({i}, {i})", "COALESCE({i}, {i})")

    def flag(self, depth: int) -> str:
        """A formula of type flag."""
        leaf = self._choose((True, False, False)) if depth > 0 else True
        if leaf:
            fixed = ("TRUE", "FALSE", "person = other", "user = ME()", "user IN MYDEPTS()", "dept IN MYDEPTS()")
            more = (
                "dept = MYDEPT()",
                'HASROLE("clerk")',
                '"x" IN tags',
                "ISBLANK(tags)",
                "s IN tags",
                "ISBLANK(person)",
            )
            return self._choose((*fixed, *more, self._field(("p", "q"), ("gift", "part.fragile"))))
        if self._choose((False, False, False, True)) and self._aggregates < 2:
            return self._aggregate("ANY({c})", "ALL({c})", "FIRST({c})")
        return self._deeper(
            depth,
            self.flag,
            *("({n} = {n})", "({n} <> {n})", "({n} < {n})", "({n} <= {n})", "({n} > {n})", "({n} >= {n})"),
            *("(a = {n})", '({t} & "" = {t} & "")', '({t} & "" < {t} & "")'),
            *("({d} + 0 <= {d} + 0)", "({f} AND {f})", "({f} OR {f})", "NOT {f}", "({f} AND {f} AND {f})"),
            *("a IN ({n}, {n}, {n})", "s IN ({t}, {t})", "NOT a IN ({n})", "s NOT IN ({t}, {t})"),
            *("BETWEEN({n}, {n}, {n})", "BETWEEN({d}, {d}, {d})", "BETWEEN({t}, {t}, {t})", "ISBLANK({n})"),
            *("ISBLANK({t})", "ISBLANK({d})", "IF({f}, {f}, {f})", "COALESCE({f}, {f})", "HASROLE({t})"),
        ).replace("(BLANK = ", "(a = ")

    def _aggregate(self, *patterns: str) -> str:
        """An aggregate over the note's lines, or over the units of a part. Names inside are those of the rows."""
        self._aggregates += 1
        units = self._in_rows and self._choose((True, False))
        values = {
            "{v}": ("part.units.factor", "part.units.factor * quantity") if units
            else ("lines.quantity", "lines.price", "lines.quantity * price", "lines.part.weight", "lines.price + a"),
            "{w}": ("part.units.label",) if units else ("lines.remark", "lines.part.name", "lines.remark & s"),
            "{c}": ("part.units.factor > 2", "NOT ISBLANK(part.units.label)") if units
            else ("lines.gift", "lines.quantity > 1", "lines.quantity >= c", "COUNT(lines.part.units) > 1"),
        }  # fmt: skip
        conditions = ("factor > 2", "ISBLANK(label)") if units else (
            "gift", "NOT gift", "quantity > b", "lines.price > 1", "part.weight < 1", "remark = s OR p", "FALSE",
        )  # fmt: skip
        text = self._choose(patterns)
        for place, choices in values.items():
            if place in text:
                text = text.replace(place, self._choose(choices))
        if self._choose((True, False)):
            text = f"{text[:-1]} WHERE {self._choose(conditions)})"
        return text
