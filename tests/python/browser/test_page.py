"""The page in Chromium, opened from a file without a network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from portfolio import IDS, write_portfolio
from product_signals.public_tables import in_database
from product_signals.report import write_report
from product_signals.report.words import anchor

WIDE, NARROW = 1280, 360
ELEVEN = "#account-a11"

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("page")
    out = folder / "page.html"
    with in_database(write_portfolio(folder / "made.duckdb", 24)) as ask:
        write_report(ask, out)
    return out.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, names)), None
    )
    assert found, "no Chromium: install it, or name it as CHROMIUM=..."
    with sync_playwright() as playwright:
        # There is no sandbox for root in a container.
        browser = playwright.chromium.launch(
            executable_path=found,
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
        )
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Open]:
    """Opens the page, which may log nothing and request nothing."""
    complaints: list[str] = []
    contexts = []

    def open_page(hash: str = "", width: int = WIDE, **more: object) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, offline=True, **more
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: (
                request.url.startswith(address)
                or complaints.append(request.url)
            ),
        )
        page.goto(address + hash)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def drawn(page: Page) -> None:
    """Waits until the script has redrawn all charts."""
    page.wait_for_function(
        "document.querySelectorAll('.chart.live svg').length == 5"
    )


@pytest.mark.parametrize(
    ("hash", "width", "scheme"),
    [
        ("", WIDE, "light"),
        ("", NARROW, "dark"),
        ("#account-a13", NARROW, "light"),
    ],
)
def test_nothing_stands_in_anybodys_way(
    opened: Open, hash: str, width: int, scheme: str
) -> None:
    page = opened(hash, width, color_scheme=scheme)
    if not hash:
        drawn(page)
        for summary in page.locator("#portfolio summary").all():
            summary.click()
    # axe would spend long on hidden elements and report nothing.
    page.evaluate(
        "document.querySelectorAll('.account:not(:target)')"
        ".forEach(one => one.remove())"
    )
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(255, 255, 255)") == (scheme == "light")


def test_from_the_list_to_an_account_and_back(opened: Open) -> None:
    page = opened()
    page.get_by_role("table", name="What to do").get_by_role(
        "link", name="Account 11"
    ).click()
    assert page.get_by_role("heading", level=1).all_text_contents() == [
        "Account 11"
    ]
    assert page.title() == "Account 11 – Product signals, 30 Jun 2024"
    assert page.evaluate("document.activeElement.id") == ELEVEN[1:]
    assert not page.locator("#portfolio").is_visible()
    page.get_by_text("The same in figures").locator("visible=true").click()
    assert page.get_by_role("table", name="Score and health").is_visible()
    page.go_back()
    assert page.locator("#portfolio").is_visible()
    page.go_forward()
    page.get_by_role("link", name="All accounts").click()
    assert page.locator("#work-list").is_visible()
    assert page.title() == "Product signals, 30 Jun 2024"


def test_an_odd_id_has_an_address(opened: Open) -> None:
    page = opened("#" + anchor(IDS[7]))
    assert page.get_by_role("heading", level=1).text_content() == "Account 7"
    # A chart that was hidden is drawn once it is shown.
    page.get_by_role("link", name="All accounts").click()
    drawn(page)


def test_the_work_list_by_owner(opened: Open) -> None:
    page = opened()
    rows = page.locator("#work tbody tr:visible")
    assert rows.count() == 10
    page.get_by_role("button", name="Show all 12 accounts").click()
    assert rows.count() == 12
    page.get_by_label("Owner").select_option("Owner 3")
    assert rows.count() == 6
    assert page.get_by_role("status").text_content() == "6 of 12 accounts"
    assert set(rows.evaluate_all("all => all.map(r => r.dataset.owner)")) == {
        "Owner 3"
    }


def test_by_keyboard(opened: Open) -> None:
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == (
        "Skip to the figures"
    )
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "portfolio"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    assert page.get_by_role(
        "table", name="Accounts by health grade"
    ).is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.role") == "region"


def test_a_chart_says_a_figure_and_follows_the_width(opened: Open) -> None:
    page = opened()
    drawn(page)
    chart = page.locator("[data-chart=grades]")
    bar = chart.locator("path[fill='var(--grade-best)']").last
    bar.hover()
    assert page.locator("#tip").text_content() == "30 Jun 2024: 7 green"
    before = chart.locator("svg").bounding_box()["width"]
    page.set_viewport_size({"width": NARROW, "height": 800})
    page.wait_for_function(
        "document.querySelector('[data-chart=grades] svg').clientWidth"
        f" != {before}"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW


def test_without_the_script(opened: Open) -> None:
    page = opened(java_script_enabled=False)
    charts = page.locator("[role=img].chart")
    assert charts.count() == 5
    assert all(chart.locator("svg").is_visible() for chart in charts.all())
    assert page.locator("#work tbody tr:visible").count() == 12
    assert not page.get_by_label("Owner").is_visible()
    page.get_by_role("link", name="Account 11").first.click()
    assert page.get_by_role("heading", level=1).text_content() == "Account 11"
    assert not page.locator("#portfolio").is_visible()
