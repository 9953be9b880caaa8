"""The trail of a record as one actor may read it: who did what, when, old and new values of the fields they may see."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from onebook.access.actor import Actor
from onebook.definition.catalog import Catalog
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.engines.table.names import FILE_IN_TRAIL, FLOW_IN_TRAIL, FLOW_SIGN
from onebook.engines.table.rights import rights
from onebook.engines.view.sight import Sight
from onebook.locale.texts import text
from onebook.storage.transaction import Rows, Statement
from onebook.values.label import Label
from onebook.values.reference import RecordRef

#: Older changes stay in the table; a page shows the latest.
MOST: Final = 500

_TRAIL: Final = """
SELECT c.id, c.at, c.by, u.name, c.action, c.version, c.changes
FROM onebook_change c LEFT JOIN "user" u ON u.id = c.by
WHERE c.record = %(record)s AND c.form = %(form)s
ORDER BY c.id DESC LIMIT %(most)s
"""

#: What is done to records besides their transitions.
ACTIONS: Final = {
    "create": Label("新建", "Created"),
    "update": Label("修改", "Changed"),
    "reverse": Label("红冲", "Reversed"),
    "bin": Label("删除", "Put into the recycle bin"),
    "restore": Label("恢复", "Restored"),
    "import": Label("导入", "Imported"),
    "print": Label("打印", "Printed"),
    "attach": Label("添加附件", "File attached"),
    "detach": Label("移除附件", "File removed"),
}


def trail_of(record: RecordRef) -> Statement:
    """Asks for the trail of a record; whoever sends it has made sure that the actor may read the record."""
    return Statement(_TRAIL, {"record": record.id, "form": record.form, "most": MOST})


def action_label(form: Form, name: str, language: str) -> str:
    """What an entry of the trail says was done: a transition of the form, what is done to any record, or what happened
    to an approval."""
    if name.startswith(FLOW_SIGN):
        return text(f"process.flow.event_{name.removeprefix(FLOW_SIGN)}", {}, language)
    step = form.transitions.get(name)
    label = step.label if step else ACTIONS.get(name, Label(name, name))
    return label.in_language(language)


def history(catalog: Catalog, actor: Actor, form: str, rows: Rows, language: str) -> list[dict[str, Any]]:
    """The entries of a trail, the latest first."""
    reader = _Reader(catalog, actor, form, language)
    return [
        {
            "id": number,
            "at": at,
            "by": {"id": by, "title": name},
            "action": action,
            "action_label": reader.action(action),
            "version": version,
            "changes": list(reader.fields(changes)),
            "lines": list(reader.lines(changes)),
            "file": changes.get(FILE_IN_TRAIL),
            "flow": reader.flow(changes.get(FLOW_IN_TRAIL)),
        }
        for number, at, by, name, action, version, changes in rows
    ]


class _Reader:
    """One actor's eyes on the trail of one form."""

    def __init__(self, catalog: Catalog, actor: Actor, form: str, language: str) -> None:
        self._form = catalog.forms[form]
        self._language = language
        self._sight = Sight(catalog, actor)
        self._masked = rights(catalog, actor, form).masked

    def action(self, name: str) -> str:
        return action_label(self._form, name, self._language)

    def fields(self, changes: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        for name, pair in changes.items():
            field = self._form.fields.get(name)
            if (field is None or field.kind is not FieldKind.LINES) and self._sees(name) and isinstance(pair, list):
                yield {"field": name, "label": self._label(name), "old": pair[0], "new": pair[-1]}

    def flow(self, told: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """What was said of an approval: of which step, to whom, in whose place."""
        if told is None:
            return None
        step = None if told["step"] is None else Label.parse(told["step"]).in_language(self._language)
        return {**told, "transition_label": self.action(told["transition"]), "step": step}

    def lines(self, changes: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        for name, field in self._form.line_fields.items():
            told = changes.get(name)
            if not isinstance(told, Mapping) or not self._sees(name):
                continue
            visible = dict(self._columns(name, field))
            for what, rows in told.items():
                if not isinstance(rows, Mapping):
                    continue
                for row, values in rows.items():
                    yield {
                        "lines": name,
                        "label": field.label.in_language(self._language),
                        "what": what,
                        "row": int(row),
                        "values": [
                            {"field": one, "label": visible[one], "value": value}
                            for one, value in values.items()
                            if one in visible
                        ],
                    }

    def _columns(self, lines: str, field: FieldDeclaration) -> Iterator[tuple[str, str]]:
        for name, declared in (field.fields or {}).items():
            if self._sees(f"{lines}.{name}"):
                yield name, declared.label.in_language(self._language)

    def _sees(self, key: str) -> bool:
        return key not in self._masked and self._sight.sees(self._form.form, key)

    def _label(self, name: str) -> str:
        label, _ = self._sight.named(self._form.form, name)
        return label.in_language(self._language)
