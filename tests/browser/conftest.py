"""A real browser and a live server, for tests of pages. Without a browser they are skipped."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from tests.live import Server, serving

BROWSER = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
DRIVER = shutil.which("chromedriver")
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--window-size=1280,1600"),
)


@pytest.fixture(scope="session")
def installed() -> None:
    """That there is a browser that tests can drive."""
    if not (BROWSER and DRIVER):
        pytest.skip("no Chromium with chromedriver is installed")


@pytest.fixture(scope="module")
def server(installed: None, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A live server on a prepared database."""
    file = tmp_path_factory.mktemp("browser") / "test.db"
    shutil.copy(sqlite_template, file)
    with serving(f"sqlite:///{file}") as started:
        yield started


@pytest.fixture
def address(server: Server) -> str:
    """Where the live server answers."""
    return server.address


@pytest.fixture
def browser(installed: None, tmp_path: Path) -> Iterator[webdriver.Chrome]:
    """A browser with a profile of its own."""
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER or ""
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()
