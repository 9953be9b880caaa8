"""Recomputes everything that is kept from the entries and hold changes, and names each drift."""

from dataclasses import dataclass

from onebook.storage.transaction import Statement, Transaction

#: How many journals of a drifting account are named.
NAMED_JOURNALS = 20


@dataclass(frozen=True, slots=True)
class Drift:
    """One figure that is not what its facts say. `journals`: the latest ones that touched it."""

    what: str
    subject: str
    stored: str
    recomputed: str
    journals: tuple[int, ...] = ()


_SUBJECT = """concat_ws(' ', 'account', a.id, a.role, 'item', a.item, 'place', a.place, 'lot', a.lot,
    'party', a.party, 'document', a.document, 'spot', a.spot)"""
_JOURNALS = f"""ARRAY(SELECT DISTINCT e.journal FROM ledger_entry e JOIN ledger_account l ON l.id = e.account
    WHERE l.id = a.id OR l.control = a.id ORDER BY 1 DESC LIMIT {NAMED_JOURNALS})"""
_HOLD_JOURNALS = f"""ARRAY(SELECT DISTINCT c.journal FROM ledger_hold_change c JOIN ledger_hold h ON h.id = c.hold
    JOIN ledger_account l ON l.id = h.account
    WHERE l.id = a.id OR l.control = a.id ORDER BY 1 DESC LIMIT {NAMED_JOURNALS})"""
_NONE = "'{}'::bigint[]"

# Entries by the account they stand on, and again by its control account.
_ROLLED = """
    SELECT u.account, sum(e.quantity) AS quantity, sum(e.amount) AS amount, max(e.booked_on) AS last_on,
        sum(e.quantity) FILTER (WHERE u.own) AS own_quantity, sum(e.amount) FILTER (WHERE u.own) AS own_amount
    FROM (SELECT account, sum(quantity) AS quantity, sum(amount) AS amount, max(booked_on) AS booked_on
          FROM ledger_entry GROUP BY account) e
    JOIN ledger_account x ON x.id = e.account
    CROSS JOIN LATERAL (VALUES (x.id, true), (x.control, false)) AS u (account, own)
    WHERE u.account IS NOT NULL GROUP BY u.account"""

_HELD = """
    SELECT u.account, sum(h.open_quantity - h.waiting) FILTER (WHERE h.sign < 0) AS taken_quantity,
        sum(h.open_amount) FILTER (WHERE h.sign < 0) AS taken_amount,
        sum(h.open_quantity) FILTER (WHERE h.sign > 0) AS expected_quantity,
        sum(h.open_amount) FILTER (WHERE h.sign > 0) AS expected_amount, sum(h.waiting) AS waiting
    FROM ledger_hold h JOIN ledger_account x ON x.id = h.account
    CROSS JOIN LATERAL (VALUES (x.id), (x.control)) AS u (account)
    WHERE u.account IS NOT NULL AND h.is_open GROUP BY u.account"""

_CHANGED = """
    SELECT hold, sum(wanted_quantity) AS wanted_quantity, sum(wanted_amount) AS wanted_amount,
        sum(settled_quantity) AS settled_quantity, sum(settled_amount) AS settled_amount,
        sum(released_quantity) AS released_quantity, sum(released_amount) AS released_amount, sum(waiting) AS waiting
    FROM ledger_hold_change GROUP BY hold"""

# Red entries lower what their originals raised.
_MONTHLY = """
    SELECT u.account, date_trunc('month', e.booked_on)::date AS month,
        sum(CASE WHEN (e.quantity < 0) <> e.is_red THEN 0 ELSE e.quantity END) AS quantity_in,
        sum(CASE WHEN (e.quantity < 0) <> e.is_red THEN -e.quantity ELSE 0 END) AS quantity_out,
        sum(CASE WHEN (e.amount < 0) <> e.is_red THEN 0 ELSE e.amount END) AS amount_in,
        sum(CASE WHEN (e.amount < 0) <> e.is_red THEN -e.amount ELSE 0 END) AS amount_out
    FROM ledger_entry e JOIN ledger_account x ON x.id = e.account
    CROSS JOIN LATERAL (VALUES (x.id), (x.control)) AS u (account)
    WHERE u.account IS NOT NULL GROUP BY 1, 2"""

