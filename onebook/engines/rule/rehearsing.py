"""Rehearsal: what a rule would have done over the last days, from the trail, the steps and the book; nothing is done.

The trail knows what happened to which record and when; conditions are asked of the records as they are today, and
the answer says so."""

from datetime import timedelta
from typing import Any, Final

from onebook.engines.rule.compiled import CompiledRule
from onebook.engines.rule.heard import asked, changes_meant, reminded
from onebook.engines.rule.refusals import CannotRehearse
from onebook.engines.table.compiled import CompiledText
from onebook.expression.python import Context
from onebook.expression.sql import context_parameters
from onebook.storage.transaction import Transaction

DAYS: Final = 90
#: How many are told one by one.
MOST: Final = 100

_CHANGES: Final = """
SELECT c.record AS object, c.at, c.id AS event, 'change' AS kind, c.id AS source FROM onebook_change c
WHERE c.form = %(form)s AND c.at > %(since)s AND ({matches})
"""
_STEPS: Final = """
SELECT s.record AS object, s.at, s.id AS event, 'step' AS kind, s.id AS source FROM onebook_step s
WHERE s.form = %(form)s AND s.at > %(since)s AND s.transition = %(step)s AND s.reverses {backwards}
"""
_JOURNALS: Final = """
SELECT DISTINCT a.{own} AS object, j.at, j.id AS event, 'journal' AS kind, j.id AS source
FROM ledger_journal j CROSS JOIN LATERAL (
    SELECT n.account FROM ledger_entry n WHERE n.journal = j.id
    UNION SELECT h.account FROM ledger_hold_change d JOIN ledger_hold h ON h.id = d.hold WHERE d.journal = j.id
) moved JOIN ledger_account a ON a.id = moved.account AND a.role = %(role)s
WHERE j.at > %(since)s
"""
_BEGIN: Final = """
WITH heard AS MATERIALIZED ({heard}), asked AS MATERIALIZED ({asked}), would AS MATERIALIZED (
    SELECT {once} h.object, h.at, h.kind, h.source, a.reads FROM heard h JOIN asked a ON a.object = h.object
    WHERE a.holds ORDER BY {order} h.event DESC
)
"""
_REMINDED: Final = """
WITH would AS MATERIALIZED (
    SELECT object, %(context_now)s::timestamptz AS at, 'clock' AS kind, NULL::bigint AS source, reads
    FROM ({reminded}) AS r WHERE holds
)
"""
_COUNT: Final = (
    "SELECT count(*) OVER (), object, at, kind, source, reads FROM would ORDER BY at DESC, object LIMIT %(most)s"
)


def rehearsed(transaction: Transaction, rule: CompiledRule, context: Context) -> tuple[int, list[tuple[Any, ...]]]:
    """How often it would have fired, and the latest: (object, at, why). Raises CannotRehearse."""
    text = _text(rule)
    since = context.now - timedelta(days=DAYS)
    given = {**context_parameters(context), "since": since, "most": MOST, "late": DAYS}
    [rows] = transaction.run(text.bound(given))
    count = rows[0][0] if rows else 0
    return count, [
        (one, at, {"kind": kind, "source": source, "reads": reads}) for _, one, at, kind, source, reads in rows
    ]


def _text(rule: CompiledRule) -> CompiledText:
    on, once = rule.rule.on, rule.rule.once
    if on.is_timed:
        reminding = reminded(rule)
        return CompiledText(f"{_REMINDED.format(reminded=reminding.sql)} {_COUNT}", reminding.literals)
    known: dict[str, Any] = {"form": rule.rule.form, "step": on.transition or on.reversed}
    if rule.call is not None:
        own = next(str(dimension) for dimension, one in rule.call.arguments.items() if one.paths == {"id"})
        heard, known["role"] = _JOURNALS.format(own=own), rule.call.role.account
    elif on.transition is not None or on.reversed is not None:
        heard = _STEPS.format(backwards="IS NULL" if on.transition is not None else "IS NOT NULL")
    elif on.created or on.changed:
        heard = _CHANGES.format(matches=changes_meant(rule))
    else:
        raise CannotRehearse
    asking = asked(rule)
    day = "h.object, (h.at AT TIME ZONE %(context_zone)s)::date"
    key = {"record": "h.object", "episode": "h.object", "day": day}.get(once)
    begin = _BEGIN.format(
        heard=heard,
        asked=asking.sql,
        once=f"DISTINCT ON ({key})" if key else "",
        order=f"{key}," if key else "",
    )
    return CompiledText(f"{begin} {_COUNT}", {**known, **asking.literals})
