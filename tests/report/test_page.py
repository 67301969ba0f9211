"""The page: true to its numbers, closed to the network, safe to open."""

from __future__ import annotations

import dataclasses
import html.parser
import json
import re
import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from jaxfer.report import figures, page

_CHARTS = {
  "accuracy.png",
  "roc_paper.png",
  "roc_subject.png",
  "roc_sealed.png",
  "confusion_paper.png",
  "confusion_subject.png",
  "confusion_sealed.png",
  "labels.png",
  "architecture.png",
  "losses.png",
}
_FACES = {"real.png", "generated.png", "samples.png", "copies.png"}
_HOSTILE = "<script>alert(1)</script>\"'&"


class _Page(html.parser.HTMLParser):
  """Tags with their attributes, and the text between them."""

  def __init__(self, source: str):
    super().__init__()
    self.source, self.tags, self._text = source, [], []
    self.feed(source)
    self.text = " ".join(" ".join(self._text).split())

  def handle_starttag(self, tag, attrs):
    self.tags.append((tag, dict(attrs)))

  def handle_data(self, data):
    self._text.append(data)

  def all(self, tag):
    return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture
def quick_charts(monkeypatch):
  """Charts as specks, for tests that read only the page's words."""

  def speck(path, *_, note):
    Image.new("RGB", (4, 4)).save(path)
    return path

  for name in (
    "accuracy_chart",
    "protocols_chart",
    "roc_chart",
    "roc_grid",
    "confusion_chart",
    "label_efficiency_chart",
    "seeds_chart",
    "architecture",
    "loss_chart",
  ):
    monkeypatch.setattr(figures, name, speck)


def _write(tmp_path, evidence, **changes) -> _Page:
  out = tmp_path / "report"
  shutil.rmtree(out, ignore_errors=True)
  out.mkdir()
  path = page.write(out, dataclasses.replace(evidence, **changes))
  assert path == out / "index.html"
  return _Page(path.read_text(encoding="utf-8"))


def _figures(tmp_path):
  return {path.name for path in (tmp_path / "report/figures").iterdir()}


def test_a_report_has_all_its_files(tmp_path, evidence):
  written = _write(tmp_path, evidence)
  assert _figures(tmp_path) == _CHARTS | _FACES
  assert len(written.all("img")) == len(_CHARTS | _FACES)
  for link in written.all("a"):
    target = link["href"]
    if target.startswith("#"):
      assert f'id="{target[1:]}"' in written.source
    else:
      assert (tmp_path / "report" / target).is_file()
  stored = (tmp_path / "report/results.json").read_text(encoding="utf-8")
  assert json.loads(stored) == evidence.results


@pytest.mark.usefixtures("quick_charts")
def test_the_page_needs_no_network_and_no_script(tmp_path, evidence):
  written = _write(tmp_path, evidence)
  assert not re.search(
    r"(https?:)?//\w", re.sub(r'"data:[^"]*"', "", written.source)
  )
  assert not written.all("script") and "@import" not in written.source
  for image in written.all("img"):
    assert image["src"].startswith("data:image/png;base64,")
    assert image["alt"]


@pytest.mark.usefixtures("quick_charts")
def test_the_papers_numbers_stand_beside_ours(tmp_path, evidence):
  text = _write(tmp_path, evidence).text
  ours = 100 * evidence.results["protocols"]["subject"]["accuracy"]
  for words in ("Exp5", "97.64 %", f"{ours:.1f} %", "0.999", "section 4-A"):
    assert words in text
  evidence.results["paper_reference"] = None
  text = _write(tmp_path, evidence).text
  assert "Exp5" not in text and "97.64" not in text
  assert "The paper has no experiment on these faces" in text


@pytest.mark.usefixtures("quick_charts")
def test_stand_ins_are_named_wherever_a_reader_looks(tmp_path, evidence):
  written = _write(tmp_path, evidence)
  assert "<title>[stand-in faces] emotion-5" in written.source
  assert written.source.index('class="banner"') < written.source.index("<h1>")
  captions = re.findall("<figcaption>.*?</figcaption>", written.source, re.S)
  assert len(captions) == len(_CHARTS | _FACES)
  assert all("Stand-in faces" in caption for caption in captions)


@pytest.mark.usefixtures("quick_charts")
def test_real_faces_are_not_called_stand_ins(tmp_path, evidence):
  evidence.results["standin"] = False
  written = _write(tmp_path, evidence)
  assert "stand-in" not in written.source.lower()
  assert 'class="banner"' not in written.source


@pytest.mark.usefixtures("quick_charts")
def test_names_from_data_cannot_become_markup(tmp_path, evidence):
  r = evidence.results
  names = (f"{_HOSTILE}{i}" for i in range(99))
  r["experiment"] = next(names)
  r["data"]["pretrain"]["dataset"] = next(names)
  r["data"]["probe"]["dataset"] = next(names)
  r["data"]["probe"]["by_emotion"] = {next(names): 3}
  r["data"]["probe"]["set_aside"] = [
    {"emotion": next(names), "faces": 1, "people": 1, "reason": next(names)}
  ]
  r["protocols"]["paper"]["notes"] = [next(names)]
  r["protocols"]["subject"] = None
  r["reasons"]["subject"] = next(names)
  r["protocols"]["sealed"] |= {"same_as": "subject"}
  r["protocols"]["sealed"]["same_as_reason"] = next(names)
  r["controls"][next(names)] = r["controls"]["hog"]
  r["departures"] = [next(names)]
  r["timing"]["stages"][next(names)] = 1.0
  r["machine"]["devices"] = [next(names)]
  r["machine"]["svm_backend_reason"] = next(names)
  r["versions"] = {next(names): next(names)}
  r["config"] |= {next(names): next(names)}
  r["artifacts"] = {next(names): {"x": next(names)}}
  unknown = dict.fromkeys(r["audit"]["identity"]["hog"])
  r["audit"]["identity"][next(names)] = unknown | {"reason": next(names)}
  r["command"] = next(names)
  planted = int(next(names).removeprefix(_HOSTILE))
  written = _write(tmp_path, evidence, faces="hide")
  assert not written.all("script")
  for i in range(planted):
    assert f"{_HOSTILE}{i}" in written.text


