"""What axe has to say about a page, in light and in dark."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
FIND = """
async () => {
  const { violations } = await axe.run({ resultTypes: ["violations"] });
  const tell = (id) => (node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary}`;
  return violations.flatMap(({ id, nodes }) => nodes.map(tell(id)));
}
"""


def find_violations(page: Page) -> dict[str, Any]:
    """By colour scheme; none where all is well."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())  # not as a script of the page, which its policy would forbid
    found = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="light" if scheme == "light" else "dark", reduced_motion="reduce")
        found[scheme] = page.evaluate(FIND)
    return {scheme: violations for scheme, violations in found.items() if violations}
