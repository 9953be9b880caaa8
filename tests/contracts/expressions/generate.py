"""Writes `generated.jsonl`: random formulas with their values for every row, once both backends agree on them.

Run it where a PostgreSQL is: `python -m tests.contracts.expressions.generate postgresql://...`. The same seed gives the
same formulas; a changed value in the diff is a changed meaning.
"""

import json
import random
import sys
from pathlib import Path

import psycopg

from onebook.expression.check import check
from onebook.expression.python import evaluate
from onebook.expression.refusals import ExpressionRefusal
from tests.contracts.expressions.cells import written
from tests.contracts.expressions.drawing import Drawing
from tests.contracts.expressions.world import CONTEXT, NOTE, ROW, create, in_database, line_rows, note_rows

FILE = Path(__file__).with_name("generated.jsonl")
SEED = 20260331
FORMULAS = 400


def main(url: str) -> None:
    """Draw formulas for notes and for their lines, compare the backends, write what they agree on."""
    chance = random.Random(SEED)
    lines = []
    with psycopg.connect(url) as connection:
        connection.execute("CREATE SCHEMA expression_contract")
        connection.execute("SET LOCAL search_path TO expression_contract")
        create(connection)
        for target, scope, rows in (("note", NOTE, note_rows()), ("note.lines", ROW, line_rows())):
            known: set[str] = set()
            while len(known) < FORMULAS:
                text = Drawing(chance.choice, target).formula(chance.choice((1, 2, 2, 3, 3, 4)))
                try:
                    expression = check(text, scope)
                except ExpressionRefusal:
                    continue
                if text in known or not expression.paths:
                    continue
                known.add(text)
                values = [evaluate(expression, row, CONTEXT) for row in rows]
                (found,) = in_database(connection, [expression], target)
                if values != found:
                    sys.exit(f"the backends differ on {text}: {values} and {found}")
                cells = [written(value) for value in values]
                lines.append(json.dumps([target, text, cells], ensure_ascii=False, separators=(",", ":")))
        connection.rollback()
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
