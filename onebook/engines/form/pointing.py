"""Who points at a record or at its rows, so that what is in use is not taken away, and whoever wants to is told why."""

from collections.abc import Iterator, Sequence

from onebook.access.actor import Actor
from onebook.engines.form.compute import rows_of
from onebook.engines.form.forms import Forms, title_of
from onebook.engines.form.rows import Row
from onebook.engines.table.ddl import quoted
from onebook.engines.table.names import table_name, target_of
from onebook.engines.table.rights import rights
from onebook.storage.transaction import Rows, Statement
from onebook.values.refusal import Problem

#: How many of those that point at a record are named.
_NAMED = 3


def pointing(forms: Forms, form: str) -> Iterator[tuple[str, str | None, str, str | None]]:
    """Every field whose links point at a form or at its lines: its form, its lines, its name, the lines pointed at."""
    own = forms.catalog.forms[form]
    for via in (None, *own.line_fields):
        for source, field in forms.tables.pointing_at(target_of(form, via)):
            name, _, lines = source.partition(".")
            yield name, lines or None, field, via


def look(forms: Forms, form: str, lines: str | None, field: str, via: str | None) -> str:
    """The records in use (not those in the bin, nor the record itself) that point at a record or at its rows."""
    source, column, name = _source(forms, form, lines, field)
    target = forms.tables.fields(target_of(form, lines))[field].to or form
    rows = f"(SELECT id FROM {quoted(table_name(target))} WHERE parent = %(record)s)" if via else "(%(record)s::bigint)"
    return (
        f"SELECT r.id, {name}, count(*) OVER () FROM {source} WHERE {column} IN {rows}"
        f" AND r.deleted_at IS NULL AND r.id <> %(record)s::bigint GROUP BY r.id ORDER BY r.id LIMIT {_NAMED}"
    )


class RowsInUse:
    """Wants to know who points at rows that a change takes away: the database would refuse it without their names."""

    def __init__(self, forms: Forms, form: str, actor: Actor) -> None:
        """Of the rows of one form; nothing is asked before rows are gone."""
        self._forms, self._actor, self._form = forms, actor, forms.catalog.forms[form]
        self._sources = [(name, lines, field, via) for name, lines, field, via in pointing(forms, form) if via]
        self._record = 0
        self._gone: dict[str, dict[int, int]] = {}
        self._asked: list[tuple[str, str | None, str, str]] = []
        self._found: Sequence[Rows] | None = None

    def ask(self, before: Row, after: Row) -> None:
        """Notice which rows are gone. Nobody points at the rows of what is only being made: nothing is asked then."""
        if self._form.states and before["state"] == self._form.first_state:
            return
        gone = {name: _gone(before, after, name) for name in {via for *_, via in self._sources}}
        if gone == self._gone:
            return
        self._record, self._gone, self._found = before["id"], gone, None
        self._asked = [(form, lines, field, via) for form, lines, field, via in self._sources if gone[via]]

    def statements(self) -> Sequence[Statement]:
        """One statement for each link that could point at a row that is gone."""
        if self._found is not None:
            return ()
        return [
            Statement(
                _look_at_rows(self._forms, form, lines, field), {"rows": [*self._gone[via]], "record": self._record}
            )
            for form, lines, field, via in self._asked
        ]

    def take(self, results: Sequence[Rows]) -> None:
        """Who points at which row."""
        self._found = results

    def problems(self) -> Iterator[Problem]:
        """One for each row and form that needs it; titles only of records that the actor may read at all."""
        for (form, lines, field, via), rows in zip(self._asked, self._found or (), strict=True):
            declared = self._forms.catalog.forms[form]
            may_read = rights(self._forms.catalog, self._actor, form).read == "all"
            fields = self._forms.tables.fields(target_of(form, lines))
            by_row: dict[int, list[str]] = {}
            for number, title in rows:
                by_row.setdefault(number, []).append(title or "")
            for number, titles in by_row.items():
                data = {
                    "place": self._gone[via][number], "form": declared.label, "label": fields[field].label,
                    "others": [one for one in titles[:_NAMED] if one] if may_read else [],
                }  # fmt: skip
                yield Problem("form.row_used_by", via, None, data)


def _gone(before: Row, after: Row, lines: str) -> dict[int, int]:
    """The rows that are gone: the place that each had, by its id."""
    kept = {row["id"] for row in rows_of(after, lines)}
    return {row["id"]: place for place, row in enumerate(rows_of(before, lines), 1) if row["id"] not in kept}


def _look_at_rows(forms: Forms, form: str, lines: str | None, field: str) -> str:
    """The other records that point at some of the rows, those in the bin as well: they keep what they point at."""
    source, column, name = _source(forms, form, lines, field)
    return (
        f"SELECT {column}, {name} FROM {source} WHERE {column} = ANY(%(rows)s::bigint[])"
        f" AND r.id <> %(record)s::bigint GROUP BY {column}, r.id ORDER BY {column}, r.id"
    )


def _source(forms: Forms, form: str, lines: str | None, field: str) -> tuple[str, str, str]:
    """Where a field stands, as a FROM with the record as `r`; the field in it, and the title of the record."""
    title = title_of(forms.catalog.forms[form])
    name = f"r.{quoted(title)}::text" if title else "NULL::text"
    record = quoted(table_name(form))
    if lines is None:
        return f"{record} AS r", f"r.{quoted(field)}", name
    rows = quoted(table_name(target_of(form, lines)))
    return f"{record} AS r JOIN {rows} AS l ON l.parent = r.id", f"l.{quoted(field)}", name
