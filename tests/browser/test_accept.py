"""The page behind a one-time link in a real browser: as people use it, and as WCAG 2.2 AA asks of it."""

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser import wcag
from tests.conftest import PASSWORD as ADMINS
from tests.live import Server

PASSWORD = "lumi takka harava kissa"
STATES = ("form", "mistakes", "late", "done")
PATIENCE_S = 30


class Page:
    """What a person does on the page."""

    def __init__(self, browser: webdriver.Chrome, server: Server) -> None:
        self.browser, self.server = browser, server
        self.wait = WebDriverWait(browser, PATIENCE_S, ignored_exceptions=[WebDriverException])
        self.token = ""

    def invite(self, email: str) -> str:
        """The link of somebody new."""
        api = f"{self.server.address}/v1"
        admin = httpx.post(f"{api}/auth/token", data={"username": "admin@example.org", "password": ADMINS}).json()
        write = {"email": email, "grants": [{"role": "reader", "on": {"kind": "everything"}}]}
        bearer = {"Authorization": f"Bearer {admin['access_token']}"}
        link = httpx.post(f"{api}/users", json=write, headers=bearer).json()["link"]
        self.token = link["token"]
        return str(link["url"])

    def find(self, css: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, css)

    def send(self, password: str, repeat: str) -> None:
        self.find("#password").send_keys(password)
        self.find("#repeat").send_keys(repeat)
        self.answered(self.find("button").click)

    def answered(self, act: Callable[[], None]) -> None:
        """Do what sends the form, and wait for the whole page that answers it."""
        self.browser.execute_script("window.isOld = true")
        act()
        self.wait.until(
            lambda b: b.execute_script("return !window.isOld && document.readyState === 'complete'"), "no new page"
        )

    def type(self, *keys: str) -> None:
        """Type into whatever has the focus."""
        for key in keys:
            self.browser.switch_to.active_element.send_keys(key)

    def show(self, state: str, email: str) -> None:
        """Open the page in one of its states, in English."""
        self.browser.get(self.invite(email) + "&lang=en")
        if state == "mistakes":
            self.send("short", "other")
        elif state == "late":
            self.browser.get(f"{self.server.address}/accept?token=x&lang=en")
        elif state == "done":
            self.send(PASSWORD, PASSWORD)

    def complaints(self) -> list[str]:
        """What the console says, but for the statuses that a page is meant to have."""
        said = [entry["message"] for entry in self.browser.get_log("browser")]
        return [words for words in said if not re.search(r"status of (410|422) ", words)]


@pytest.fixture
def page(browser: webdriver.Chrome, server: Server) -> Page:
    return Page(browser, server)


def test_a_person_opens_the_link_errs_sets_the_password_and_signs_in(page: Page) -> None:
    link = page.invite("maija@example.org") + "&lang=fi"
    page.browser.get(link)
    assert "maija@example.org" in page.find("main").text
    assert page.browser.title == "Aseta salasana – Perhekeskus"

    page.send("kissa", "koira")
    assert page.browser.title == "Virhe: Aseta salasana – Perhekeskus"
    assert page.browser.switch_to.active_element == page.find("[role=alert]")
    assert [page.find(css).get_attribute("value") for css in ("#password", "#repeat")] == ["", ""]
    page.send(PASSWORD, PASSWORD)

    assert page.find("h1").text == "Salasana on asetettu"
    assert page.token not in page.browser.current_url
    page.browser.refresh()
    assert page.find("h1").text == "Salasana on asetettu"
    form = {"username": "maija@example.org", "password": PASSWORD}
    assert httpx.post(f"{page.server.address}/v1/auth/token", data=form).status_code == 200
    page.browser.get(link)
    assert page.find("h1").text == "Linkki ei ole voimassa"
    assert page.browser.get_cookies() == []
    assert page.complaints() == []


def test_neither_link_nor_password_gets_into_the_log(page: Page) -> None:
    page.show("mistakes", "aino@example.org")
    page.send(PASSWORD, PASSWORD)
    page.browser.get(f"{page.server.address}/accept?token={page.token}")

    log = page.server.log()
    assert log.count('"operation": "setPassword"') >= 2
    for secret in (page.token, PASSWORD, PASSWORD.split(maxsplit=1)[0], "aino"):
        assert secret not in log


