"""Writes the generated parts of docs/: the rooms with their charters, and the words of the apps with their labels."""

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "onebook"
START = "<!-- generated: make docs -->"
END = "<!-- end of generated part -->"


def charters() -> str:
    """Every package and file with the first line of its docstring."""
    lines = []
    for folder in (PACKAGE, *sorted(path for path in PACKAGE.rglob("*") if (path / "__init__.py").exists())):
        name = ".".join(folder.relative_to(ROOT).parts)
        lines += ["", f"### `{name}`", "", _charter(folder / "__init__.py"), ""]
        files = [file for file in sorted(folder.glob("*.py")) if file.name != "__init__.py"]
        lines += ["| file | what lives there |", "|---|---|"] if files else []
        lines += [f"| `{file.name}` | {_charter(file)} |" for file in files]
    return "\n".join(lines).strip()


def words() -> str:
    """Every form and account role of the apps: Chinese, English, code, app."""
    lines = ["| Chinese | English | code | what | app |", "|---|---|---|---|---|"]
    for kind in ("form", "account"):
        for app, declaration in _declarations(kind):
            chinese, _, english = (part.strip() for part in str(declaration.get("label", "")).partition("|"))
            what = {"form": "form", "account": "account role"}[kind]
            lines.append(f"| {chinese} | {english} | `{declaration[kind]}` | {what} | {app} |")
    return "\n".join(lines)


PARTS = {"docs/architecture.md": charters, "docs/glossary.md": words}


def current(name: str) -> str:
    """The text that a file of `PARTS` should have: what people wrote, with its generated part made anew."""
    text = (ROOT / name).read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n\n{PARTS[name]()}\n\n{END}{after}"


def _declarations(kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for folder in sorted((PACKAGE / "apps").iterdir()):
        for file in sorted(folder.rglob("*.yaml")):
            for document in yaml.safe_load_all(file.read_text(encoding="utf-8")):
                if document and next(iter(document)) == kind:
                    yield folder.name, document


def _charter(file: Path) -> str:
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return docstring.split("\n", 1)[0].replace("|", "\\|")


def main() -> int:
    """Write what is out of date."""
    for name in PARTS:
        (ROOT / name).write_text(current(name), encoding="utf-8")
        print(f"{name}: up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
