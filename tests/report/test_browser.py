"""Both pages in a headless Chromium: on a phone, on a desk and on paper."""

from __future__ import annotations

import base64
import re

import pytest

from jaxfer.report import page
from jaxfer.report.suite import page as suite

pytestmark = pytest.mark.browser

_FEW = ("emotion-5", "emotion-6", "au-2", "au-4", "au7-only", "as-printed")
# What the page itself is wider than the window by, and what sticks out of it
# without an ancestor that scrolls.
_OVERFLOW = """(() => {
  const wide = document.documentElement.clientWidth;
  const scrolls = e => e && (e.classList.contains('scroll')
    || scrolls(e.parentElement));
  const out = [...document.body.querySelectorAll('*')].filter(e =>
    e.getBoundingClientRect().right > wide + 1 && !scrolls(e));
  return [document.documentElement.scrollWidth - wide,
    out.map(e => e.outerHTML.slice(0, 90))];
})()"""
_DARK = """[...document.querySelectorAll('*')].filter(e => {
  const [r, g, b, a = 1] = getComputedStyle(e).backgroundColor
    .match(/[\\d.]+/g).map(Number);
  const onWhite = 255 + (Math.min(r, g, b) - 255) * a;
  return onWhite < 200 && !e.closest('td.bar');
}).map(e => e.outerHTML.slice(0, 90))"""


# By what is seen of it: words whose contrast with what is behind them is less
# than WCAG 2.2 asks for (1.4.3, level AA), 4.5 to 1.
_FAINT = """(() => {
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], under) =>
    [r, g, b].map((x, i) => a * x + (1 - a) * under[i]);
  const behind = e => e ? over(parse(getComputedStyle(e).backgroundColor),
    behind(e.parentElement)) : [255, 255, 255];
  const light = c => [0.2126, 0.7152, 0.0722].reduce((sum, w, i) => {
    const x = c[i] / 255;
    return sum + w * (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
  }, 0.05);
  const own = e => [...e.childNodes].some(n =>
    n.nodeType === 3 && n.textContent.trim());
  return [...document.body.querySelectorAll('*')].filter(e => {
    if (!own(e) || !e.getClientRects().length) return false;
    const back = behind(e);
    const front = over(parse(getComputedStyle(e).color), back);
    const [low, high] = [light(front), light(back)].sort((a, b) => a - b);
    return high / low < 4.5;
  }).map(e => e.outerHTML.slice(0, 90));
})()"""


@pytest.fixture(params=["emotions", "action units", "all"])
def path(request, tmp_path, make, evidence, units):
  """The page of a run on emotions, on action units, and of several."""
  out = tmp_path / "report"
  out.mkdir()
  if request.param != "all":
    return page.write(out, evidence if request.param == "emotions" else units)
  for name in _FEW:
    (out / name).mkdir()
    (out / name / "index.html").touch()
  return suite.write(out, {name: make(name) for name in _FEW})


def test_the_page_is_whole_on_every_screen_and_on_paper(browser, path):
  browser.open(path)
  images = "[...document.images]"
  assert browser.run(f"{images}.length") > 5
  assert browser.run(f"{images}.every(i => i.complete && i.naturalWidth > 1)")
  for width, height in ((360, 740), (390, 844), (1250, 900), (1280, 900)):
    browser.screen(width, height)
    assert browser.run(_OVERFLOW) == [0, []], f"{width} pixels wide"
  browser.screen(360, 740)
  scroll = "[...document.querySelectorAll('.scroll')]"
  assert browser.run(f"{scroll}.some(e => e.scrollWidth > e.clientWidth)")

  browser.send("Emulation.setEmulatedMedia", media="print")
  assert browser.run(_DARK) == []
  printed = base64.b64decode(browser.send("Page.printToPDF")["data"])
  assert printed.startswith(b"%PDF")
  assert len(re.findall(rb"/Type\s*/Page\b", printed)) > 2

  assert browser.complaints == []
  outside = [
    url
    for url in browser.requests
    if not url.startswith(("file:", "data:", "about:"))
  ]
  assert not outside


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_what_is_behind_it(browser, path, scheme):
  browser.open(path)
  feature = {"name": "prefers-color-scheme", "value": scheme}
  browser.send("Emulation.setEmulatedMedia", features=[feature])
  paper = "getComputedStyle(document.body).backgroundColor"
  shown = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 26, 34)"}
  assert browser.run(paper) == shown[scheme]
  assert browser.run(_FAINT) == []
  # Where nothing is told from anything, all words are found faint.
  browser.run("document.body.style.setProperty('--ink', 'var(--sheet)')")
  browser.run("document.body.style.color = 'var(--sheet)'")
  assert len(browser.run(_FAINT)) > 10
