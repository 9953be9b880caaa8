"""Which column of a file is which field: by label in either language, or by name."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.engines.process.importing.refusals import UnknownHeaders
from onebook.values.label import LANGUAGES, Label

NUMBER = "number"
NUMBER_LABEL = Label("单号", "Number")
#: The last column of the file of wrong rows; such a file may be uploaded again as it is.
REASON = Label("错误原因", "What is wrong")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a column goes: a field of the form or of its lines; a link may say by which field it is named."""

    name: str
    lines: str | None = None
    field: FieldDeclaration | None = None
    by: str | None = None

    @property
    def key(self) -> str:
        """`customer`, `lines.product`."""
        return f"{self.lines}.{self.name}" if self.lines else self.name

    @property
    def kind(self) -> FieldKind:
        """What its column holds; the number of a document is text."""
        return self.field.kind if self.field else FieldKind.TEXT

    @property
    def label(self) -> Label:
        """What users call it."""
        return self.field.label if self.field else NUMBER_LABEL


@dataclass(frozen=True, slots=True)
class Words:
    """All that a header may say, and what it then means."""

    meanings: Mapping[str, Target]

    def find(self, header: str) -> Target | None:
        """The target of a header; None for what it does not know."""
        return self.meanings.get(plain(header))

    def knows(self, header: str) -> bool:
        """Whether a header means something here."""
        return plain(header) in self.meanings


def plain(header: str) -> str:
    """A header without what decorates it: stars of required columns, spaces, case, wide brackets."""
    text = header.replace("（", "(").replace("）", ")").replace("：", "").replace("*", "")
    return "".join(text.split()).lower()


def targets(form: Form, hidden: frozenset[str] = frozenset()) -> list[Target]:
    """Every typed field of a form and of its lines that may be written, in order; the number of a document first."""
    found = [Target(NUMBER)] if form.number and NUMBER not in hidden else []
    for name, field in form.fields.items():
        if field.kind is FieldKind.LINES:
            rows = [Target(row, name, one) for row, one in (field.fields or {}).items() if one.is_typed]
            found += [target for target in rows if target.key not in hidden and name not in hidden]
        elif field.is_typed and name not in hidden:
            found.append(Target(name, None, field))
    return found


def words(form: Form, open_to: Sequence[Target], linked: Mapping[str, Form]) -> Words:
    """The headers that are understood. Where a header and its lines share a word, the bare word is the header's."""
    meanings: dict[str, Target] = {}
    for target in sorted(open_to, key=lambda one: one.lines is None):
        for spelled in spellings(form, target):
            meanings[plain(spelled)] = target
            if target.kind is FieldKind.LINK and target.field and (other := linked.get(target.field.to or "")):
                for by, field in _naming(other).items():
                    one = Target(target.name, target.lines, target.field, by)
                    names = {by, *(field.in_language(language) for language in LANGUAGES)}
                    meanings |= {plain(f"{spelled}.{name}"): one for name in names}
    return Words(meanings)


def spellings(form: Form, target: Target) -> set[str]:
    """The ways of writing one target."""
    own = {target.name, *(target.label.in_language(language) for language in LANGUAGES)}
    if not target.lines:
        return own
    lines = form.fields[target.lines]
    above = {target.lines, *(lines.label.in_language(language) for language in LANGUAGES)}
    return own | {f"{first}.{second}" for first in above for second in own}


def header_of(form: Form, target: Target, all_targets: Sequence[Target], language: str) -> str:
    """The header that templates write: the label, with the label of the lines before it where the bare one is taken."""
    label = target.label.in_language(language)
    same = [one for one in all_targets if one.label.in_language(language) == label]
    if target.lines and len(same) > 1:
        label = f"{form.fields[target.lines].label.in_language(language)}.{label}"
    return label


def mapped(
    headers: Sequence[str], known: Words, given: Mapping[str, str | None], by_key: Mapping[str, Target]
) -> dict[int, Target]:
    """Column position to target. `given` is what the user chose: header to field key, or None to leave a column out.

    Raises UnknownHeaders for headers that mean nothing, and for two columns of one field."""
    reasons = {plain(REASON.in_language(language)) for language in LANGUAGES}
    result: dict[int, Target] = {}
    unknown: list[str] = []
    for position, header in enumerate(headers):
        if header in given:
            key = given[header]
            target = by_key.get(key) if key is not None else None
            missing = key is not None and target is None
        else:
            target = known.find(header)
            missing = target is None and plain(header) not in reasons
        if target is not None:
            result[position] = target
        elif missing:
            unknown.append(header)
    times = Counter(target.key for target in result.values())
    twice = [headers[position] for position, target in result.items() if times[target.key] > 1]
    if unknown or twice or not result:
        raise UnknownHeaders(unknown=unknown, twice=twice)
    return result


def _naming(form: Form) -> dict[str, Label]:
    """The fields by which people name the records of a form."""
    fields = {name: field.label for name, field in form.fields.items() if field.unique or name == form.title}
    return {NUMBER: NUMBER_LABEL, **fields} if form.number else fields
