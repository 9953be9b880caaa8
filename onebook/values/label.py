"""A word in each language of the product: Chinese first, English beside it."""

from dataclasses import dataclass
from typing import Final

CHINESE: Final = "zh-CN"
ENGLISH: Final = "en"
LANGUAGES: Final = (CHINESE, ENGLISH)


@dataclass(frozen=True, slots=True)
class Label:
    """What users call a thing. Written `客户 | Customer`; without the second half the Chinese serves both."""

    chinese: str
    english: str

    @classmethod
    def parse(cls, text: str) -> "Label":
        """Read `客户 | Customer` or `客户`."""
        chinese, _, english = (part.strip() for part in text.partition("|"))
        return cls(chinese, english or chinese)

    def in_language(self, language: str) -> str:
        """The word in a language; unknown languages read Chinese."""
        return self.english if language == ENGLISH else self.chinese

    def __str__(self) -> str:
        """As it is written in a declaration."""
        return self.chinese if self.chinese == self.english else f"{self.chinese} | {self.english}"
