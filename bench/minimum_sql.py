"""The SQL of the hand-made minimum: set-based, each statement once, for the shipped forms as they are."""

COUNTER = """WITH counter AS (INSERT INTO onebook_number AS known (form, prefix, last) VALUES (%(form)s, %(prefix)s, 1)
    ON CONFLICT (form, prefix) DO UPDATE SET last = known.last + 1 RETURNING last)"""
NUMBER = "%(prefix)s || lpad(counter.last::text, 4, '0')"
STAMPS = "created_at, created_by, updated_at, updated_by"
STAMPED = "%(now)s, 0, %(now)s, 0"
CHANGE = """INSERT INTO onebook_change (form, record, at, by, action, version, changes)
    VALUES (%(form)s, %(id)s, %(now)s, 0, %(action)s, %(version)s, %(changes)s::jsonb)"""
JOURNAL = """INSERT INTO ledger_journal (id, booked_on, form, record, transition, actor)
    VALUES (%(journal)s, %(today)s, %(form)s, %(id)s, %(action)s, 0)"""
STEP = """INSERT INTO onebook_step (form, record, transition, from_state, to_state, journal, by, created)
    VALUES (%(form)s, %(id)s, %(action)s, 'draft', %(state)s, %(journal)s, 0, %(created)s::bigint[])"""

BUYER = "SELECT name, payment_days, settlement_method, salesperson, pay_first, search FROM customer WHERE id = %(id)s"
PRODUCTS = "SELECT id, unit, sales_price, tax_rate FROM product WHERE id = ANY(%(ids)s::bigint[])"
IDS = "SELECT nextval('record_id') FROM generate_series(1, %(count)s)"

NEW_ORDER = f"""{COUNTER} INSERT INTO sales_order (id, number, state, customer, customer_name, search, ordered_on,
    due_on, ship_on, warehouse, salesperson, settlement_method, pay_first, priority, over_delivery, bill_by, total,
    tax_total, billed, open_amount, deposit_balance, deposit, received, to_collect, planned, fulfilment, payment,
    progress, commission_rate, {STAMPS})
    SELECT %(id)s, {NUMBER}, 'draft', %(customer)s, %(name)s, lower(%(name)s), %(today)s, %(due)s, %(today)s,
    %(warehouse)s, %(salesperson)s, %(method)s, %(pay_first)s, 'normal', %(over)s, 'shipped', %(total)s, %(tax)s, 0, 0,
    0, 0, 0, 0, 0, 'none', 'none', 'draft', 0, {STAMPED} FROM counter"""
NEW_ORDER_LINES = """INSERT INTO sales_order__lines (id, parent, position, product, unit, quantity, base_quantity,
    price, discount, tax_rate, amount, tax) SELECT k.id, %(id)s, k.nth, k.product, k.unit, k.quantity, k.quantity,
    k.price, 0, k.rate, k.amount, k.tax FROM unnest(%(ids)s::bigint[], %(products)s::bigint[], %(units)s::bigint[],
    %(quantities)s::numeric[], %(prices)s::numeric[], %(rates)s::numeric[], %(amounts)s::numeric[],
    %(taxes)s::numeric[]) WITH ORDINALITY AS k (id, product, unit, quantity, price, rate, amount, tax, nth)"""

ORDER = """SELECT o.customer, o.customer_name, o.warehouse, o.salesperson, o.total, o.tax_total, o.due_on, o.ship_on,
    c.credit_limit, c.active FROM sales_order o JOIN customer c ON c.id = o.customer
    WHERE o.id = %(id)s AND o.state = 'draft' FOR NO KEY UPDATE OF o"""
ORDER_LINES = """SELECT l.id, l.product, l.base_quantity, l.price, l.amount, l.tax, p.active FROM sales_order__lines l
    JOIN product p ON p.id = l.product WHERE l.parent = %(id)s ORDER BY l.position"""
ORDER_IDS = """SELECT ARRAY(SELECT nextval('record_id') FROM sales_order__lines WHERE parent = %(id)s),
    ARRAY(SELECT nextval('ledger_hold_id') FROM sales_order__lines WHERE parent = %(id)s),
    ARRAY(SELECT nextval('ledger_hold_id') FROM sales_order__lines WHERE parent = %(id)s), nextval('ledger_hold_id'),
    nextval('record_id'), nextval('ledger_journal_id')"""
