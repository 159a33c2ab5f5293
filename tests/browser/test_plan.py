"""The page of a plan in a real browser: as people read it, and as WCAG 2.2 AA asks of it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.expected_conditions import title_is
from selenium.webdriver.support.ui import WebDriverWait

from app import deployment
from app.transfer import demo
from tests.browser import wcag
from tests.conftest import settings_for
from tests.live import serving

PLAN = "/plan?on=2026-10-01&lang={}"


@pytest.fixture(scope="module")
def demo_address(installed: None, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a live server with the demo answers."""
    file = tmp_path_factory.mktemp("plan") / "demo.db"
    shutil.copy(sqlite_template, file)
    database = deployment.database(settings_for(f"sqlite:///{file}"))
    demo.load(database)
    database.engine.dispose()
    with serving(f"sqlite:///{file}") as server:
        yield server.address


def unfold(browser: webdriver.Chrome) -> None:
    browser.execute_script("document.querySelectorAll('details').forEach(each => each.open = true)")


def test_a_reader_finds_what_is_wrong_chooses_another_day_and_language(
    browser: webdriver.Chrome, demo_address: str
) -> None:
    browser.get(demo_address + PLAN.format("fi"))
    assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == "fi"
    broken = browser.find_element(By.ID, "breached").text
    assert broken.startswith("Ei toteudu (")

    browser.find_element(By.CSS_SELECTOR, "header a[hreflang=en]").click()
    WebDriverWait(browser, 30).until(title_is("Is the plan kept 1 October 2026 – Perhekeskus"))
    assert browser.find_element(By.ID, "breached").text == broken.replace("Ei toteudu", "Broken")
    browser.execute_script("document.getElementById('on').value = '2026-01-05'")
    browser.find_element(By.CSS_SELECTOR, "form button").click()

    WebDriverWait(browser, 30).until(title_is("Is the plan kept 5 January 2026 – Perhekeskus"))
    assert browser.get_log("browser") == []


def test_what_is_all_right_is_unfolded_by_the_keyboard(browser: webdriver.Chrome, demo_address: str) -> None:
    browser.get(demo_address + PLAN.format("en"))
    summary = browser.find_element(By.CSS_SELECTOR, "summary")

    summary.send_keys(Keys.ENTER)

    assert browser.find_element(By.CSS_SELECTOR, "details[open] li").is_displayed()


def test_at_320_pixels_nothing_is_beside_the_page(browser: webdriver.Chrome, demo_address: str, tmp_path: Path) -> None:
    wcag.emulate(browser, width=320)
    browser.get(demo_address + PLAN.format("fi"))
    unfold(browser)

    window, content = wcag.widths(browser)  # less a scroll bar
    assert window == content <= 320
    browser.save_screenshot(str(tmp_path / "plan-320.png"))


@pytest.mark.parametrize("scheme", wcag.SCHEMES)
def test_texts_stand_out_in_light_and_dark(
    browser: webdriver.Chrome, demo_address: str, scheme: str, tmp_path: Path
) -> None:
    wcag.emulate(browser, scheme)
    browser.get(demo_address + PLAN.format("fi"))
    unfold(browser)

    assert wcag.faint(browser, scheme) == []
    browser.save_screenshot(str(tmp_path / f"plan-{scheme}.png"))


@wcag.with_axe
@pytest.mark.parametrize("lang", ["fi", "en"])
@pytest.mark.parametrize("scheme", wcag.SCHEMES)
def test_axe_finds_nothing(browser: webdriver.Chrome, demo_address: str, scheme: str, lang: str) -> None:
    wcag.emulate(browser, scheme)
    browser.get(demo_address + PLAN.format(lang))
    unfold(browser)

    assert wcag.violations(browser) == []
