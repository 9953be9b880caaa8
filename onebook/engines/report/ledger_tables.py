"""The ledger's tables as reports read them. They are made by the ledger's own migration."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer, Numeric, SmallInteger, Text, column, table

_QUANTITY: Final = Numeric(18, 6)
_AMOUNT: Final = Numeric(18, 2)

ACCOUNT: Final = table(
    "ledger_account",
    *(column(name, BigInteger) for name in ("id", "item", "place", "lot", "party", "document", "spot", "control")),
    column("role", Text),
    column("kept", Boolean),
    *(
        column(name, _QUANTITY)
        for name in ("quantity", "own_quantity", "taken_quantity", "expected_quantity", "waiting")
    ),
    *(column(name, _AMOUNT) for name in ("amount", "own_amount", "taken_amount", "expected_amount")),
    column("last_on", Date),
    column("is_open_item", Boolean),
)
ENTRY: Final = table(
    "ledger_entry",
    column("journal", BigInteger),
    column("account", BigInteger),
    column("control", BigInteger),
    column("booked_on", Date),
    column("line", BigInteger),
    column("quantity", _QUANTITY),
    column("amount", _AMOUNT),
    column("is_red", Boolean),
    column("position", Integer),
)
TOTAL: Final = table(
    "ledger_total",
    column("account", BigInteger),
    column("month", Date),
    column("shard", SmallInteger),
    column("quantity_in", _QUANTITY),
    column("quantity_out", _QUANTITY),
    column("amount_in", _AMOUNT),
    column("amount_out", _AMOUNT),
)
JOURNAL: Final = table(
    "ledger_journal",
    column("id", BigInteger),
    column("form", Text),
    column("record", BigInteger),
    column("transition", Text),
    column("booked_on", Date),
    column("at", DateTime(timezone=True)),
    column("reverses", BigInteger),
)
HOLD: Final = table(
    "ledger_hold",
    *(column(name, BigInteger) for name in ("id", "account", "document", "owner")),
    column("name", Text),
    column("form", Text),
    column("sign", SmallInteger),
    column("due", Date),
    column("priority", Integer),
    *(column(f"{name}_quantity", _QUANTITY) for name in ("wanted", "settled", "released", "open")),
    *(column(f"{name}_amount", _AMOUNT) for name in ("wanted", "settled", "released", "open")),
    column("waiting", _QUANTITY),
    column("is_open", Boolean),
    column("is_waiting", Boolean),
)
HOLD_CHANGE: Final = table(
    "ledger_hold_change",
    *(column(name, BigInteger) for name in ("journal", "hold")),
    column("position", Integer),
    column("kind", Text),
    *(column(f"{name}_quantity", _QUANTITY) for name in ("wanted", "settled", "released")),
    *(column(f"{name}_amount", _AMOUNT) for name in ("wanted", "settled", "released")),
    column("waiting", _QUANTITY),
)
DIMENSIONS: Final = ("item", "place", "lot", "party", "document", "spot")
