"""The words that every print bears, whatever is printed."""

from typing import Final

from onebook.values.label import Label

PAGE_TOTAL: Final = Label("本页小计", "This page")
TOTAL: Final = Label("合计", "Total")
PAGES: Final = Label("第 {page} 页/共 {pages} 页", "Page {page} of {pages}")
DRAFT: Final = Label("草稿", "Draft")
PRINTED: Final = Label("打印：{at}　{who}", "Printed {at} by {who}")
AGAIN: Final = Label("{printed}　第 {count} 次打印", "{printed}, print no. {count}")
CAPITAL: Final = Label("{label}（大写）", "{label}")
OPENING: Final = Label("期初余额", "Brought forward")
CLOSING: Final = Label("期末余额", "Carried forward")
YES: Final = Label("是", "Yes")
NO: Final = Label("否", "No")
RECORDS: Final = Label("张", "records")
ROWS: Final = Label("行", "rows")
