"""The page in a browser, by raters whose answers are known beforehand."""

import contextlib
import importlib.util
import json
import time
from pathlib import Path

import pytest

from jaxfer import human_study
from jaxfer.study import key as keys

_spec = importlib.util.spec_from_file_location(
  "chromium", Path(__file__).with_name("chromium.py")
)
assert _spec is not None and _spec.loader is not None
chromium = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(chromium)

pytestmark = [
  pytest.mark.browser,
  pytest.mark.skipif(chromium.FOUND is None, reason="no Chromium"),
]

PHONE, DESKTOP = (360, 640), (1280, 800)
KEYS = {"real": "ArrowLeft", "generated": "ArrowRight"}


@pytest.fixture
def kit(make_run, tmp_path):
  """Builds a study; returns its page, its key and its run."""

  def build(*more):
    workdir, out = tmp_path / "run", tmp_path / "kit"
    make_run(workdir, size=64)
    sizes = ("--count=8", "--practice=2", "--checks=2", *more)
    asked = ["build", f"--workdir={workdir}", f"--out={out}", *sizes]
    assert human_study.main(asked) == 0
    key = keys.read(out / "key.json")
    return out / "raters" / "index.html", key, workdir

  return build


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
  folder = tmp_path_factory.mktemp("chromium")
  with contextlib.closing(chromium.Browser(folder)) as opened:
    yield opened


@pytest.fixture
def browser(tab):
  """A browser as if new; in the end nothing was fetched, nothing complained."""
  tab.fresh()
  yield tab
  assert tab.complaints == []
  fetched = {url.partition(":")[0] for url in tab.requests}
  assert "file" in fetched and fetched <= {"file", "data", "blob"}


class Rater:
  """Answers as told: `says` by item, practice faces as they are."""

  def __init__(self, browser, page, says, *, touch):
    self.browser, self.says, self.touch = browser, says, touch
    source = page.read_text(encoding="utf-8")
    start = source.index('id="data">') + len('id="data">')
    data = json.loads(source[start : source.index("</script>", start)])
    self.items = {one["png"]: one["id"] for one in data["items"]}
    self.practice = {one["png"]: one["truth"] for one in data["practice"]}
    self.seen: list[str] = []

  def begin(self, code):
    self.browser.run(f"document.querySelector('#rater').value = {code!r}")
    self.press("#agree", "#agree")
    self.press("#begin button", "#begin button")

  def press(self, selector, focused=""):
    """By touch, or by the keyboard where the element has the focus."""
    if self.touch:
      self.browser.tap(selector)
    elif focused:
      self.browser.run(f"document.querySelector({focused!r}).focus()")
      self.browser.press("Space" if selector == "#agree" else "Enter")
    else:
      self.browser.press("Enter")

  def shown(self):
    """The picture on the screen, once it can be answered."""
    self.browser.until("ready")
    assert self.browser.run("find('face').naturalWidth") > 0
    return self.browser.run("find('face').src").partition("base64,")[2]

  def say(self, what):
    time.sleep(0.12)  # as no rater is faster
    if self.touch:
      self.browser.tap(f"#{what}")
    else:
      self.browser.press(KEYS[what])

  def practise(self):
    for place in range(len(self.practice)):
      picture = self.shown()
      assert picture in self.practice
      wrong = {"real": "generated", "generated": "real"}
      truth = self.practice[picture]
      self.say(truth if place else wrong[truth])
      self.browser.until("!find('after').hidden")
      told = self.browser.run("find('say').textContent")
      assert told == f"{'Right' if place else 'Wrong'}: this face is {truth}."
      self.press("#next")
    self.browser.until("!find('pause').hidden")
    self.press("#go")

  def judge(self, count):
    for _ in range(count):
      item = self.items[self.shown()]
      self.seen.append(item)
      self.say(self.says[item])

  def export(self):
    self.browser.until("!find('done').hidden")
    before = set(self.browser.downloads.iterdir())
    self.press("#download", "#download")
    end = time.monotonic() + 30
    while time.monotonic() < end:
      new = set(self.browser.downloads.glob("*.csv")) - before
      if new:
        return new.pop()
      time.sleep(0.02)
    raise AssertionError("nothing was downloaded")


