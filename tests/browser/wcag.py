"""What WCAG 2.2 AA asks of a page, looked for in a real browser."""

from pathlib import Path

import pytest
from selenium import webdriver

AXE = Path(__file__).parents[1] / "js/node_modules/axe-core/axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCHEMES = ("light", "dark")
GROUNDS = {"light": [255, 255, 255, 255], "dark": [18, 18, 18, 255]}
# Every text that is shown, with its colour, what is behind it, and whether it is large.
TEXTS = """
const rgb = c => { const p = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  p.fillStyle = c; p.fillRect(0, 0, 1, 1); return [...p.getImageData(0, 0, 1, 1).data]; };
const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
  if (c[3]) return c; } return null; };
return [...document.querySelectorAll('body *')].filter(e => e.checkVisibility()
  && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())).map(e => { const s = getComputedStyle(e);
  return [e.innerText, rgb(s.color), behind(e), parseFloat(s.fontSize) >= 24]; });
"""
EDGES = """
return [...document.querySelectorAll('input, button')].filter(e => e.checkVisibility()).map(e => {
  const s = getComputedStyle(e), p = document.createElement('canvas').getContext('2d');
  p.fillStyle = e.matches('button') ? s.backgroundColor : s.borderTopColor; p.fillRect(0, 0, 1, 1);
  return [e.id || 'button', [...p.getImageData(0, 0, 1, 1).data]]; });
"""

with_axe = pytest.mark.skipif(
    not AXE.exists(), reason="axe-core is not installed: make tests/js/node_modules/.installed"
)


def emulate(browser: webdriver.Chrome, scheme: str = "light", width: int = 1280) -> None:
    """Let the browser be of somebody with other colours, or a smaller screen."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    size = {"width": width, "height": 1600, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def widths(browser: webdriver.Chrome) -> list[int]:
    """How wide the window is, and how wide what is in it."""
    root = "document.documentElement"
    found: list[int] = browser.execute_script(f"return [{root}.clientWidth, {root}.scrollWidth]")
    return found


def faint(browser: webdriver.Chrome, scheme: str) -> list[str]:
    """Texts, and edges of what is acted on, that don't stand out enough."""
    ground, texts = GROUNDS[scheme], browser.execute_script(TEXTS)
    assert texts
    found = [text for text, c, behind, is_large in texts if contrast(c, behind or ground) < (3 if is_large else 4.5)]
    return found + [name for name, colour in browser.execute_script(EDGES) if contrast(colour, ground) < 3]


def violations(browser: webdriver.Chrome) -> list[tuple[str, list[str]]]:
    """What axe finds wrong, and where."""
    browser.execute_script(AXE.read_text(encoding="utf-8"))
    found = browser.execute_async_script("axe.run({runOnly: arguments[0]}).then(arguments[1])", AXE_TAGS)
    assert len(found["passes"]) >= 10
    return [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found["violations"]]


def contrast(one: list[int], other: list[int]) -> float:
    """The contrast of two colours as WCAG 2.2 reckons it, 1 to 21."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: list[int]) -> float:
    parts = [c / 255 for c in colour[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
