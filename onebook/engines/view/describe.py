"""What a front end that knows no business needs to draw a form: fields, states, steps, and what this actor may do."""

from collections.abc import Iterator, Mapping
from typing import Any

from onebook.access.actor import Actor
from onebook.definition.catalog import Catalog
from onebook.definition.field import AccountMeter, FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.definition.scope import VALUE_KINDS
from onebook.definition.view import Board
from onebook.engines.table.rights import Rights, Scope, rights
from onebook.engines.view.prints import prints_of_form
from onebook.engines.view.sight import Sight
from onebook.expression.json_tree import to_json
from onebook.expression.types import Kind

Description = dict[str, Any]


def describe(catalog: Catalog, actor: Actor, form: str, language: str) -> Description:
    """The description of a form in a language, for one actor: what they may not see is not in it.

    Formulas travel as trees for instant feedback; the server computes again. A formula that reads what the actor may
    not see stays on the server (`null`, and `on_server` names it)."""
    return _Describing(catalog, actor, catalog.forms[form], language).whole()


class _Describing:
    """One description in the making."""

    def __init__(self, catalog: Catalog, actor: Actor, form: Form, language: str) -> None:
        self.catalog = catalog
        self.actor = actor
        self.form = form
        self.language = language
        self.rights = rights(catalog, actor, form.form)
        self.sight = Sight(catalog, actor)

    def whole(self) -> Description:
        form = self.form
        return {
            "form": form.form,
            "label": form.label.in_language(self.language),
            "help": form.help.in_language(self.language) if form.help else None,
            "kind": form.kind,
            "version": self.catalog.version,
            "singleton": form.singleton,
            "numbered": form.number is not None,
            "numbered_at": form.numbered_at if form.number else None,
            "title": form.title if form.title and self.sight.sees(form.form, form.title) else None,
            "dated_by": form.dated_by,
            "searchable": bool(form.search),
            "fields": list(self.fields(form.fields)),
            "sections": list(self.sections()),
            "states": [
                {
                    "name": name,
                    "label": state.label.in_language(self.language),
                    "editable": form.is_editable(name),
                }
                for name, state in form.states.items()
            ],
            "transitions": list(self.transitions()),
            "list": self.list_view(),
            "views": list(self.views()),
            "prints": prints_of_form(self.catalog, form.form, self.language),
            "rights": abilities(self.rights),
        }

    def fields(self, declared: Mapping[str, FieldDeclaration], lines: str | None = None) -> Iterator[Description]:
        for name, field in declared.items():
            if self.sight.sees(self.form.form, f"{lines}.{name}" if lines else name):
                yield self.field(name, field, lines)

    def field(self, name: str, field: FieldDeclaration, lines: str | None) -> Description:
        full = f"{lines}.{name}" if lines else name
        described: Description = {
            "name": name,
            "kind": field.kind.value,
            "label": field.label.in_language(self.language),
            "help": field.help.in_language(self.language) if field.help else None,
            "typed": field.is_typed and field.kind is not FieldKind.LINES,
            "meter": field.meter is not None,
            "read_only": not field.is_typed or not self.rights.may_type(full),
            "masked": full in self.rights.masked,
            "unique": field.unique,
            "locked_after": field.locked_after,
            **self.formulas(field, lines),
            "must": self.musts(field, lines),
        }
        if isinstance(field.meter, AccountMeter):
            # What stands behind it is asked as a figure of this account at `document`.
            described["account"] = field.meter.account
        if field.kind is FieldKind.LINK and field.to:
            described["link"] = self.link(field.to)
        if field.options is not None:
            described["options"] = [
                {"value": code, "label": label.in_language(self.language)} for code, label in field.options.items()
            ]
        if field.counts is not None and (packs := self.packs(field, lines)) is not None:
            described["packs"] = packs
        if field.scale is not None:
            described["scale"] = field.scale
        if field.length is not None:
            described["length"] = field.length
        if field.kind is FieldKind.LINES:
            described["at_least"] = field.at_least
            described["fields"] = list(self.fields(field.fields or {}, name))
        return described

    def formulas(self, field: FieldDeclaration, lines: str | None) -> Description:
        """The conditions and formulas of a field as trees; those that read too much are named in `on_server`."""
        value = VALUE_KINDS[field.kind]
        expected = {
            "required": Kind.FLAG,
            "visible": Kind.FLAG,
            "editable": Kind.FLAG,
            "default": value,
            "formula": value,
        }
        texts = {part: getattr(field, part) for part in expected}
        trees = {part: self.tree(text, lines, expected[part]) for part, text in texts.items()}
        hidden = [part for part, text in texts.items() if text is not None and trees[part] is None]
        return {**trees, "on_server": hidden}

    def musts(self, field: FieldDeclaration, lines: str | None) -> list[Description]:
        trees = ((self.tree(must.that, lines, Kind.FLAG), must.otherwise) for must in field.must)
        return [
            {"that": tree, "otherwise": words.in_language(self.language)} for tree, words in trees if tree is not None
        ]

    def tree(self, text: str | None, lines: str | None, kind: Kind) -> Any:
        if text is None:
            return None
        expression = self.catalog.formula(text, self.form.form, lines, kind)
        target = f"{self.form.form}.{lines}" if lines else self.form.form
        return to_json(expression) if self.sight.sees_all(target, expression) else None

    def link(self, target: str) -> Description:
        form, _, lines = target.partition(".")
        linked = self.catalog.forms[form]
        granted = rights(self.catalog, self.actor, form)
        return {
            "form": form,
            "lines": lines or None,
            "label": linked.label.in_language(self.language),
            "may_open": granted.read is not None,
            "may_create": granted.create is not None and not lines,
        }

    def packs(self, field: FieldDeclaration, lines: str | None) -> Description | None:
        """Where the units of what a quantity counts stand behind its link; None where the reader may not see them."""
        packs = self.sight.packs(self.form, lines, field)
        return None if packs is None else {"link": field.counts, "in_unit": field.in_unit, **packs.model_dump()}

    def sections(self) -> Iterator[Description]:
        """Declared sections; fields that no section names stand in a last one without a label."""
        seen: set[str] = set()
        for section in self.form.sections:
            seen |= set(section.fields)
            visible = [name for name in section.fields if self.sight.sees(self.form.form, name)]
            if visible:
                yield {"label": section.label.in_language(self.language), "fields": visible}
        rest = [name for name in self.form.fields if name not in seen and self.sight.sees(self.form.form, name)]
        if rest:
            yield {"label": None, "fields": rest}

    def transitions(self) -> Iterator[Description]:
        for name, step in self.form.transitions.items():
            yield {
                "name": name,
                "label": step.label.in_language(self.language),
                "from": list(step.source),
                "to": step.target,
                "posts": step.posts,
                "edits": [name for name in step.edits if self.rights.may_type(name)],
                "reversible": step.irreversible is None,
                "irreversible": step.irreversible.in_language(self.language) if step.irreversible else None,
                "may_run": self.rights.may_do(name),
                "may_reverse": step.irreversible is None and self.rights.may_reverse(name),
            }

    def list_view(self) -> Description:
        form = self.form
        keys = form.list.columns or tuple(
            name for name, field in form.fields.items() if field.kind is not FieldKind.LINES
        )
        columns = [self.column(key) for key in keys if self.sight.sees(form.form, key)]
        sort = [key for key in form.list.sort if self.sight.sees(form.form, key.removeprefix("-"))]
        return {"columns": columns, "sort": sort, "filter": self.tree(form.list.filter, None, Kind.FLAG)}

    def views(self) -> Iterator[Description]:
        """Boards and calendars, unless what they stand on is hidden."""
        form = self.form
        for name, view in form.views.items():
            keys = (view.by,) if isinstance(view, Board) else (view.on, *([view.until] if view.until else []))
            if not all(self.sight.sees(form.form, key) for key in keys):
                continue
            title = view.title or form.title or ("number" if form.number else None)
            stands = {"by": view.by} if isinstance(view, Board) else {"on": view.on, "until": view.until}
            yield {
                "name": name,
                "label": view.label.in_language(self.language),
                "kind": view.kind,
                **stands,
                "title": title if title and self.sight.sees(form.form, title) else None,
                "columns": [self.column(key) for key in view.columns if self.sight.sees(form.form, key)],
            }

    def column(self, key: str) -> Description:
        label, field = self.sight.named(self.form.form, key)
        return {
            "key": key,
            "label": label.in_language(self.language),
            "kind": field.kind.value if field else None,
        }


def abilities(granted: Rights) -> Description:
    """Rights as a page needs them: `all`, `some` (depends on the record) or `none`."""
    return {
        "read": _extent(granted.read),
        "create": _extent(granted.create),
        "update": _extent(granted.update),
        "delete": _extent(granted.delete),
        "export": granted.export,
        "import": granted.import_,
    }


def _extent(scope: Scope) -> str:
    if scope is None:
        return "none"
    return "all" if scope == "all" else "some"
