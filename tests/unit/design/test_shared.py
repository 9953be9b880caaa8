"""Companies that published the same share what is made of it in memory; what one of them changes is its own."""

from onebook.access.actor import SYSTEM
from onebook.definition.read import read_text
from onebook.engines.application import Application
from onebook.engines.process.command import Command, Create
from onebook.storage.database import Database
from onebook.storage.schema import create_company
from onebook.values.reference import RecordRef
from tests.unit.design.test_changes import TOOLS, changed


def test_two_companies_share_what_they_published_until_one_of_them_publishes_anew(database: Database) -> None:
    application = Application(database)
    with database.administration() as connection:
        schemas = [create_company(connection, name).schema for name in ("One", "Another")]
    for schema in schemas:
        application.publish(schema, [read_text(TOOLS)], SYSTEM)
    one, another = (application.ground(schema) for schema in schemas)
    assert one.catalog is another.catalog
    assert one.forms is another.forms

    def made(schema: str, **values: str) -> RecordRef:
        return application.execute(schema, Command(Create("tool", values), SYSTEM)).record

    def read(schema: str, record: RecordRef) -> dict[str, object]:
        found: dict[str, object] = application.read(schema, SYSTEM, record, "en")["values"]
        return found

    # The same compiled texts reach each its own tables.
    first, second = made(schemas[0], name="Saw"), made(schemas[1], name="Hammer")
    assert read(schemas[0], first)["name"] == "Saw"
    assert read(schemas[1], second)["name"] == "Hammer"

    application.publish(schemas[0], changed(("size: {", "width: {was: size, ")), SYSTEM)
    assert application.ground(schemas[0]).catalog is not another.catalog
    assert application.ground(schemas[1]).catalog is another.catalog
    assert {"width", "size"} & read(schemas[0], made(schemas[0], name="File", width="12")).keys() == {"width"}
    assert {"width", "size"} & read(schemas[1], made(schemas[1], name="File", size="12")).keys() == {"size"}
