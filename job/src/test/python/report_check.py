"""Opens a report in a real browser, checks it, and takes pictures of it.

Usage: report_check.py REPORT.html FOLDER [--picture FILE.png]

Fails if the page prints errors, asks for anything but itself, is wider than a phone, or if its filters and links do not
work. FOLDER gets screenshots in light, dark and at the width of a phone, and a PDF. --picture writes the picture of the
README.
"""

import argparse
import pathlib
import sys

from PIL import Image
from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# The scores of the images in the run that the range of scores is about at first.
SCORES_OF_LAST_RUN = """() => {
  const page = JSON.parse(document.getElementById("data").textContent);
  const last = page.runs.length - 1;
  return page.gallery.cards.flatMap(card => card.pictures)
    .filter(picture => picture.run === last && picture.score !== undefined).map(picture => picture.score);
}"""

# The picture of the README has no room for everything.
SHORT = """#runs, #figures, #groups, #definitions, #worst, #filters, #count, footer { display: none; }
  .card:nth-child(n + 3) { display: none; } #distributions { border: 0; padding-top: 1rem; }"""


def require(condition: bool, problem: str) -> None:
    """Ends the check with a problem."""
    if not condition:
        sys.exit(f"FAILED: {problem}")


def open_page(browser, report: pathlib.Path, problems: list[str], **options) -> Page:
    """Opens the report and notes everything that it should not do."""
    page = browser.new_context(**options).new_page()
    page.on("console", lambda message: problems.append(f"console: {message.text}") if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: problems.append(f"error: {error}"))
    page.on("dialog", lambda dialog: (problems.append("a text of the data ran as a script"), dialog.dismiss()))
    page.on(
        "request",
        lambda request: problems.append(f"request: {request.url[:100]}")
        if not request.url.startswith(("file:", "data:"))
        else None,
    )
    page.goto(report.resolve().as_uri())
    page.wait_for_selector("#contents li")
    return page


def shown_cards(page: Page) -> int:
    """Returns the number of images that are shown."""
    return page.locator("#cards .card").count()


def check_filters(page: Page) -> None:
    """Checks that each filter changes what is shown, and that the reset button undoes it."""
    everything = shown_cards(page)
    require(everything > 0, "there are no images")
    for name in ["filter-group", "filter-category"]:
        select = page.locator(f"#{name}")
        for value in select.locator("option").evaluate_all("options => options.map(o => o.value)") if select.count() else []:
            select.select_option(value)
            shown = shown_cards(page)
            require(0 < shown <= everything, f"{name}={value} shows {shown} images")
            require(page.locator("#count").inner_text().startswith(f"{shown} of "), f"{name}: the count is wrong")
        if select.count():
            page.get_by_role("button", name="Reset").click()
            page.wait_for_timeout(50)
    if page.locator("#filter-low").count():
        scores = sorted(page.evaluate(SCORES_OF_LAST_RUN))
        middle = scores[len(scores) // 2]
        page.fill("#filter-low", str(middle))
        above = shown_cards(page)
        require(above == sum(score >= middle for score in scores), f"from {middle} on there are {above} images")
        page.fill("#filter-low", "")
        page.fill("#filter-high", str(middle))
        below = shown_cards(page)
        require(below == sum(score <= middle for score in scores), f"up to {middle} there are {below} images")
        page.get_by_role("button", name="Reset").click()
        page.wait_for_timeout(50)
    page.fill("#filter-words", "no prompt has these words")
    require(shown_cards(page) == 0, "words that no prompt has show images")
    page.get_by_role("button", name="Reset").click()
    page.wait_for_timeout(50)
    require(shown_cards(page) == everything, "the reset button does not show all images again")


def check_links(page: Page) -> None:
    """Checks that a link to an image shows it although the filters leave it out."""
    anchor = page.locator("#cards .card").first.get_attribute("id")
    page.fill("#filter-words", "no prompt has these words")
    page.evaluate("anchor => { location.hash = encodeURIComponent(anchor); }", anchor)
    page.wait_for_timeout(200)
    named = page.locator(".card.named")
    require(named.count() == 1 and named.get_attribute("id") == anchor, f"the link to {anchor} does not lead there")
    box = named.bounding_box()
    require(box is not None and -5 <= box["y"] < 900, f"{anchor} is not in view")
    for link in page.locator('a[href^="#"]').evaluate_all("links => [...new Set(links.map(l => l.getAttribute('href')))]"):
        found = page.evaluate("href => document.getElementById(decodeURIComponent(href.slice(1))) !== null", link)
        require(found, f"the link {link} leads nowhere")


def check_keyboard(page: Page) -> None:
    """Checks that the tabulator reaches the filters, and that keys change them."""
    page.evaluate("() => { location.hash = ''; document.activeElement.blur(); window.scrollTo(0, 0); }")
    reached = set()
    for _ in range(400):
        page.keyboard.press("Tab")
        name = page.evaluate("() => document.activeElement.id || document.activeElement.tagName")
        reached.add(name)
        if name == "filter-group":  # a page of few images has no groups
            before = shown_cards(page)
            page.keyboard.press("ArrowDown")
            page.wait_for_timeout(50)
            after = page.locator("#filter-group").input_value()
            require(after != "", "the arrow key does not choose a group")
            require(shown_cards(page) <= before, "the arrow key shows more images")
        if name == "filter-words":
            break
    wanted = {name for name in ["filter-group", "filter-words"] if page.locator(f"#{name}").count()}
    require(wanted <= reached, f"the tabulator does not reach the filters: {sorted(reached)}")
    page.get_by_role("button", name="Reset").click()


def check_width(page: Page) -> None:
    """Checks that the page does not move sideways."""
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    require(wide <= 0, f"the page is {wide} pixels wider than the window")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("report", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--picture", type=pathlib.Path)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    require(options.report.stat().st_size < 20_000_000, "the file has 20 MB or more")
    problems: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = open_page(browser, options.report, problems, viewport={"width": 1280, "height": 900}, color_scheme="light")
        page.screenshot(path=options.folder / "light.png", full_page=True)
        check_width(page)
        check_filters(page)
        check_links(page)
        check_keyboard(page)
        if page.locator("#show-heat").count():
            page.check("#show-heat")
            page.locator("#cards").scroll_into_view_if_needed()
            page.screenshot(path=options.folder / "attention.png")
        page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
        check_width(page)
        page.screenshot(path=options.folder / "open.png", full_page=True)
        page.emulate_media(media="print")
        page.screenshot(path=options.folder / "print.png", full_page=True)
        page.emulate_media(media="screen")
        page.pdf(path=options.folder / "print.pdf", format="A4", margin={side: "12mm" for side in ["top", "right", "bottom", "left"]})
        dark = open_page(browser, options.report, problems, viewport={"width": 1280, "height": 900}, color_scheme="dark")
        dark.screenshot(path=options.folder / "dark.png", full_page=True)
        phone = open_page(browser, options.report, problems, viewport={"width": 360, "height": 740}, device_scale_factor=2)
        check_width(phone)
        phone.screenshot(path=options.folder / "phone.png", full_page=True)
        if options.picture:
            short = open_page(browser, options.report, problems, viewport={"width": 1100, "height": 900}, color_scheme="light")
            short.select_option("#filter-order", "change")
            short.add_style_tag(content=SHORT)
            short.wait_for_timeout(500)
            short.screenshot(path=options.picture, full_page=True)
            with Image.open(options.picture) as picture:
                colors = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE)
            colors.save(options.picture, optimize=True)
        browser.close()
    require(not problems, "; ".join(problems))
    print("The page is good.")


if __name__ == "__main__":
    main()
