"""Converting values when a field's type changes: what converts exactly, and what would be lost."""

from dataclasses import dataclass

from onebook.engines.table.ddl import quoted


@dataclass(frozen=True, slots=True)
class Conversion:
    """SQL over the old column: the new value (blank where it does not convert), and whether a value would be lost."""

    value: str
    lost: str


def conversion(column: str, old_kind: str, kind: str, *, converts: bool = True) -> Conversion:
    """From one SQL type to another. Nothing is rounded, cut or guessed: what is not exactly the same is lost."""
    name = quoted(column)
    present = f"{name} IS NOT NULL"
    if not converts:
        return Conversion(f"NULL::{kind}", present)
    if old_kind.endswith("[]"):
        fits = "true" if kind.endswith("[]") else f"coalesce(array_length({name}, 1), 0) <= 1"
        text = f"{name}[1]"
    else:
        fits, text = "true", f"{name}::text"
    if kind.endswith("[]"):
        value = f"{name}::text[]" if old_kind.endswith("[]") else f"ARRAY[{text}]"
        return Conversion(f"CASE WHEN {present} THEN {value} END", "false")
    if kind == "TEXT":
        plain = f"trim_scale({name})::text" if old_kind.startswith("NUMERIC") else text
        return Conversion(f"CASE WHEN {fits} THEN {plain} END", f"{present} AND NOT ({fits})")
    valid = f"{fits} AND onebook.is_valid(btrim({text}), '{kind}')"
    if kind.startswith("NUMERIC"):
        # numeric(18,2) would round 0.125 silently: what the digits do not hold is lost, and told; and NaN is no number.
        same = f"btrim({text})::{kind} = btrim({text})::numeric AND btrim({text})::numeric <> 'NaN'"
        exact = f"CASE WHEN {valid} THEN {same} ELSE false END"
    else:
        exact = valid
    cast = f"CASE WHEN {exact} THEN btrim({text})::{kind} END"
    return Conversion(cast, f"{present} AND NOT ({exact})")


def narrowing(column: str, options: tuple[str, ...], *, is_many: bool) -> Conversion:
    """Values that are still options."""
    name = quoted(column)
    codes = "ARRAY[" + ", ".join("'" + code.replace("'", "''") + "'" for code in options) + "]::text[]"
    kept = f"{name} <@ {codes}" if is_many else f"{name} = ANY ({codes})"
    return Conversion(f"CASE WHEN {kept} THEN {name} END", f"{name} IS NOT NULL AND NOT ({kept})")