def test_a_keyboard_is_enough(page: Page) -> None:
    page.browser.get(page.invite("eino@example.org") + "&lang=en")

    page.type(Keys.TAB, Keys.TAB, Keys.TAB, "short", Keys.TAB, "short", Keys.TAB)
    assert page.browser.switch_to.active_element == page.find("button")
    page.answered(lambda: page.type(Keys.ENTER))
    page.type(Keys.TAB)
    assert page.browser.switch_to.active_element == page.find(".mistakes a")
    page.type(Keys.ENTER)
    assert page.browser.switch_to.active_element == page.find("#password")
    page.type(PASSWORD, Keys.TAB, PASSWORD)
    page.answered(lambda: page.type(Keys.ENTER))

    assert page.find("h1").text == "Your password is set"


def test_the_focus_is_seen_wherever_it_is(page: Page) -> None:
    page.show("mistakes", "focus@example.org")

    seen = []
    for _ in range(6):
        focused = page.browser.switch_to.active_element
        style, width = (focused.value_of_css_property(f"outline-{name}") for name in ("style", "width"))
        seen.append((focused.get_attribute("id") or focused.tag_name, style, width))
        page.type(Keys.TAB)

    outlined = ("solid", "3px")
    assert seen == [(name, *outlined) for name in ("div", "a", "a", "password", "repeat", "button")]


def test_in_english_or_finnish_the_link_is_kept(page: Page) -> None:
    page.browser.get(page.invite("kieli@example.org") + "&lang=fi")

    page.answered(page.find("header a[hreflang=en]").click)
    assert page.browser.title == "Set your password – Perhekeskus"
    page.send("short", "short")
    assert page.browser.title == "Error: Set your password – Perhekeskus"
    page.answered(page.find("header a[hreflang=fi]").click)
    assert page.browser.title == "Aseta salasana – Perhekeskus"
    assert "kieli@example.org" in page.find("main").text


@pytest.mark.parametrize("state", STATES)
def test_at_320_pixels_nothing_is_beside_the_page(page: Page, state: str, tmp_path: Path) -> None:
    wcag.emulate(page.browser, width=320)
    page.show(state, f"{state}-{'pitkä' * 10}@{'osoite' * 10}.example.org")

    assert wcag.widths(page.browser) == [320, 320]
    page.browser.save_screenshot(str(tmp_path / f"{state}-320.png"))


@pytest.mark.parametrize("state", STATES)
def test_the_page_is_built_as_readers_need_it(page: Page, state: str) -> None:
    page.show(state, f"built-{state}@example.org")

    headings = [int(h.tag_name[1]) for h in page.browser.find_elements(By.CSS_SELECTOR, "h1, h2, h3")]
    assert headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip([0, *headings], headings, strict=False))
    assert page.find("html").get_attribute("lang") == "en"
    assert len(page.browser.find_elements(By.TAG_NAME, "main")) == 1
    assert page.browser.find_elements(By.TAG_NAME, "script") == []
    for box in page.browser.find_elements(By.CSS_SELECTOR, "input:not([type=hidden], [hidden])"):
        assert box.accessible_name == page.find(f"label[for={box.get_attribute('id')}]").text
        assert box.get_attribute("autocomplete") == "new-password"
        for described in (box.get_attribute("aria-describedby") or "").split():
            assert page.find(f"#{described}").text
    for target in page.browser.find_elements(By.CSS_SELECTOR, "main a, header a, button, input:not([hidden])"):
        if target.is_displayed() and not target.find_elements(By.XPATH, "parent::p"):  # a link in a sentence is exempt
            assert min(target.size["height"], target.size["width"]) >= 24, target.text
    assert page.complaints() == []


@pytest.mark.parametrize("scheme", wcag.SCHEMES)
@pytest.mark.parametrize("state", STATES)
def test_text_and_edges_stand_out_in_light_and_dark(page: Page, state: str, scheme: str, tmp_path: Path) -> None:
    wcag.emulate(page.browser, scheme)
    page.show(state, f"{scheme}-{state}@example.org")

    assert wcag.faint(page.browser, scheme) == []
    page.browser.save_screenshot(str(tmp_path / f"{state}-{scheme}.png"))


@wcag.with_axe
@pytest.mark.parametrize("scheme", wcag.SCHEMES)
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(page: Page, state: str, scheme: str) -> None:
    wcag.emulate(page.browser, scheme)
    page.show(state, f"axe-{scheme}-{state}@example.org")

    assert wcag.violations(page.browser) == []
