"""A person who has a keyboard alone: Tab leads there, and what has the focus can be seen."""

from playwright.sync_api import Locator, Page, TimeoutError

MOST_PRESSES = 120
UNFOLDS_MS = 3000
UNMARKED = """
() => {
  const one = document.activeElement;
  if (!one || one === document.body) return "";
  const style = getComputedStyle(one);
  const isMarked = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none";
  const { width, height } = one.getBoundingClientRect();
  return isMarked && width > 0 && height > 0 ? "" : one.outerHTML.slice(0, 200);
}
"""


def expect_focus_is_seen(page: Page) -> None:
    """What has the focus has a mark around it, and size, which some controls get as they unfold."""
    if page.evaluate(UNMARKED) == "":
        return
    try:
        page.wait_for_function(f"() => ({UNMARKED})() === ''", timeout=UNFOLDS_MS)
    except TimeoutError:
        raise AssertionError(f"nobody sees that this has the focus: {page.evaluate(UNMARKED)}") from None


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Press Tab until the focus is there; it is seen at each stop."""
    for _ in range(MOST_PRESSES):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
        expect_focus_is_seen(page)
    raise AssertionError(f"{key} does not lead to {wanted}")


def press(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Go there, and press Enter."""
    tab_to(page, wanted, key)
    page.keyboard.press("Enter")


def fill_in(page: Page, label: str, text: str) -> None:
    """Go to a field, and type."""
    tab_to(page, page.get_by_role("textbox", name=label))
    page.keyboard.type(text)