CUSTOMER_ACCOUNT = """INSERT INTO ledger_account (role, party, kept) SELECT %(role)s, %(customer)s, true
    WHERE NOT EXISTS (SELECT FROM ledger_account WHERE role = %(role)s AND item = 0 AND place = 0 AND lot = 0
    AND party = %(customer)s AND document = 0) ON CONFLICT DO NOTHING"""
ORDER_ACCOUNTS = """SELECT id, role, item, quantity - taken_quantity, amount + expected_amount FROM ledger_account
    WHERE id = ANY(ARRAY(SELECT a.id FROM sales_order__lines l JOIN sales_order o ON o.id = l.parent
            JOIN ledger_account a ON a.role = 'on_hand' AND a.item = l.product AND a.place = o.warehouse AND a.lot = 0
            AND a.party = 0 AND a.document = 0 WHERE o.id = %(id)s
        UNION ALL SELECT a.id FROM ledger_account a WHERE a.role IN ('receivable', 'customer_prepayment',
            'order_deposit', 'collection_plan') AND a.item = 0 AND a.place = 0 AND a.lot = 0 AND a.party = %(customer)s
            AND a.document = 0)) ORDER BY id FOR NO KEY UPDATE"""
APPROVED = """UPDATE sales_order SET state = 'approved', to_collect = total, balance_due = total, planned = total,
    progress = 'awaiting_shipment', approved_on = %(today)s, version = version + 1, updated_at = %(now)s,
    updated_by = 0 WHERE id = %(id)s"""
RESERVED = "UPDATE sales_order__lines SET shipped = 0, waiting = 0, to_ship = base_quantity WHERE parent = %(id)s"
HOLDS = """INSERT INTO ledger_hold (id, name, account, form, document, line, sign, due, waits, wanted_quantity,
    wanted_amount) SELECT k.id, k.name, k.account, %(form)s, %(id)s, k.line, k.sign, k.due, k.sign < 0, k.quantity,
    k.amount FROM unnest(%(holds)s::bigint[], %(names)s::text[], %(accounts)s::bigint[], %(lines)s::bigint[],
    %(signs)s::smallint[], %(dues)s::date[], %(quantities)s::numeric[], %(amounts)s::numeric[])
    AS k (id, name, account, line, sign, due, quantity, amount)"""
PLACED = """INSERT INTO ledger_hold_change (journal, position, hold, kind, line, wanted_quantity, wanted_amount)
    SELECT %(journal)s, %(behind)s + k.nth, k.hold, 'place', k.line, k.quantity, k.amount
    FROM unnest(%(holds)s::bigint[], %(lines)s::bigint[], %(quantities)s::numeric[], %(amounts)s::numeric[])
    WITH ORDINALITY AS k (hold, line, quantity, amount, nth)"""
PROMISED = """UPDATE ledger_account a SET taken_quantity = taken_quantity + k.quantity, floor = k.floor,
    expected_quantity = expected_quantity + k.pieces, expected_amount = expected_amount + k.amount
    FROM unnest(%(balances)s::bigint[], %(taken)s::numeric[], %(pieces)s::numeric[], %(expected)s::numeric[],
    %(floors)s::numeric[]) AS k (id, quantity, pieces, amount, floor) WHERE a.id = k.id"""
NEW_DELIVERY = f"""{COUNTER} INSERT INTO sales_delivery (id, number, state, "order", customer, customer_name, search,
    salesperson, warehouse, shipped_on, total, tax_total, to_invoice, receivable_at, {STAMPS}) SELECT %(id)s, {NUMBER},
    'draft', %(order)s, %(customer)s, %(name)s, lower(%(name)s), %(salesperson)s, %(warehouse)s, %(today)s, %(total)s,
    %(tax)s, 0, %(receivable_at)s, {STAMPED} FROM counter"""
NEW_DELIVERY_LINES = """INSERT INTO sales_delivery__lines (id, parent, position, order_line, product, quantity, price,
    up_to_here, billed_before, amount, tax) SELECT k.id, %(id)s, k.nth, k.line, k.product, k.quantity, k.price,
    k.quantity, 0, k.amount, k.tax
    FROM unnest(%(ids)s::bigint[], %(lines)s::bigint[], %(products)s::bigint[], %(quantities)s::numeric[],
    %(prices)s::numeric[], %(amounts)s::numeric[], %(taxes)s::numeric[])
    WITH ORDINALITY AS k (id, line, product, quantity, price, amount, tax, nth)"""

