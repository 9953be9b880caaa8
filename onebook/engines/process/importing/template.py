"""The file to fill in: headers as users see them, required ones marked, choices as drop-downs, codes kept as text."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from onebook.definition.field import FieldKind
from onebook.definition.form import Form
from onebook.engines.process.importing.mapping import Target, header_of
from onebook.values.label import Label

#: Rows below the header that carry drop-downs and formats.
PREPARED = 20_000
#: A drop-down's own text may not be longer; longer lists stand on a sheet of their own.
INLINE = 255
TEXT_KINDS = frozenset({
    FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.PHONE, FieldKind.EMAIL, FieldKind.BARCODE, FieldKind.LINK,
    FieldKind.TAGS,
    FieldKind.CHOICES, FieldKind.CHOICE,
})  # fmt: skip
FORMATS = {
    FieldKind.DATE: "yyyy-mm-dd",
    FieldKind.MONTH: "yyyy-mm",
    FieldKind.INSTANT: "yyyy-mm-dd hh:mm",
    FieldKind.PERCENT: "0.00%",
}
NOTES = Label("填写说明", "Notes")
CHOICES = Label("选项", "Choices")
NOTE_HEADERS = (
    Label("列", "Column"),
    Label("必填", "Required"),
    Label("填什么", "What to write"),
    Label("示例", "Example"),
)
WHEN = Label("视情况", "Depends")
YES = Label("是", "Yes")
NO = Label("否", "No")
WHAT = {
    FieldKind.FLAG: Label("是 或 否", "Yes or No"),
    FieldKind.DATE: Label("日期", "A date"),
    FieldKind.MONTH: Label("月份", "A month"),
    FieldKind.INSTANT: Label("日期和时间", "Date and time"),
    FieldKind.TAGS: Label("多个用逗号隔开", "Several, separated by commas"),
    FieldKind.CHOICES: Label("从选项中选择，多个用逗号隔开", "From the choices, separated by commas"),
    FieldKind.CHOICE: Label("从下拉中选择", "One of the choices"),
    FieldKind.BARCODE: Label("条码，文本格式，不要写成数字", "A barcode, as text and not as a number"),
    FieldKind.PERCENT: Label("百分比，如 13%", "A percentage, such as 13%"),
}  # fmt: skip
NUMERIC = Label("数字", "A number")
COUNTED = Label("数字，或按包装写成 2箱3个", "A number, or in packs as 2箱3个")
TEXT = Label("文字", "Text")
LINK = Label("已有的“{label}”：编码、单号或名称", "An existing {label}: its code, number or name")
DOCUMENT = Label(
    "同一张单据的各行写相同的单号；单头各列只需在第一行填写",
    "Rows of one document share a number; its head is needed on its first row only",
)
EXAMPLES = {
    FieldKind.DATE: "2026-03-01", FieldKind.MONTH: "2026-03", FieldKind.INSTANT: "2026-03-01 09:30",
    FieldKind.PERCENT: "13%",
    FieldKind.PHONE: "13800000000", FieldKind.EMAIL: "name@example.com", FieldKind.BARCODE: "6901234567892",
    FieldKind.NUMBER: "1", FieldKind.QUANTITY: "10", FieldKind.PRICE: "12.5", FieldKind.MONEY: "100.00",
}  # fmt: skip


def template(form: Form, targets: Sequence[Target], linked: Mapping[str, Form], language: str) -> bytes:
    """An xlsx with an empty sheet to fill in, and a sheet of notes that says what belongs into each column."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet(_sheet_name(form.label.in_language(language)))
        notes = book.add_worksheet(_sheet_name(NOTES.in_language(language)))
        lists = book.add_worksheet(_sheet_name(CHOICES.in_language(language)))
        lists.hide()
        looks = _looks(book)
        sheet.freeze_panes(1, 0)
        notes.set_column(0, 3, 28)
        notes.write_row(0, 0, [label.in_language(language) for label in NOTE_HEADERS], looks["head"])
        for position, target in enumerate(targets):
            header = header_of(form, target, targets, language)
            required = is_required(target)
            sheet.write_string(
                0, position, f"{header} *" if required else header, looks["required" if required else "head"]
            )
            sheet.set_column(
                position,
                position,
                max(12, 2 * len(header) + 4),
                looks["text"] if target.kind in TEXT_KINDS else looks[target.kind.value],
            )
            _drop_down(sheet, lists, position, options(target, language))
            notes.write_row(position + 1, 0, note(form, target, header, linked, language), looks["text"])
    return buffer.getvalue()


