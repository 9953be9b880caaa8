"""What axe-core says against a page: faults that keep people with other eyes or hands from using it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SCRIPT = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
#: What makes a page hard or impossible to use; lesser remarks are read by hand.
GRAVE = frozenset({"serious", "critical"})
_STILL = """Promise.all(document.getAnimations()
  .filter(one => one.effect.getComputedTiming().iterations !== Infinity)
  .map(one => one.finished.catch(() => undefined))).then(() => undefined)"""


def faults(page: Page) -> Sequence[str]:
    """Grave faults of what is in sight, each with its rule, what it says and the first elements it is about."""
    # The page's policy forbids scripts of others; a tool of the browser's own is not one of its scripts.
    page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    # What is still moving has colours of its own for a moment.
    page.evaluate(_STILL)
    found: list[dict[str, Any]] = page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)"
    )
    return [_told(one) for one in found if one["impact"] in GRAVE]


def _told(fault: dict[str, Any]) -> str:
    places = [f"{node['html'][:200]} ({node['failureSummary']})" for node in fault["nodes"][:4]]
    return f"{fault['impact']} {fault['id']}: {fault['help']}, {len(fault['nodes'])} times: " + " | ".join(places)
