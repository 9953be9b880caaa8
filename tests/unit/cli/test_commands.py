"""The command line, run for real against a database of the test server."""

import io
import socket
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner, Result

from onebook.bootstrap import opened
from onebook.entrypoints.cli.commands import create
from onebook.storage.database import Database
from onebook.storage.schema import Company, company_named
from onebook.storage.settings import Settings

Run = Callable[..., Result]
COMMANDS = (
    "serve", "worker", "migrate", "check", "explain", "doctor", "import", "export", "company create", "company list",
    "apps install", "login create", "login password", "login disable",
)  # fmt: skip


@pytest.fixture(scope="module")
def run(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Run:
    settings = Settings(tmp_path_factory.mktemp("home"), database.url)
    app = create(partial(opened, settings))
    environment = {"ONEBOOK_LANGUAGE": "en", "TERM": "dumb", "COLUMNS": "200", "ONEBOOK_DATABASE_URL": database.url}

    def invoke(*words: str, **changed: str) -> Result:
        return CliRunner().invoke(app, list(words), env={**environment, **changed})

    return invoke


@pytest.fixture(scope="module")
def trader(run: Run) -> str:
    result = run("company", "create", "甲公司")
    assert result.exit_code == 0, result.output
    return "甲公司"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(run: Run, command: str) -> None:
    result = run(*command.split(), "--help")
    assert result.exit_code == 0
    assert "Usage" in result.output


def test_companies_are_made_and_listed(run: Run, trader: str) -> None:
    assert trader in run("company", "list").output
    again = run("company", "create", trader)
    assert (again.exit_code, again.stderr.strip()) == (2, f"There is a company named “{trader}” already.")
    assert "已有名为" in run("company", "create", trader, ONEBOOK_LANGUAGE="zh_CN.UTF-8").stderr


def test_a_company_that_does_not_exist_is_refused_with_those_that_do(run: Run, trader: str) -> None:
    result = run("check", "--company", "nobody")
    assert result.exit_code == 2
    assert trader in result.stderr


def test_installing_apps_again_keeps_what_is_there(run: Run, trader: str) -> None:
    result = run("apps", "install", "base", "sales", "--company", trader)
    assert (result.exit_code, result.stderr) == (0, "")
    assert run("explain", "purchase_order", "approve").exit_code == 0


CLUB = "app: club\nlabel: 俱乐部 | Club\n"
MEMBER = """form: member
label: 会员 | Member
kind: master
title: name
fields:
  name: {{kind: text, label: 名称 | Name, required: true}}
  points: {{kind: {kind}, label: 积分 | Points{more}}}
"""


def _club(folder: Path, kind: str, more: str = "") -> str:
    folder.mkdir(exist_ok=True)
    (folder / "app.yaml").write_text(CLUB, encoding="utf-8")
    (folder / "member.yaml").write_text(MEMBER.format(kind=kind, more=more), encoding="utf-8")
    return str(folder)


@pytest.mark.usefixtures("trader")
def test_what_is_wrong_with_an_app_is_told_with_file_path_and_reason(run: Run, tmp_path: Path) -> None:
    """What no file can be told alone (a link to a form that is not there) names file and line all the same."""
    for folder, place in (
        (_club(tmp_path / "unknown", "anything"), "member.yaml:7 form member: fields.points.kind: "),
        (_club(tmp_path / "nowhere", "link", ", to: nobody"), "member.yaml:7 form member: fields.points.to: "),
    ):
        refused = run("apps", "install", folder)
        assert refused.exit_code == 2
        assert place in refused.stderr
    nothing = run("apps", "install", str(tmp_path / "nothing"))
    assert nothing.exit_code == 2
    assert "neither a folder nor an app" in nothing.stderr


@pytest.mark.usefixtures("trader")
def test_values_that_would_be_lost_are_told_and_given_up_only_when_asked(run: Run, tmp_path: Path) -> None:
    assert run("apps", "install", _club(tmp_path / "club", "text")).exit_code == 0
    source = tmp_path / "members.csv"
    source.write_text("名称,积分\n张三,10\n李四,abc\n", encoding="utf-8")
    assert run("import", "member", str(source)).exit_code == 0
    numbers = _club(tmp_path / "club", "number")
    refused = run("apps", "install", numbers)
    assert refused.exit_code == 2
    assert "abc" in refused.stderr
    assert run("apps", "install", numbers, "--accept").exit_code == 0
    target = tmp_path / "members.csv"
    assert run("export", "member", str(target), "--columns", "name,points").exit_code == 0
    rows = [line.split(",") for line in target.read_text(encoding="utf-8-sig").splitlines()[1:]]
    assert {name: Decimal(points) if points else None for name, points in rows} == {"张三": Decimal(10), "李四": None}


def test_an_address_that_others_listen_on_is_refused_before_anything_is_done(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = run("serve", "--port", port, ONEBOOK_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert refused.exit_code == 2
    assert port in refused.stderr
    assert "Onebook" not in refused.stdout
    assert run("serve", "--public-url", "book.example.com").exit_code == 2


def test_why_the_database_does_not_answer_is_told_at_the_terminal() -> None:
    settings = Settings(Path(), "postgresql://nobody@127.0.0.1:1/none")
    refused = CliRunner().invoke(create(partial(opened, settings)), ["migrate"], env={"ONEBOOK_LANGUAGE": "en"})
    assert refused.exit_code == 2
    assert "refused" in refused.stderr


def test_transitions_are_explained_or_refused_in_words(run: Run, trader: str) -> None:
    explained = run("explain", "sales_order", "approve", "--company", trader)
    assert explained.exit_code == 0
    assert "Sales delivery" in explained.output
    refused = run("explain", "sales_order", "fly")
    assert refused.exit_code == 2
    assert "fly" in refused.stderr


def test_a_login_is_made_with_its_user(run: Run, trader: str) -> None:
    made = run(
        "login", "create", "li.lei", "--user", "李雷", "--company", trader, ONEBOOK_PASSWORD="correct horse battery"
    )
    assert made.exit_code == 0, made.output
    again = run("login", "create", "li.lei", ONEBOOK_PASSWORD="correct horse battery")
    assert again.exit_code == 2
    weak = run("login", "create", "wei.hua", ONEBOOK_PASSWORD="1")
    assert weak.exit_code == 2
    assert run("login", "disable", "nobody").exit_code == 2


@pytest.mark.usefixtures("trader")
def test_files_go_in_and_come_out(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "departments.csv"
    source.write_text("名称\n销售部\n仓储部\n", encoding="utf-8")
    assert "new 2" in run("import", "department", str(source), "--preview").output
    taken = run("import", "department", str(source))
    assert taken.exit_code == 0, taken.output
    assert "new 2" in taken.output
    text = tmp_path / "out.csv"
    assert run("export", "department", str(text)).exit_code == 0
    assert "仓储部" in text.read_text(encoding="utf-8-sig")
    book = tmp_path / "out.xlsx"
    assert run("export", "department", str(book)).exit_code == 0
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book.read_bytes())).get_sheet_by_index(0)
    assert any("仓储部" in row for row in sheet.to_python())


def test_whoever_may_not_export_takes_nothing_out_here_either(run: Run, trader: str, tmp_path: Path) -> None:
    words = ("login", "create", "han.mei", "--user", "韩梅", "--company", trader)
    assert run(*words, ONEBOOK_PASSWORD="correct horse battery").exit_code == 0
    target = tmp_path / "out.csv"
    refused = run("export", "department", str(target), "--as", "han.mei")
    assert refused.exit_code == 2
    assert "may not" in refused.stderr
    assert not target.exists()


@pytest.mark.usefixtures("trader")
def test_files_that_are_wrong_are_refused(run: Run, tmp_path: Path) -> None:
    missing = run("import", "department", str(tmp_path / "nothing.xlsx"))
    assert missing.exit_code == 2
    assert "nothing.xlsx" in missing.stderr
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 this is no workbook")
    assert run("import", "department", str(broken)).exit_code == 2
    unknown = tmp_path / "unknown.csv"
    unknown.write_text("kingdom\nx\n", encoding="utf-8")
    assert run("import", "department", str(unknown)).exit_code == 2
    assert run("export", "department", str(tmp_path / "no" / "where.csv")).exit_code == 2
    assert run("export", "unicorn", str(tmp_path / "x.csv")).exit_code == 2
    assert ".xlsx, .csv" in run("export", "department", str(tmp_path / "x.txt")).stderr
    assert not (tmp_path / "x.txt").exists()


def test_a_clean_book_is_said_to_be_right(run: Run, trader: str) -> None:
    result = run("check")
    assert (result.exit_code, result.output.strip()) == (0, f"{trader}: the books are right")


def test_the_doctor_finds_what_would_lose_documents(run: Run, trader: str) -> None:
    """The server of the tests does not write through; a real one would be told to."""
    result = run("doctor")
    assert result.exit_code == 1
    assert "NO  Durability" in result.output
    assert trader in result.output


def test_the_doctor_tells_of_messages_that_were_given_up(run: Run, trader: str, database: Database) -> None:
    assert "ok  Messages: 0 waiting, 0 given up" in run("doctor").output
    with database.administration() as connection:
        schema = company_named(connection, trader).schema
    with database.administration(schema) as connection:
        connection.execute(
            "INSERT INTO onebook_message (kind, channel, by, state) VALUES ('rule', 'team', 0, 'dead'),"
            " ('rule', 'team', 0, 'held')"
        )
        connection.execute(
            "INSERT INTO onebook_channel (name, kind, label, error, by) VALUES ('team', 'wecom', 'Team', '{}', 0)"
        )
    told = run("doctor")
    assert told.exit_code == 1
    assert f"NO  Messages: 1 waiting, 1 given up; channels that fail: {trader}: team" in told.output
    with database.administration(schema) as connection:
        connection.execute("DELETE FROM onebook_message")
        connection.execute("DELETE FROM onebook_channel")


def test_a_published_company_has_a_clean_book(published: tuple[Database, Company], tmp_path: Path) -> None:
    database, company = published
    with opened(Settings(tmp_path, database.url)) as house:
        assert house.application.check(company.schema) == []