# What a piece was worth the last time that there were any: where none is left, the next to leave are worth that.
_LAST_COST = """
    SELECT DISTINCT ON (account) account, round(amount / quantity, 6) AS unit_cost FROM (
        SELECT e.account, e.journal, e.position, e.quantity AS change,
            sum(e.quantity) OVER past - e.quantity AS quantity, sum(e.amount) OVER past - e.amount AS amount
        FROM ledger_account a JOIN ledger_entry e ON e.account = a.id WHERE a.kept AND a.own_quantity <= 0
        WINDOW past AS (PARTITION BY e.account ORDER BY e.journal, e.position)
    ) AS run WHERE quantity > 0 AND quantity + change <= 0 ORDER BY account, journal DESC, position DESC"""

# What tells the leaves of a role apart, as its accounts say.
_LEAVES = """
    SELECT l.role, bool_or(l.item <> c.item) AS item, bool_or(l.place <> c.place) AS place,
        bool_or(l.lot <> c.lot) AS lot, bool_or(l.party <> c.party) AS party,
        bool_or(l.document <> c.document) AS document, bool_or(l.spot <> c.spot) AS spot
    FROM ledger_account l JOIN ledger_account c ON c.id = l.control GROUP BY l.role"""

#: What is compared, and the query whose rows are drifts: subject, stored, recomputed, journals.
CHECKS: tuple[tuple[str, str], ...] = (
    (
        "journal balances",
        f"""SELECT concat_ws(' ', 'journal', e.journal, 'item', a.item),
                concat_ws(' / ', sum(e.quantity), sum(sum(e.amount)) OVER (PARTITION BY e.journal)), '0 / 0',
                ARRAY[e.journal]
            FROM ledger_entry e JOIN ledger_account a ON a.id = e.account GROUP BY e.journal, a.item
            HAVING sum(e.quantity) <> 0
            UNION ALL SELECT concat_ws(' ', 'journal', journal), sum(amount)::text, '0', ARRAY[journal]
            FROM ledger_entry GROUP BY journal HAVING sum(amount) <> 0
            UNION ALL SELECT 'the whole book', sum(amount)::text, '0', {_NONE}
            FROM ledger_entry HAVING sum(amount) <> 0""",
    ),
    (
        "entry has account and journal",
        """SELECT concat_ws(' ', 'journal', e.journal, 'position', e.position),
                concat_ws(' ', e.account, e.control, e.booked_on),
                concat_ws(' ', a.id, coalesce(a.control, 0), j.booked_on), ARRAY[e.journal]
            FROM ledger_entry e LEFT JOIN ledger_account a ON a.id = e.account
            LEFT JOIN ledger_journal j ON j.id = e.journal
            WHERE a.id IS NULL OR j.id IS NULL OR j.booked_on <> e.booked_on OR e.control <> coalesce(a.control, 0)
                OR e.is_red <> (j.reverses IS NOT NULL)""",
    ),
    (
        "journal is whole",
        """SELECT concat_ws(' ', 'journal', x.journal, x.what), concat_ws(' of ', x.found, x.last), 'all of them',
                ARRAY[x.journal]
            FROM (SELECT journal, 'entries' AS what, count(*) AS found, max(position) AS last FROM ledger_entry
                    GROUP BY journal
                UNION ALL SELECT journal, 'changes of holds', count(*), max(position) FROM ledger_hold_change
                    GROUP BY journal) x WHERE x.found <> x.last
            UNION ALL SELECT concat_ws(' ', 'journal', j.id), 'nothing', 'entries or changes of holds', ARRAY[j.id]
            FROM ledger_journal j WHERE NOT EXISTS (SELECT FROM ledger_entry e WHERE e.journal = j.id)
                AND NOT EXISTS (SELECT FROM ledger_hold_change c WHERE c.journal = j.id)
            UNION ALL SELECT concat_ws(' ', 'journal', c.journal, 'position', c.position),
                concat_ws(' ', 'hold', c.hold), 'a hold and a journal', ARRAY[c.journal]
            FROM ledger_hold_change c LEFT JOIN ledger_hold h ON h.id = c.hold
            LEFT JOIN ledger_journal j ON j.id = c.journal WHERE h.id IS NULL OR j.id IS NULL""",
    ),
    (
        "account balance",
        f"""SELECT {_SUBJECT}, concat_ws(' / ', a.quantity, a.amount, a.own_quantity, a.own_amount, a.last_on),
                concat_ws(' / ', coalesce(r.quantity, 0), coalesce(r.amount, 0), coalesce(r.own_quantity, 0),
                    coalesce(r.own_amount, 0), r.last_on), {_JOURNALS}
            FROM ledger_account a LEFT JOIN ({_ROLLED}) r ON r.account = a.id
            WHERE a.kept AND (a.quantity <> coalesce(r.quantity, 0) OR a.amount <> coalesce(r.amount, 0)
                OR a.own_quantity <> coalesce(r.own_quantity, 0) OR a.own_amount <> coalesce(r.own_amount, 0)
                OR a.last_on IS DISTINCT FROM r.last_on)""",
    ),
    (
        "kept account",
        f"""SELECT {_SUBJECT}, concat_ws(' / ', a.kept, a.quantity, a.amount, a.unit_cost),
                concat_ws(' / ', r.kept, 0, 0, 0), {_JOURNALS}
            FROM ledger_account a JOIN (
                SELECT role, bool_or(kept) AS kept FROM ledger_account GROUP BY role
            ) r ON r.role = a.role
            WHERE NOT a.kept AND (r.kept OR a.quantity <> 0 OR a.amount <> 0 OR a.own_quantity <> 0
                OR a.own_amount <> 0 OR a.unit_cost <> 0 OR a.last_on IS NOT NULL)""",
    ),
    (
        "unit cost",
        f"""SELECT {_SUBJECT}, a.unit_cost::text, coalesce(u.unit_cost, 0)::text, {_JOURNALS}
            FROM ledger_account a LEFT JOIN ({_LAST_COST}) u ON u.account = a.id
            WHERE a.kept AND a.own_quantity <= 0 AND abs(a.unit_cost - coalesce(u.unit_cost, 0)) > 0.000001""",
    ),
    (
        "account rolls up",
        f"""SELECT {_SUBJECT}, concat_ws(' ', 'to', c.id, c.role, 'item', c.item, 'place', c.place, 'lot', c.lot,
                    'party', c.party, 'document', c.document, 'spot', c.spot), 'to its control account', {_NONE}
            FROM ledger_account a LEFT JOIN ledger_account c ON c.id = a.control
            LEFT JOIN ({_LEAVES}) d ON d.role = a.role
            WHERE CASE WHEN a.control IS NULL
                THEN (d.item AND a.item <> 0) OR (d.place AND a.place <> 0) OR (d.lot AND a.lot <> 0)
                    OR (d.party AND a.party <> 0) OR (d.document AND a.document <> 0) OR (d.spot AND a.spot <> 0)
                ELSE c.control IS NOT NULL OR c.role <> a.role OR c.kept <> a.kept OR c.item NOT IN (0, a.item)
                    OR c.place NOT IN (0, a.place) OR c.lot NOT IN (0, a.lot) OR c.party NOT IN (0, a.party)
                    OR c.document NOT IN (0, a.document) OR c.spot NOT IN (0, a.spot) END""",
    ),
    (
        "control account",
        f"""SELECT {_SUBJECT}, concat_ws(' / ', a.quantity, a.amount),
                concat_ws(' / ', a.own_quantity + l.quantity, a.own_amount + l.amount), {_JOURNALS}
            FROM ledger_account a JOIN (
                SELECT control, sum(quantity) AS quantity, sum(amount) AS amount FROM ledger_account
                WHERE control IS NOT NULL GROUP BY control
            ) l ON l.control = a.id
            WHERE a.quantity <> a.own_quantity + l.quantity OR a.amount <> a.own_amount + l.amount""",
    ),
    (
        "held on account",
        f"""SELECT {_SUBJECT}, concat_ws(' / ', a.taken_quantity, a.taken_amount, a.expected_quantity,
                    a.expected_amount, a.waiting),
                concat_ws(' / ', coalesce(h.taken_quantity, 0), coalesce(h.taken_amount, 0),
                    coalesce(h.expected_quantity, 0), coalesce(h.expected_amount, 0), coalesce(h.waiting, 0)),
                {_HOLD_JOURNALS}
            FROM ledger_account a LEFT JOIN ({_HELD}) h ON h.account = a.id
            WHERE a.taken_quantity <> coalesce(h.taken_quantity, 0) OR a.taken_amount <> coalesce(h.taken_amount, 0)
                OR a.expected_quantity <> coalesce(h.expected_quantity, 0)
                OR a.expected_amount <> coalesce(h.expected_amount, 0) OR a.waiting <> coalesce(h.waiting, 0)""",
    ),
    (
        "hold",
        f"""SELECT concat_ws(' ', 'hold', h.id, h.name, h.form, h.document, 'line', h.line),
                concat_ws(' / ', h.wanted_quantity, h.wanted_amount, h.settled_quantity, h.settled_amount,
                    h.released_quantity, h.released_amount, h.waiting),
                concat_ws(' / ', c.wanted_quantity, c.wanted_amount, c.settled_quantity, c.settled_amount,
                    c.released_quantity, c.released_amount, c.waiting),
                ARRAY(SELECT x.journal FROM ledger_hold_change x WHERE x.hold = h.id
                    ORDER BY 1 DESC LIMIT {NAMED_JOURNALS})
            FROM ledger_hold h LEFT JOIN ({_CHANGED}) c ON c.hold = h.id
            WHERE (h.wanted_quantity, h.wanted_amount, h.settled_quantity, h.settled_amount, h.released_quantity,
                    h.released_amount, h.waiting)
                IS DISTINCT FROM (c.wanted_quantity, c.wanted_amount, c.settled_quantity, c.settled_amount,
                    c.released_quantity, c.released_amount, c.waiting)""",
    ),
    (
        "waiting though available",
        f"""SELECT {_SUBJECT}, concat_ws(' / ', a.waiting, a.quantity - a.taken_quantity), 'one of them is 0',
                {_HOLD_JOURNALS}
            FROM ledger_account a LEFT JOIN ledger_account c ON c.id = a.control
            WHERE a.waiting > 0 AND a.quantity - a.taken_quantity > greatest(a.floor, 0)
                AND (c.id IS NULL OR c.quantity - c.taken_quantity > greatest(c.floor, 0))
                AND EXISTS (SELECT FROM ledger_hold h WHERE h.account = a.id AND h.is_waiting)""",
    ),
    (
        "value without pieces",
        f"""SELECT {_SUBJECT}, a.own_amount::text, '0', {_JOURNALS} FROM ledger_account a
            WHERE a.kept AND a.own_quantity = 0 AND a.own_amount <> 0
                AND EXISTS (SELECT FROM ledger_entry e WHERE e.account = a.id AND e.quantity <> 0)""",
    ),
    (
        "monthly total",
        f"""SELECT concat_ws(' ', {_SUBJECT}, coalesce(t.month, m.month)),
                concat_ws(' / ', t.quantity_in, t.quantity_out, t.amount_in, t.amount_out),
                concat_ws(' / ', m.quantity_in, m.quantity_out, m.amount_in, m.amount_out), {_JOURNALS}
            FROM (SELECT account, month, sum(quantity_in) AS quantity_in, sum(quantity_out) AS quantity_out,
                    sum(amount_in) AS amount_in, sum(amount_out) AS amount_out
                FROM ledger_total GROUP BY account, month) t
            FULL JOIN ({_MONTHLY}) m ON m.account = t.account AND m.month = t.month
            LEFT JOIN ledger_account a ON a.id = coalesce(t.account, m.account)
            WHERE (t.quantity_in, t.quantity_out, t.amount_in, t.amount_out)
                IS DISTINCT FROM (m.quantity_in, m.quantity_out, m.amount_in, m.amount_out)""",
    ),
    (
        "reversal",
        """SELECT concat_ws(' ', 'journal', r.reverses), concat_ws(' ', 'reversed by', r.id), 'an earlier journal',
                ARRAY[r.id] FROM ledger_journal r JOIN ledger_journal j ON j.id = r.reverses
            WHERE j.reverses IS NOT NULL OR j.id >= r.id
            UNION ALL SELECT concat_ws(' ', 'journal', e.journal, 'position', e.position),
                concat_ws(' ', 'reversed by', r.id, 'on', x.account, x.quantity, x.amount),
                concat_ws(' ', 'on', e.account, -e.quantity, -e.amount), ARRAY[r.id]
            FROM ledger_journal r JOIN ledger_entry e ON e.journal = r.reverses
            LEFT JOIN ledger_entry x ON x.journal = r.id AND x.position = e.position
            WHERE (x.account, x.line, x.quantity, x.amount, x.gives_back)
                IS DISTINCT FROM (e.account, e.line, -e.quantity, -e.amount, e.gives_back)""",
    ),
    (
        "given back",
        f"""SELECT concat_ws(' ', 'row', g.line, g.role, 'item', g.item, 'lot', g.lot), g.quantity::text,
                concat_ws(' ', 'opposite of', coalesce(m.quantity, 0), 'at most'),
                ARRAY(SELECT e.journal FROM ledger_entry e WHERE e.gives_back = g.line AND e.gives_back <> 0
                    ORDER BY 1 DESC LIMIT {NAMED_JOURNALS})
            FROM (SELECT e.gives_back AS line, a.role, a.item, a.lot, sum(e.quantity) AS quantity
                FROM ledger_entry e JOIN ledger_account a ON a.id = e.account
                WHERE e.gives_back <> 0 AND a.kept GROUP BY 1, 2, 3, 4) g
            LEFT JOIN (SELECT CASE e.line WHEN 0 THEN coalesce(o.record, j.record) ELSE e.line END AS line,
                    a.role, a.item, a.lot, sum(e.quantity) AS quantity
                FROM ledger_entry e JOIN ledger_account a ON a.id = e.account JOIN ledger_journal j ON j.id = e.journal
                LEFT JOIN ledger_journal o ON o.id = j.reverses
                WHERE a.kept AND e.gives_back <> CASE e.line WHEN 0 THEN coalesce(o.record, j.record) ELSE e.line END
                GROUP BY 1, 2, 3, 4) m
            ON (m.line, m.role, m.item, m.lot) = (g.line, g.role, g.item, g.lot)
            WHERE g.quantity <> 0 AND (sign(g.quantity) = sign(coalesce(m.quantity, 0))
                OR abs(g.quantity) > abs(coalesce(m.quantity, 0)))""",
    ),
    (
        "closed period",
        # Of all closings that covered its month, the first that still stands.
        """SELECT concat_ws(' ', 'journal', j.id), j.booked_on::text, concat_ws(' ', 'closed at', p.since), ARRAY[j.id]
            FROM ledger_journal j JOIN (
                SELECT month, lag(month) OVER (ORDER BY month) AS before,
                    min(changed_at) OVER (ORDER BY month DESC) AS since
                FROM ledger_period WHERE closed
            ) p ON j.booked_on < p.month + interval '1 month'
                AND (p.before IS NULL OR j.booked_on >= p.before + interval '1 month')
            WHERE j.at > p.since""",
    ),
)


def check(transaction: Transaction) -> list[Drift]:
    """Every drift of the company's book; an empty list is a clean book. Reads the whole history: run it at night."""
    answers = transaction.run(*(Statement(query) for _, query in CHECKS))
    return [
        Drift(what, subject, stored, recomputed, tuple(journals))
        for (what, _), rows in zip(CHECKS, answers, strict=True)
        for subject, stored, recomputed, journals in rows
    ]
