"""Texts of refusals: filled with their data, in the user's language, with every cause and its place."""

from decimal import Decimal

from onebook.locale.texts import problem_texts, text, text_of
from onebook.storage.schema import CompanyUnknown
from onebook.values.label import CHINESE, ENGLISH, Label
from onebook.values.refusal import Problem


def test_a_refusal_speaks_the_readers_language() -> None:
    refusal = CompanyUnknown(name="甲", known=["乙", "丙"])
    assert text_of(refusal, CHINESE) == "没有名为“甲”的公司。现有公司：乙、丙。"
    assert text_of(refusal, ENGLISH) == "There is no company named “甲”. Known companies: 乙, 丙."
    assert text_of(refusal, "fr") == text_of(refusal, CHINESE)


def test_missing_data_and_missing_texts_stay_readable() -> None:
    assert text("storage.company_exists", {}, ENGLISH) == "There is a company named “{name}” already."
    assert text("nowhere.to_be_found", {"a": 1}, ENGLISH) == "nowhere.to_be_found {'a': 1}"


def test_labels_are_written_in_the_readers_language() -> None:
    data = {"name": Label("客户", "Customer")}
    assert "“客户”" in text("storage.company_exists", data, CHINESE)
    assert "“Customer”" in text("storage.company_exists", data, ENGLISH)


def test_numbers_are_written_plainly() -> None:
    assert "“1.5”" in text("storage.company_exists", {"name": Decimal("1.500000")}, ENGLISH)
    assert "“-1,234,567.5”" in text("storage.company_exists", {"name": Decimal("-1234567.500")}, ENGLISH)
    assert "“100”" in text("storage.company_exists", {"name": Decimal("1E+2")}, ENGLISH)


def test_each_cause_names_its_place() -> None:
    refusal = CompanyUnknown([Problem("storage.company_exists", "lines.name", 3, {"name": "x"})], name="y", known=[])
    assert problem_texts(refusal, ENGLISH) == ["row 3 lines.name: There is a company named “x” already."]
    assert problem_texts(refusal, CHINESE) == ["第 3 行 lines.name：已有名为“x”的公司。"]
