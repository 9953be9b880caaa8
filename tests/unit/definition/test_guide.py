"""The guide to writing apps shows an app that works."""

import re
from pathlib import Path

from onebook.definition.catalog import Catalog
from onebook.definition.read import read_text
from onebook.definition.shipped import shipped_apps

GUIDE = Path(__file__).parents[3] / "docs" / "declarations.md"


def test_the_guide_s_app_passes_every_check() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    head, form, steps, account, role, print_, rules, patch = blocks
    text = "---\n".join([head, form + steps, account, role, print_, rules, patch])
    catalog = Catalog.of([*shipped_apps(), read_text(text)])
    assert catalog.forms["customer"].fields["level"].label.english == "Tier"
    assert catalog.account_call("lent_out(product, customer)", "tool_loan", "lines").role.label.english == "Lent out"
