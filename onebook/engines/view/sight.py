"""What an actor may know of by name: fields that are not hidden, and formulas that read nothing hidden."""

from onebook.access.actor import Actor
from onebook.definition.catalog import Catalog
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form, Packs
from onebook.definition.scope import COMPANY, USERS
from onebook.engines.table.rights import rights
from onebook.engines.table.system_fields import system_label
from onebook.expression.tree import Expression
from onebook.values.label import Label


class Sight:
    """The names that one actor may know of."""

    def __init__(self, catalog: Catalog, actor: Actor) -> None:
        """For one actor."""
        self._catalog = catalog
        self._actor = actor

    def sees(self, target: str, key: str) -> bool:
        """Whether no name of a dotted key is hidden. `target` is a form, or `form.lines` for keys of its rows."""
        while key.startswith("^."):
            target, key = target.partition(".")[0], key[2:]
        for name in key.split("."):
            form, _, lines = target.partition(".")
            full = f"{lines}.{name}" if lines else name
            hidden = rights(self._catalog, self._actor, form).hidden
            if full in hidden or lines in hidden:
                return False
            target = self._beyond(target, name)
        return True

    def sees_all(self, target: str, expression: Expression) -> bool:
        """Whether everything that a formula reads may be read whole, so that a client can compute it too."""
        return all(self.sees(target, path) and self._reads(target, path) for path in expression.paths)

    def packs(self, form: Form, lines: str | None, field: FieldDeclaration) -> Packs | None:
        """The units in which a quantity is counted; None where it is in no units, or somebody may not see them."""
        if field.counts is None:
            return None
        beside = (form.fields[lines].fields or {}) if lines else form.fields
        packs = self._catalog.forms[str(beside[field.counts].to)].packs
        target = f"{form.form}.{lines}" if lines else form.form
        if packs is None:
            return None
        keys = packs.keys(field.counts)
        return packs if all(self.sees(target, key) and self._reads(target, key) for key in keys) else None

    def _reads(self, target: str, key: str) -> bool:
        """Whether nothing on the way is masked, or stands in a form of which nothing may be read."""
        while key.startswith("^."):
            target, key = target.partition(".")[0], key[2:]
        own = target.partition(".")[0]
        for name in key.split("."):
            form, _, lines = target.partition(".")
            granted = rights(self._catalog, self._actor, form)
            if (f"{lines}.{name}" if lines else name) in granted.masked:
                return False
            if form not in (own, COMPANY) and granted.read is None and name not in ("id", self._title(form)):
                return False
            target = self._beyond(target, name)
        return True

    def _title(self, form: str) -> str | None:
        return self._catalog.forms[form].title

    def named(self, target: str, key: str) -> tuple[Label, FieldDeclaration | None]:
        """What a dotted key is called, and the field at its end (None for what every record has)."""
        chinese, english = [], []
        field: FieldDeclaration | None = None
        for name in key.split("."):
            field = self._field(target, name)
            label = field.label if field else system_label(self._catalog.forms.get(target.partition(".")[0]), name)
            chinese.append(label.chinese)
            english.append(label.english)
            target = self._beyond(target, name)
        return Label(".".join(chinese), ".".join(english)), field

    def _field(self, target: str, name: str) -> FieldDeclaration | None:
        form, _, lines = target.partition(".")
        if form not in self._catalog.forms:
            return None
        fields = self._catalog.forms[form].fields
        return ((fields[lines].fields or {}) if lines else fields).get(name)

    def _beyond(self, target: str, name: str) -> str:
        """Where the names after this one are looked up."""
        field = self._field(target, name)
        if field is not None and field.kind is FieldKind.LINK:
            return field.to or target
        if field is not None and field.kind is FieldKind.LINES:
            return f"{target}.{name}"
        if field is None and name in ("created_by", "updated_by", "deleted_by"):
            return USERS
        if field is None and name == COMPANY:
            return COMPANY
        return target.partition(".")[0] if name == "parent" else target