def test_a_hostile_emotion_is_escaped_everywhere(tmp_path, evidence):
  text = json.dumps(evidence.results)
  results = json.loads(text.replace('"happy"', json.dumps(_HOSTILE)))
  roc = {
    protocol: {(_HOSTILE if k == "happy" else k): v for k, v in curves.items()}
    for protocol, curves in evidence.roc.items()
  }
  written = _write(tmp_path, evidence, results=results, roc=roc)
  assert not written.all("script")
  assert _HOSTILE in written.text


@pytest.mark.usefixtures("quick_charts")
def test_hidden_faces_are_nowhere(tmp_path, evidence):
  sheet = tmp_path / "sheet.png"
  Image.new("RGB", (640, 320)).save(sheet)
  written = _write(tmp_path, evidence, faces="hide", crops=sheet)
  assert _figures(tmp_path) == _CHARTS
  assert len(written.all("img")) == len(_CHARTS)
  assert written.source.count("data:image") == len(_CHARTS)
  assert "Faces are hidden by this run's configuration" in written.text


@pytest.mark.usefixtures("quick_charts")
def test_blurred_faces_are_said_to_be(tmp_path, evidence):
  written = _write(tmp_path, evidence, faces="blur")
  assert "Faces are blurred" in written.text
  assert _figures(tmp_path) == _CHARTS | _FACES


@pytest.mark.usefixtures("quick_charts")
def test_a_contact_sheet_is_shown_where_there_is_one(tmp_path, evidence):
  sheet = tmp_path / "sheet.png"
  Image.new("RGB", (640, 320)).save(sheet)
  _write(tmp_path, evidence, crops=sheet)
  assert _figures(tmp_path) == _CHARTS | _FACES | {"crops.png"}


def test_what_was_not_run_is_left_out_with_its_reason(tmp_path, evidence):
  results = evidence.results
  paper = results["protocols"]["paper"]
  results["protocols"] = dict.fromkeys(results["protocols"]) | {"paper": paper}
  results["reasons"]["subject"] = "these faces have no person ids"
  results["controls"], results["differences"] = {}, {}
  results["timing"], results["paper_reference"] = {}, None
  results["interval_unit"] = "images"
  for use in results["data"].values():
    use["people"] = None
  entry = results["protocols"]["paper"]["auc"]["sad"]
  entry |= {"value": None, "ci95": None, "reason": "one fold holds them all"}
  written = _write(tmp_path, evidence, real=None, roc={})
  for words in (
    "no scores, because these faces have no person ids",
    "one fold holds them all",
    "an unknown number of people",
    "None was run",
    "No times were recorded",
    "too narrow wherever a person appears twice",
  ):
    assert words in written.text
  assert not {"roc_subject.png", "real.png"} & _figures(tmp_path)


@pytest.mark.usefixtures("quick_charts")
def test_without_any_scores_there_is_still_a_page(tmp_path, evidence):
  evidence.results["protocols"] = {"paper": None, "subject": None}
  evidence.results["reasons"]["paper"] = "one class only"
  evidence.results["differences"] = {}
  written = _write(tmp_path, evidence)
  assert "nothing is found" in written.text
  assert "one class only" in written.text


@pytest.mark.usefixtures("quick_charts")
def test_a_collapsed_generator_is_called_so(tmp_path, evidence):
  assert "collapsed" not in _write(tmp_path, evidence).text
  fakes = np.repeat(evidence.fakes[:1], 16, axis=0)
  assert "has collapsed" in _write(tmp_path, evidence, fakes=fakes).text


def test_a_number_that_is_none_is_refused_before_anything_is_written(
  tmp_path, evidence
):
  evidence.results["protocols"]["paper"]["accuracy"] = float("nan")
  with pytest.raises(ValueError, match="JSON compliant"):
    page.write(tmp_path, evidence)
  assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("quick_charts")
def test_the_same_evidence_gives_the_same_page(tmp_path, evidence):
  assert _write(tmp_path, evidence).source == _write(tmp_path, evidence).source


@pytest.mark.browser
@pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium")
def test_a_browser_shows_every_image_and_no_error(tmp_path, evidence):
  source = _write(tmp_path, evidence).source
  probe = """<script>addEventListener("load", () => {
    const images = [...document.images];
    const root = document.documentElement;
    root.dataset.loaded = images.filter(i => i.naturalWidth > 0).length;
    root.dataset.wide = root.scrollWidth > root.clientWidth;
  });</script></body>"""
  path = tmp_path / "probed.html"
  path.write_text(source.replace("</body>", probe), encoding="utf-8")
  flags = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update"
    " --disable-sync --enable-logging=stderr --window-size=500,900"
  )
  done = subprocess.run(
    [
      "chromium",
      *flags.split(),
      f"--user-data-dir={tmp_path / 'profile'}",
      "--dump-dom",
      path.as_uri(),
    ],
    capture_output=True,
    text=True,
    timeout=120,
    check=True,
  )
  assert f'data-loaded="{len(_CHARTS | _FACES)}"' in done.stdout
  assert 'data-wide="false"' in done.stdout
  assert "CONSOLE" not in done.stderr