DELIVERY = """SELECT d."order", d.customer, d.total, d.tax_total, nextval('ledger_journal_id'),
    ARRAY(SELECT nextval('ledger_hold_id') FROM sales_delivery__lines WHERE parent = d.id) FROM sales_delivery d
    JOIN sales_order o ON o.id = d."order" AND o.state = 'approved' WHERE d.id = %(id)s AND d.state = 'draft'
    FOR NO KEY UPDATE"""
DELIVERY_LINES = """SELECT id, order_line, product, quantity, amount, tax FROM sales_delivery__lines
    WHERE parent = %(id)s ORDER BY position"""
GOODS_ACCOUNTS = """INSERT INTO ledger_account (role, item, party, kept) SELECT r.role, l.product, d.customer, r.kept
    FROM sales_delivery d JOIN sales_delivery__lines l ON l.parent = d.id
    CROSS JOIN (VALUES ('cost_of_sales', false), ('revenue', false), ('sales_to_invoice', true)) AS r (role, kept)
    WHERE d.id = %(id)s AND NOT EXISTS (
        SELECT FROM ledger_account a WHERE a.role = r.role AND a.item = l.product AND a.party = d.customer
        AND a.place = 0 AND a.lot = 0 AND a.document = 0) ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING"""
TAX_ACCOUNT = """INSERT INTO ledger_account (role, kept) SELECT 'output_tax', false
    WHERE NOT EXISTS (SELECT FROM ledger_account WHERE role = 'output_tax') ON CONFLICT DO NOTHING"""
ORDER_LEAF = """INSERT INTO ledger_account (role, party, document, control, kept)
    SELECT a.role, a.party, d."order", a.id, true FROM sales_delivery d JOIN ledger_account a ON a.role = 'receivable'
    AND a.item = 0 AND a.place = 0 AND a.lot = 0 AND a.party = d.customer AND a.document = 0 WHERE d.id = %(id)s
    ON CONFLICT DO NOTHING"""
DELIVERY_ACCOUNTS = """SELECT id, role, item, document, own_quantity, own_amount FROM ledger_account
    WHERE id = ANY(ARRAY(SELECT a.id FROM sales_delivery d JOIN sales_delivery__lines l ON l.parent = d.id
            JOIN ledger_account a ON a.role = 'on_hand' AND a.item = l.product AND a.place = d.warehouse AND a.lot = 0
            AND a.party = 0 AND a.document = 0 WHERE d.id = %(id)s
        UNION ALL SELECT a.id FROM sales_delivery d JOIN sales_delivery__lines l ON l.parent = d.id
            JOIN ledger_account a ON a.role = 'sales_to_invoice' AND a.item = l.product AND a.party = d.customer
            AND a.place = 0 AND a.lot = 0 AND a.document = 0 WHERE d.id = %(id)s
        UNION ALL SELECT a.id FROM sales_delivery d JOIN ledger_account a ON a.role = 'receivable' AND a.item = 0
            AND a.place = 0 AND a.lot = 0 AND a.party = d.customer AND a.document IN (0, d."order")
            WHERE d.id = %(id)s)) ORDER BY id FOR NO KEY UPDATE"""
SUMMED = """SELECT a.role, a.item, a.id FROM sales_delivery d JOIN sales_delivery__lines l ON l.parent = d.id
        CROSS JOIN (VALUES ('cost_of_sales'), ('revenue')) AS r (role) JOIN ledger_account a ON a.role = r.role
        AND a.item = l.product AND a.party = d.customer AND a.place = 0 AND a.lot = 0 AND a.document = 0
        WHERE d.id = %(id)s
    UNION ALL SELECT role, item, id FROM ledger_account WHERE role = 'output_tax' AND item = 0 AND place = 0
        AND lot = 0 AND party = 0 AND document = 0"""
OPEN_HOLDS = """SELECT h.id, h.line, h.open_quantity, h.open_amount FROM ledger_hold h
    JOIN sales_delivery d ON d."order" = h.document WHERE d.id = %(id)s AND h.name IN ('reserve', 'collect')
    AND h.is_open ORDER BY h.line = 0, h.id"""
SHIPPED = """UPDATE sales_delivery SET state = 'shipped', to_invoice = total, version = version + 1,
    updated_at = %(now)s, updated_by = 0 WHERE id = %(id)s"""
TO_INVOICE = """UPDATE sales_delivery__lines SET to_invoice = amount, to_invoice_quantity = quantity
    WHERE parent = %(id)s"""
