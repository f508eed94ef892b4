"""Comments, as somebody writes them who has a keyboard alone."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.keyboard import tab_to


def tab_to_field(page: Page) -> Locator:
    """Press Tab until one may write; the comments come when the place where they will be is seen."""
    field = page.get_by_label("Say something about this video")
    tab_to(page, page.get_by_role("link", name="Show the comments").or_(field).first)
    tab_to(page, field)
    return field


def comment(page: Page, text: str) -> Locator:
    """Write a comment under the video; gives it."""
    field = tab_to_field(page)
    page.keyboard.type(text)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    written = page.locator("#comment-list > .comment").first
    expect(written.locator(".comment-text").first).to_have_text(text)
    expect(field).to_have_value("")
    return written


def choose(page: Page, written: Locator, deed: str) -> None:
    """Open the menu of a comment, and choose what is to be done."""
    tab_to(page, written.get_by_label("More for the comment").first)
    page.keyboard.press("Enter")
    tab_to(page, written.locator(".menu-panel").get_by_text(deed, exact=True), "ArrowDown")
    page.keyboard.press("Enter")


def edit(page: Page, written: Locator, text: str) -> None:
    """Say it otherwise."""
    choose(page, written, "Edit")
    field = page.locator(".comment-edit textarea")
    expect(field).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")
    expect(written.locator(".comment-text").first).to_have_text(text)
    expect(written).to_contain_text("edited")


def delete_and_undo(page: Page, written: Locator, text: str) -> None:
    """Take it away, and bring it back."""
    choose(page, written, "Delete")
    expect(written).to_contain_text("The comment is deleted.")
    expect(written.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(written.locator(".comment-text").first).to_have_text(text)


def answer(page: Page, written: Locator, text: str) -> None:
    """Reply to it; the reply stands in its thread, also when the page is opened anew."""
    tab_to(page, written.get_by_role("link", name="Reply").first)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your answer")).to_be_focused()
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")
    expect(written.locator(".comment-answer .comment-text")).to_have_text(text)
    expect(page.get_by_label("Your answer")).to_have_count(0)
    expect(written.locator(".comment-answer")).to_be_focused()


def show_replies(page: Page, written: Locator, text: str) -> None:
    """Unfold the thread."""
    tab_to(page, written.locator(".replies > summary"))
    page.keyboard.press("Enter")
    expect(written.locator(".comment-answer .comment-text")).to_have_text(text)
