"""How the server plans: commands once for any values, reports and whole tables for the values of their moment."""

from typing import Final

from onebook.storage.transaction import Rows, Statement, Transaction

#: Settings of every session.
FOR_COMMANDS: Final = (
    # Commands reach rows by their keys: a plan is made once, not for each set of ids.
    "SET plan_cache_mode = force_generic_plan",
    # Such a plan lives on while its tables grow. Made when they were empty it would read them from end to end for ever
    # after, and so would the checks of foreign keys. Row by row through indexes is right at every size.
    "SET enable_seqscan = off",
    "SET enable_hashjoin = off",
    "SET enable_mergejoin = off",
)
#: Of transactions that only read: pages of records keep their plans, and may read tables whole.
FOR_READERS: Final = "SELECT " + ", ".join(
    f"set_config('{name}', '{value}', true)"
    for name, value in {
        "plan_cache_mode": "auto",
        "enable_seqscan": "on",
        "enable_hashjoin": "on",
        "enable_mergejoin": "on",
    }.items()
)
#: Among the statements of a transaction that writes: those between these two hold many values against whole tables, and
#: are planned for them each time.
PLANNED_FOR_VALUES: Final = Statement(FOR_READERS.replace("'auto'", "'force_custom_plan'"))
PLANNED_ONCE: Final = Statement(
    "SELECT set_config('plan_cache_mode', 'force_generic_plan', true), "
    + ", ".join(f"set_config('enable_{name}', 'off', true)" for name in ("seqscan", "hashjoin", "mergejoin"))
)
_ANEW: Final = Statement(
    "SELECT set_config('onebook.plans', current_setting('plan_cache_mode'), true),"
    " set_config('plan_cache_mode', 'force_custom_plan', true)"
)
_AS_BEFORE: Final = Statement("SELECT set_config('plan_cache_mode', current_setting('onebook.plans'), true)")


def planned_for_values(transaction: Transaction, *statements: Statement) -> list[Rows]:
    """Run statements of a writer that hold many values against whole tables, in one round trip.

    Planned once, while a table was small, they would compare each of its rows with each value when it has grown."""
    return transaction.run(PLANNED_FOR_VALUES, *statements, PLANNED_ONCE)[1:-1]


def planned_anew(transaction: Transaction, *statements: Statement) -> list[Rows]:
    """Run statements, each planned for its own values, in one round trip; everything else is planned as before.

    For reports and filtered lists: a plan that is kept takes every span of days for a short one and every filter for a
    rare one."""
    return transaction.run(_ANEW, *statements, _AS_BEFORE)[1:-1]
