"""What axe has to say about a page, in light and in dark."""

from functools import cache
from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
FIND = """
async (only) => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  window.scrollTo({ top: 0, behavior: "instant" }); // or the header could stand over half a field, which is no fault
  await frame().then(frame); // colours change with the next frame, however short the transition is
  const rules = { "target-size": { enabled: true } }; // of WCAG 2.2, and not looked at by itself
  const wanted = only ? { runOnly: only } : { rules };
  const { violations } = await axe.run({ resultTypes: ["violations"], ...wanted });
  const tell = (id) => (node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary}`;
  return violations.flatMap(({ id, nodes }) => nodes.map(tell(id)));
}
"""
OF_COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules whose answer depends on the colour scheme; the others are asked once."""


@cache
def _axe() -> str:
    return AXE.read_text()


def find_violations(page: Page) -> dict[str, Any]:
    """By colour scheme; none where all is well."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe())  # not as a script of the page, which its policy would forbid
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = {"light": page.evaluate(FIND)}
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found["dark"] = page.evaluate(FIND, OF_COLOURS)
    return {scheme: violations for scheme, violations in found.items() if violations}
