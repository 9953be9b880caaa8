"""How files look: charters, sizes, names, imports, and no binary fractions where money and goods are counted."""

import ast
import re
from collections.abc import Iterator
from typing import TypeGuard

from tests.architecture.sources import of_rooms, sources

FILE_LINES = 500
FUNCTION_LINES = 70
FOLDER_FILES = 30
JOB_NAMES = re.compile(r"(Service|Manager|Handler|Helper|Utils?|Common|Base|Misc)s?$")


def test_the_first_line_of_a_file_is_its_charter() -> None:
    charters = {source.name: (ast.get_docstring(source.tree) or "").split("\n")[0] for source in sources()}
    assert {name: line for name, line in charters.items() if len(line) < 10 or not line.endswith((".", "。"))} == {}


def test_files_and_functions_are_read_in_one_sitting() -> None:
    files = {source.name: count for source in sources() if (count := source.text.count("\n")) > FILE_LINES}
    functions = {
        f"{source.name}:{node.lineno} {node.name}": _lines(node)
        for source in sources()
        for node in _functions(source.tree)
        if _lines(node) > FUNCTION_LINES
    }
    assert files | functions == {}


def test_folders_stay_small() -> None:
    folders: dict[str, int] = {}
    for source in sources():
        folder = str(source.path.parent)
        folders[folder] = folders.get(folder, 0) + (source.path.name != "__init__.py")
    assert {folder: count for folder, count in folders.items() if count > FOLDER_FILES} == {}


def test_imports_stand_at_the_top_and_name_what_they_bring() -> None:
    inner = {
        f"{source.name}:{node.lineno}"
        for source in sources()
        for function in _functions(source.tree)
        for node in ast.walk(function)
        if _is_import(node)
    }
    star = {
        f"{source.name}:{node.lineno}"
        for source in sources()
        for node in ast.walk(source.tree)
        if _is_import(node) and node.names[0].name == "*"
    }
    assert inner | star == set()


def test_names_are_things_not_jobs() -> None:
    classes = {
        f"{source.name}: {node.name}"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef) and JOB_NAMES.search(node.name)
    }
    files = {source.name for source in sources() if JOB_NAMES.search(source.path.stem.title())}
    assert classes | files == set()


def test_packages_hold_no_code() -> None:
    assert [s.name for s in sources() if s.path.name == "__init__.py" and len(s.tree.body) != 1] == []


def test_money_and_goods_are_never_binary_fractions() -> None:
    floats = {
        f"{source.name}:{node.lineno}"
        for source in of_rooms("ledger", "values")
        for node in ast.walk(source.tree)
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    }
    assert floats == set()


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _is_import(node: ast.AST) -> TypeGuard[ast.Import | ast.ImportFrom]:
    return isinstance(node, ast.Import | ast.ImportFrom)