ENTRIES = """INSERT INTO ledger_entry (journal, position, account, control, booked_on, line, quantity, amount)
    SELECT %(journal)s, k.nth, k.account, k.control, %(today)s, k.line, k.quantity, k.amount
    FROM unnest(%(accounts)s::bigint[], %(controls)s::bigint[], %(lines)s::bigint[], %(quantities)s::numeric[],
    %(amounts)s::numeric[]) WITH ORDINALITY AS k (account, control, line, quantity, amount, nth)"""
BALANCES = """UPDATE ledger_account a SET quantity = a.quantity + k.quantity, amount = a.amount + k.amount,
    own_quantity = a.own_quantity + k.quantity, own_amount = a.own_amount + CASE WHEN k.own THEN k.amount ELSE 0 END,
    taken_quantity = a.taken_quantity - k.taken, expected_amount = a.expected_amount - k.expected, last_on = %(today)s
    FROM unnest(%(accounts)s::bigint[], %(quantities)s::numeric[], %(amounts)s::numeric[], %(taken)s::numeric[],
    %(expected)s::numeric[], %(own)s::boolean[]) AS k (id, quantity, amount, taken, expected, own) WHERE a.id = k.id"""
TOTALS = """INSERT INTO ledger_total AS t (account, month, shard, quantity_in, quantity_out, amount_in, amount_out)
    SELECT k.account, %(month)s, CASE WHEN k.summed THEN pg_backend_pid() %% 8 ELSE 0 END, greatest(k.quantity, 0),
    greatest(-k.quantity, 0), greatest(k.amount, 0), greatest(-k.amount, 0)
    FROM unnest(%(accounts)s::bigint[], %(summed)s::boolean[], %(quantities)s::numeric[], %(amounts)s::numeric[])
    AS k (account, summed, quantity, amount) ORDER BY 1
    ON CONFLICT (account, month, shard) DO UPDATE SET quantity_in = t.quantity_in + excluded.quantity_in,
    quantity_out = t.quantity_out + excluded.quantity_out, amount_in = t.amount_in + excluded.amount_in,
    amount_out = t.amount_out + excluded.amount_out"""
SETTLED = """UPDATE ledger_hold SET settled_quantity = settled_quantity + open_quantity,
    settled_amount = settled_amount + open_amount WHERE id = ANY(%(holds)s::bigint[])"""
SETTLES = """INSERT INTO ledger_hold_change (journal, position, hold, kind, line, settled_quantity, settled_amount)
    SELECT %(journal)s, k.nth, k.hold, 'settle', k.line, k.quantity, k.amount FROM unnest(%(holds)s::bigint[],
    %(lines)s::bigint[], %(quantities)s::numeric[], %(amounts)s::numeric[])
    WITH ORDINALITY AS k (hold, line, quantity, amount, nth)"""
LINES_SHIPPED = """UPDATE sales_order__lines SET shipped = shipped + to_ship, to_ship = 0, billed = amount
    WHERE parent = %(id)s"""
BILLED = """UPDATE sales_order SET billed = billed + %(total)s, open_amount = open_amount + %(total)s,
    to_collect = open_amount + %(total)s, fulfilment = 'full', progress = 'shipped' WHERE id = %(id)s"""

MAIN_ACCOUNT = "SELECT main_account, nextval('ledger_journal_id') FROM company"
CASH_ACCOUNT = """INSERT INTO ledger_account (role, place, kept) SELECT 'cash', c.main_account, true FROM company c
    WHERE NOT EXISTS (SELECT FROM ledger_account WHERE role = 'cash' AND place = c.main_account)
    ON CONFLICT DO NOTHING"""
RECEIPT_ACCOUNTS = """SELECT id, role FROM ledger_account WHERE id = ANY(ARRAY(
        SELECT a.id FROM ledger_account a JOIN company c ON a.place = c.main_account WHERE a.role = 'cash'
        UNION ALL SELECT id FROM ledger_account WHERE role = 'customer_prepayment' AND item = 0 AND place = 0
        AND lot = 0 AND party = %(customer)s AND document = 0)) ORDER BY id FOR NO KEY UPDATE"""
NEW_RECEIPT = f"""{COUNTER} INSERT INTO receipt (id, version, number, state, customer, customer_name, search,
    money_account, received_on, amount, fee, commission, prepayment_balance, unallocated, {STAMPS})
    SELECT %(id)s, 2, {NUMBER}, 'posted', %(customer)s, %(name)s, lower(%(name)s), %(account)s, %(today)s, %(amount)s,
    0, 0, -%(amount)s, %(amount)s, {STAMPED} FROM counter"""