def is_required(target: Target) -> bool:
    """Whether a row without it cannot be imported, whatever else it says."""
    return target.field is not None and target.field.required == "TRUE" and target.field.default is None


def options(target: Target, language: str) -> list[str]:
    """What the drop-down offers."""
    if target.kind is FieldKind.FLAG:
        return [YES.in_language(language), NO.in_language(language)]
    if target.kind is FieldKind.CHOICE and target.field and target.field.options:
        return [label.in_language(language) for label in target.field.options.values()]
    return []


def note(form: Form, target: Target, header: str, linked: Mapping[str, Form], language: str) -> list[str]:
    """One row of the notes: column, whether required, what to write, an example."""
    field = target.field
    need = NO
    if is_required(target):
        need = YES
    elif field is not None and field.required not in (None, "FALSE", "TRUE"):
        need = WHEN
    if field is None:
        what = DOCUMENT.in_language(language) if form.line_fields else TEXT.in_language(language)
        return [header, need.in_language(language), what, form.number or ""]
    if field.kind is FieldKind.LINK:
        other = linked.get(field.to or "")
        what = LINK.in_language(language).format(label=other.label.in_language(language) if other else "")
    else:
        numeric = field.kind in (FieldKind.NUMBER, FieldKind.QUANTITY, FieldKind.PRICE, FieldKind.MONEY)
        plain = COUNTED if field.counts is not None else NUMERIC if numeric else TEXT
        what = WHAT.get(field.kind, plain).in_language(language)
    if field.help is not None:
        what = f"{what}。{field.help.in_language(language)}"
    example = next(iter(options(target, language)), EXAMPLES.get(field.kind, ""))
    if field.kind is FieldKind.CHOICES:
        example = ",".join(label.in_language(language) for label in (field.options or {}).values())
    return [header, need.in_language(language), what, example]


def _looks(book: Any) -> dict[str, Any]:
    head = {"bold": True, "bg_color": "#EEF2F7", "border": 1, "border_color": "#C9D1DB"}
    plain = {kind.value: book.add_format() for kind in FieldKind if kind not in FORMATS}
    dated = {kind.value: book.add_format({"num_format": shape}) for kind, shape in FORMATS.items()}
    return {
        **plain, **dated,
        # Last, so that the look of text columns wins over the plain look of the kind of that name.
        "head": book.add_format(head), "required": book.add_format({**head, "font_color": "#C00000"}),
        "text": book.add_format({"num_format": "@"}),
    }  # fmt: skip


def _drop_down(sheet: Any, lists: Any, position: int, choices: list[str]) -> None:
    if not choices:
        return
    source: object = choices
    if len(",".join(choices)) > INLINE or any("," in choice for choice in choices):
        lists.write_column(0, position, choices)
        column = xlsxwriter.utility.xl_col_to_name(position, col_abs=True)
        source = f"='{lists.get_name()}'!{column}$1:{column}${len(choices)}"
    sheet.data_validation(1, position, PREPARED, position, {"validate": "list", "source": source})


def _sheet_name(text: str) -> str:
    """A name that spreadsheets accept: no more than 31 characters, no signs of formulas."""
    return "".join("_" if letter in "[]:*?/\\'" else letter for letter in text)[:31] or "1"
