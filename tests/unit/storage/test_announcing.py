"""Announcements: packed so that the server takes them, in their order, each company's apart."""

from onebook.storage.announcing import LONGEST, opened, pieces


def test_messages_of_one_company_travel_together_and_never_with_another_ones() -> None:
    told = [("a", {"n": 1}), ("a", {"n": 2}), ("b", {"n": 3}), ("a", {"n": 4})]
    found = [opened(piece) for piece in pieces(told)]
    assert found == [("a", [{"n": 1}, {"n": 2}]), ("b", [{"n": 3}]), ("a", [{"n": 4}])]


def test_no_piece_is_longer_than_the_server_takes() -> None:
    told = [("公司", {"form": "x", "record": n, "by": {"id": n, "title": "名" * (n % 50)}}) for n in range(1_000)]
    found = list(pieces(told))
    assert max(len(piece.encode()) for piece in found) <= LONGEST
    assert [message for piece in found for message in opened(piece)[1]] == [message for _, message in told]
    assert len(found) > 5
    assert list(pieces([("a", {"text": "x" * LONGEST})])) == []