def says(key, fooled, doubted):
  """Answers that take so many generated faces for real, and the reverse."""
  fakes = [item for item, truth in key.faces.items() if truth == "generated"]
  reals = [item for item, truth in key.faces.items() if truth == "real"]
  return (
    {**key.faces, **key.checks}
    | dict.fromkeys(fakes[:fooled], "real")
    | dict.fromkeys(reals[:doubted], "generated")
  )


def fits(browser):
  """Whether nothing lies outside of the window's width."""
  return browser.run(
    "document.documentElement.scrollWidth <= innerWidth &&"
    " [...document.querySelectorAll('main *')].every("
    "e => e.getBoundingClientRect().right <= innerWidth + 1)"
  )


def test_known_raters_by_keyboard_and_touch_give_the_known_score(
  kit, browser, capsys
):
  page, key, workdir = kit()
  files, orders = [], []
  for code, touch, screen, wrong in (
    ("anna", False, DESKTOP, (1, 0)),
    ("bob", True, PHONE, (3, 2)),
  ):
    browser.screen(*screen)
    browser.open(page)
    browser.run("localStorage.clear()")  # as in another one's browser
    browser.reload()
    assert fits(browser)
    rater = Rater(browser, page, says(key, *wrong), touch=touch)
    rater.begin(code)
    rater.practise()
    rater.judge(4)
    assert fits(browser)
    # A reload in the middle, with a face on the screen.
    following = rater.shown()
    browser.reload()
    assert "4 of 10" in browser.run("find('pause-text').textContent")
    rater.press("#go")  # it has the focus
    assert rater.shown() == following
    rater.judge(6)
    files.append(rater.export())
    assert fits(browser)
    orders.append(rater.seen)
    text = browser.run("find('csv').value")
    assert text == files[-1].read_text(encoding="utf-8")
  assert sorted(orders[0]) == sorted(orders[1]) and orders[0] != orders[1]
  capsys.readouterr()
  asked = ["score", *map(str, files), f"--key={page.parents[1] / 'key.json'}"]
  assert human_study.main([*asked, f"--workdir={workdir}"]) == 0
  (entry,) = json.loads((workdir / "study.json").read_text())[
    "studies"
  ].values()
  assert entry["excluded"] == []
  assert entry["raters"] == 2
  assert entry["fooled"]["value"] == 4 / 8
  assert entry["doubted"]["value"] == 2 / 8
  assert entry["error"]["value"] == 6 / 16
  own = {one["rater"]: one for one in entry["per_rater"]}
  assert (own["anna"]["fooled"], own["anna"]["doubted"]) == (1 / 4, 0)
  assert (own["bob"]["fooled"], own["bob"]["doubted"]) == (3 / 4, 2 / 4)
  assert own["anna"]["checks"] == own["bob"]["checks"] == 2


def test_a_face_is_seen_for_its_time_and_may_be_answered_after_it(kit, browser):
  page, key, _ = kit("--practice=0", "--seconds=0.5")
  browser.open(page)
  rater = Rater(browser, page, says(key, 0, 0), touch=False)
  rater.begin("")
  rater.shown()
  visible = "getComputedStyle(find('face')).visibility"
  assert browser.run(visible) == "visible"
  browser.until(f"{visible} === 'hidden'")
  assert "gone" in browser.run("find('say').textContent")
  rater.judge(1)
  browser.until("state.answers.length === 1")
  (given,) = browser.run("state.answers")
  assert given[2] >= 500  # after it was gone
  # The next one is not covered by the clock of the first.
  rater.shown()
  assert browser.run(visible) == "visible"
  assert browser.run("/^r[0-9a-f]{10}$/.test(state.rater)")


