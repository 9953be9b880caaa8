"""What happened lately: the trail of all records that an actor may read, the latest first, as far as they may."""

from typing import Any, Final

from onebook.definition.form import Form
from onebook.engines.table.readable import Reader
from onebook.engines.view.history import action_label
from onebook.storage.transaction import Statement, Transaction
from onebook.values.reference import RecordRef

#: How much of the trail one step goes through, how many entries it brings, and how many steps a page takes at most:
#: whoever may read little, or asks for a form where little happens, gets a short page and a place to go on, not a page
#: that takes long.
SPAN: Final = 5_000
BLOCK: Final = 200
MOST_SPANS: Final = 10

_LAST: Final = "SELECT max(id) FROM onebook_change"
_SPAN: Final = """
SELECT c.id, c.at, c.by, u.name, c.form, c.record, c.action
FROM onebook_change c LEFT JOIN "user" u ON u.id = c.by
WHERE c.id < %(below)s AND c.id >= %(from)s AND c.form = ANY(%(forms)s::text[])
ORDER BY c.id DESC LIMIT %(most)s
"""


def activity(
    transaction: Transaction, reader: Reader, language: str, *, form: str | None, cursor: int | None, limit: int
) -> dict[str, Any]:
    """A page: `items`, and where to go on (`next`). Records of the recycle bin are told of too."""
    forms = [name for name in reader.forms if form in (None, name)]
    items: list[dict[str, Any]] = []
    below = cursor
    if below is None:
        [[[last]]] = transaction.run(Statement(_LAST))
        below = (last or 0) + 1
    for _ in range(MOST_SPANS):
        if not forms or below <= 1 or len(items) == limit:
            break
        start = max(below - SPAN, 1)
        asked = {"below": below, "from": start, "forms": forms, "most": BLOCK}
        [rows] = transaction.run(Statement(_SPAN, asked))
        titles = reader.titles(transaction, [RecordRef(row[4], row[5]) for row in rows], binned=True)
        # A whole block: there may be more within the span, below the last of it.
        below = rows[-1][0] if len(rows) == BLOCK else start
        for row in rows:
            record = RecordRef(row[4], row[5])
            if record in titles:
                items.append(_told(reader.catalog.forms[record.form], row, titles[record], language))
            if len(items) == limit:
                below = row[0]
                break
    return {"items": items, "next": str(below) if forms and below > 1 else None}


def _told(form: Form, row: tuple[Any, ...], title: str | None, language: str) -> dict[str, Any]:
    number, at, by, name, _, record, action = row
    return {
        "id": number,
        "at": at,
        "by": {"id": by, "title": name},
        "form": form.form,
        "form_label": form.label.in_language(language),
        "record": record,
        "title": title,
        "action": action,
        "action_label": action_label(form, action, language),
    }