RECEIPT_LEAF = """INSERT INTO ledger_account (role, party, document, control, kept, amount, own_amount, last_on)
    VALUES ('customer_prepayment', %(customer)s, %(id)s, %(control)s, true, -%(amount)s, -%(amount)s, %(today)s)"""
RECEIPT_BOOKED = """WITH known AS (SELECT a.id, a.control FROM ledger_account a WHERE a.role = 'customer_prepayment'
        AND a.document = %(id)s), moved AS (SELECT * FROM (VALUES (1, %(cash)s::bigint, %(amount)s::numeric),
        (2, (SELECT id FROM known), -%(amount)s::numeric)) AS m (nth, account, amount)),
    entered AS (INSERT INTO ledger_entry (journal, position, account, control, booked_on, line, quantity, amount)
        SELECT %(journal)s, nth, account, CASE nth WHEN 2 THEN %(control)s ELSE 0 END, %(today)s, 0, 0, amount
        FROM moved)
    INSERT INTO ledger_total AS t (account, month, amount_in, amount_out)
    SELECT account, %(month)s, greatest(amount, 0), greatest(-amount, 0) FROM (SELECT account, amount FROM moved
        UNION ALL SELECT control, -%(amount)s FROM known) AS k ORDER BY 1
    ON CONFLICT (account, month, shard) DO UPDATE SET amount_in = t.amount_in + excluded.amount_in,
    amount_out = t.amount_out + excluded.amount_out"""
RECEIPT_BALANCES = """UPDATE ledger_account a SET amount = a.amount + k.amount, own_amount = a.own_amount + k.own,
    last_on = %(today)s FROM (VALUES (%(cash)s::bigint, %(amount)s::numeric, %(amount)s::numeric),
    (%(control)s, -%(amount)s, 0)) AS k (id, amount, own) WHERE a.id = k.id"""

ALLOCATED_ORDER = """SELECT open_amount, total, nextval('ledger_journal_id') FROM sales_order
    WHERE id = %(order)s AND customer = %(customer)s FOR NO KEY UPDATE"""
ALLOCATED_PLAN = """SELECT id, account, open_amount FROM ledger_hold WHERE document = %(order)s
    AND name = 'balance_due' AND is_open"""
ALLOCATED_RECEIPT = """SELECT unallocated FROM receipt WHERE id = %(receipt)s AND customer = %(customer)s
    FOR NO KEY UPDATE"""
ALLOCATION_ACCOUNTS = """SELECT id, role, document FROM ledger_account WHERE item = 0 AND place = 0 AND lot = 0
    AND party = %(customer)s AND (role, document) IN (('receivable', 0), ('receivable', %(order)s),
    ('customer_prepayment', 0), ('customer_prepayment', %(receipt)s), ('collection_plan', 0))
    ORDER BY id FOR NO KEY UPDATE"""
NEW_ALLOCATION = f"""{COUNTER} INSERT INTO allocation (id, version, number, state, customer, customer_name, search,
    allocated_on, total, {STAMPS}) SELECT %(id)s, 2, {NUMBER}, 'allocated', %(customer)s, %(name)s, lower(%(name)s),
    %(today)s, %(amount)s, {STAMPED} FROM counter"""
NEW_ALLOCATION_LINE = """INSERT INTO allocation__lines (id, parent, position, receipt, "order", amount,
    commission) VALUES (%(line)s, %(id)s, 1, %(receipt)s, %(order)s, %(amount)s, 0)"""
PLAN_SETTLED = """UPDATE ledger_hold SET settled_amount = settled_amount + %(amount)s WHERE id = %(plan)s"""
PLAN_KEPT = """UPDATE ledger_account SET expected_amount = expected_amount - %(amount)s WHERE id = %(planned)s"""
RECEIPT_USED = """UPDATE receipt SET prepayment_balance = prepayment_balance + %(amount)s,
    unallocated = unallocated - %(amount)s WHERE id = %(receipt)s"""
ORDER_PAID = """UPDATE sales_order SET open_amount = open_amount - %(amount)s, received = received + %(amount)s,
    to_collect = to_collect - %(amount)s, balance_due = balance_due - %(amount)s, planned = planned - %(amount)s,
    balance_settled = balance_settled + %(amount)s, payment = 'full', progress = 'completed' WHERE id = %(order)s"""
