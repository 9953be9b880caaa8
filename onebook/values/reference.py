"""Pointing at a record: its form and its id, which is unique in the whole company."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class RecordRef:
    """A record of a form. Ids come from one sequence per company, so the id alone is enough to tell records apart."""

    form: str
    id: int

    def __str__(self) -> str:
        """As in paths and logs: `sales_order/7`."""
        return f"{self.form}/{self.id}"
