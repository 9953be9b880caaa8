"""Publishing the shipped apps into an empty company, and again."""

from onebook.definition.shipped import shipped_apps
from onebook.engines.design.publish import installed, publish
from onebook.storage.database import Database
from onebook.storage.schema import Company
from onebook.storage.transaction import Statement


def test_shipped_apps_publish_and_read_back(database: Database, company: Company) -> None:
    published = publish(database, company.schema, shipped_apps())
    assert published.version == 1
    catalog = installed(database, company.schema)
    assert catalog is not None
    assert catalog.version == published.catalog.version
    with database.transaction(company.schema) as transaction:
        ((subjects,),), ((name, warehouse),) = transaction.run(
            *_statements(
                "SELECT count(*) FROM subject",
                "SELECT company.name, warehouse.name FROM company JOIN warehouse ON warehouse.id = main_warehouse",
            )
        )
    assert subjects == 66
    assert (name, warehouse) == ("我的公司", "主仓库")


def test_publishing_again_changes_nothing(database: Database, company: Company) -> None:
    publish(database, company.schema, shipped_apps())
    again = publish(database, company.schema, shipped_apps())
    assert again.version == 2
    assert again.change.is_empty
    assert again.planted == 0


def test_indexes_that_a_company_does_not_have_yet_come_with_the_next_publication(
    database: Database, company: Company
) -> None:
    publish(database, company.schema, shipped_apps())
    names = ("sales_order_list_ordered", "sales_order_number_found", "product_deleted_at_binned")
    with database.administration(company.schema) as connection:
        for name in names:
            connection.execute(f"DROP INDEX {name}".encode())
    publish(database, company.schema, shipped_apps())
    with database.transaction(company.schema) as transaction:
        [rows] = transaction.run(Statement("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"))
    assert {name for (name,) in rows} >= set(names)


def test_indexes_that_the_product_says_otherwise_by_now_are_made_anew_and_no_others(
    database: Database, company: Company
) -> None:
    """What an earlier release made under the same name, or made without a mark, or wants no more."""
    publish(database, company.schema, shipped_apps())
    before = _indexes(database, company)
    with database.administration(company.schema) as connection:
        connection.execute("DROP INDEX product_search__index")
        connection.execute("CREATE INDEX product_search__index ON product (search)")
        connection.execute("COMMENT ON INDEX customer_search__index IS NULL")
        connection.execute("CREATE INDEX product_of_old ON product (code)")
    publish(database, company.schema, shipped_apps())
    after = _indexes(database, company)
    assert {name: text for name, (_, text) in after.items()} == {name: text for name, (_, text) in before.items()}
    anew = {name for name, (number, _) in after.items() if before[name][0] != number}
    assert anew == {"product_search__index", "customer_search__index"}


def _indexes(database: Database, company: Company) -> dict[str, tuple[int, str]]:
    """Number and definition of every index of the company's own tables."""
    with database.transaction(company.schema) as transaction:
        [rows] = transaction.run(
            Statement(
                "SELECT relname, oid::bigint, pg_get_indexdef(oid) FROM pg_class"
                " WHERE relkind = 'i' AND relnamespace = current_schema()::regnamespace"
            )
        )
    return {name: (number, text) for name, number, text in rows}


def _statements(*texts: str) -> list[Statement]:
    return [Statement(text) for text in texts]
