"""The explorer in a real browser: signing in, one read, one write, and nothing that its policy forbids."""

from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support import expected_conditions as there
from selenium.webdriver.support.ui import WebDriverWait

from tests.conftest import PASSWORD

PATIENCE_S = 30


class Explorer:
    """What a person does in the explorer."""

    def __init__(self, browser: webdriver.Chrome, address: str) -> None:
        self.browser, self.wait = browser, WebDriverWait(browser, PATIENCE_S)
        browser.get(f"{address}/docs")
        self.find(".opblock")

    def find(self, css: str) -> WebElement:
        return self.wait.until(there.presence_of_element_located((By.CSS_SELECTOR, css)))

    def press(self, css: str) -> None:
        element = self.wait.until(there.element_to_be_clickable((By.CSS_SELECTOR, css)))
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def sign_in(self, email: str, password: str) -> None:
        self.press(".btn.authorize")
        for name, text in (("username", email), ("password", password)):
            self.find(f".modal-ux input[id*='{name}']").send_keys(text)
        self.press(".modal-ux .auth-btn-wrapper .authorize")
        self.wait.until(there.text_to_be_present_in_element((By.CSS_SELECTOR, ".modal-ux .auth-btn-wrapper"), "Logout"))
        self.press(".modal-ux .btn-done")

    def try_out(self, operation: str) -> tuple[int, str]:
        """Open an operation, send it with the values of its example, and answer status and body."""
        box = f"[id$='-{operation}']"
        self.press(f"{box} .opblock-summary-control")
        self.press(f"{box} .execute")
        status = self.find(f"{box} .live-responses-table tbody .response-col_status")
        body = self.find(f"{box} .live-responses-table tbody .response-col_description")
        return int(status.text.split()[0]), body.text


def test_a_person_signs_in_reads_and_writes_in_the_explorer(
    browser: webdriver.Chrome, address: str, tmp_path: Path
) -> None:
    explorer = Explorer(browser, address)

    assert explorer.try_out("readMe")[0] == 401
    explorer.sign_in("admin@example.org", PASSWORD)
    status, places = explorer.try_out("listMeetingPlaces")
    assert (status, "koppa" in places) == (200, True)
    status, day = explorer.try_out("recordVisitDay")
    assert status == 201, day
    assert '"version": 1' in day
    browser.save_screenshot(str(tmp_path / "explorer.png"))
    severe = [
        entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE" and "401" not in entry["message"]
    ]
    assert severe == []


def test_the_first_page_and_the_problem_pages_are_plain(browser: webdriver.Chrome, address: str) -> None:
    for path in ("/", "/problems", "/problems/invalid"):
        browser.get(address + path)
        assert not browser.find_elements(By.TAG_NAME, "script")
    assert browser.find_element(By.TAG_NAME, "h1").text
    assert browser.get_cookies() == []
