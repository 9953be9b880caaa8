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


def _statements(*texts: str) -> list[Statement]:
    return [Statement(text) for text in texts]