def test_stopping_gives_what_there_is_and_can_be_taken_back(kit, browser):
  page, key, _ = kit()
  browser.open(page)
  rater = Rater(browser, page, says(key, 0, 0), touch=False)
  rater.begin("carol")
  rater.practise()
  rater.judge(3)
  rater.shown()
  rater.press("#stop", "#stop")
  assert "3 of 10" in browser.run("find('done-text').textContent")
  some = rater.export()
  assert len(some.read_text().splitlines()) == 1 + 3
  some.unlink()  # the whole file is of the same name
  rater.press("#resume", "#resume")
  rater.judge(7)
  assert len(rater.export().read_text().splitlines()) == 1 + 10
  assert len(set(rater.seen)) == 10


def test_haste_and_other_keys_answer_nothing(kit, browser):
  page, key, _ = kit("--practice=0")
  browser.open(page)
  rater = Rater(browser, page, says(key, 0, 0), touch=False)
  rater.begin("dora")
  browser.press("ArrowLeft")  # the face has not come yet
  assert browser.run("state.answers.length") == 0
  rater.shown()
  browser.press("ArrowLeft")
  browser.press("ArrowLeft")  # a double press: the next has not come yet
  assert browser.run("state.answers.length") == 1
  rater.shown()
  browser.press("ArrowUp")
  assert browser.run("state.answers.length") == 1


def test_the_same_code_sees_the_same_order_and_another_another(kit, browser):
  page, _, _ = kit()
  browser.open(page)
  orders = browser.run(
    "['anna', 'anna', 'bob', 'carol'].map(code =>"
    " (enter({rater: code, practised: 0, answers: []}),"
    " order.map(one => one.id).join()))"
  )
  assert orders[0] == orders[1]
  assert len(set(orders)) == 3
  assert len({"".join(sorted(one.split(","))) for one in orders}) == 1


def test_every_place_in_the_order_is_as_likely_for_every_picture(kit, browser):
  page, _, _ = kit()
  browser.open(page)
  counts = browser.run(
    "(() => { const n = Array.from({length: 10}, () => Array(10).fill(0));"
    " for (let r = 0; r < 4000; r++) shuffle([0,1,2,3,4,5,6,7,8,9], `s:r${r}`)"
    ".forEach((one, place) => n[one][place]++); return n; })()"
  )
  # Each cell is binomial, 4000 at 1/10: 400 with standard deviation 19.
  assert all(abs(count - 400) < 5 * 19 for row in counts for count in row)


def test_nothing_begins_without_consent_or_with_a_name_for_a_code(kit, browser):
  page, key, _ = kit("--practice=0")
  browser.screen(*DESKTOP)
  browser.open(page)
  rater = Rater(browser, page, says(key, 0, 0), touch=False)
  browser.click("#begin button")
  assert not browser.run("find('consent').hidden")
  browser.run("find('rater').value = 'Anna Smith'")
  rater.press("#agree", "#agree")
  browser.click("#begin button")
  assert not browser.run("find('consent').hidden")
  browser.run("find('rater').value = 'a7'")
  browser.click("#begin button")
  rater.shown()
  assert browser.run("state.rater") == "a7"


@pytest.mark.parametrize("screen", [PHONE, DESKTOP, (320, 480)])
def test_face_and_both_answers_are_in_view_at_once(kit, browser, screen):
  page, key, _ = kit("--practice=0")
  browser.screen(*screen)
  browser.open(page)
  rater = Rater(browser, page, says(key, 0, 0), touch=True)
  rater.begin("ed")
  rater.shown()
  assert fits(browser)
  for selector in ("#face", "#real", "#generated"):
    box = browser.box(selector)
    assert box["top"] >= 0 and box["bottom"] <= screen[1], selector
    if selector != "#face":
      assert box["height"] >= 44 and box["width"] >= 44
  assert browser.box("#face")["width"] == 256
