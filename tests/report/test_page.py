"""The page: true to its numbers, closed to the network, safe to open."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil

import numpy as np
import pytest
from PIL import Image

from jaxfer.data import video
from jaxfer.report import page, pictures
from jaxfer.results.evidence import Located

_CHARTS = {
  "accuracy.png",
  "roc.png",
  "confusion_paper.png",
  "confusion_subject.png",
  "confusion_sealed.png",
  "labels.png",
  "architecture.png",
  "losses.png",
  "reliability.png",
}
_FACES = {"real.png", "generated.png", "samples.png", "copies.png"}
_HOSTILE = "<script>alert(1)</script>\"'&"


@pytest.fixture
def write(tmp_path, read_page):
  """Writes a run's page, after changes to its evidence."""
  out = tmp_path / "report"

  def run(evidence, **changes):
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    path = page.write(out, dataclasses.replace(evidence, **changes))
    assert path == out / "index.html"
    return read_page(path)

  return run


def _figures(tmp_path):
  return {path.name for path in (tmp_path / "report/figures").iterdir()}


def test_a_report_has_all_its_files(write, tmp_path, evidence):
  written = write(evidence)
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


@pytest.mark.usefixtures("specks")
def test_the_page_needs_no_network_and_no_script(write, evidence):
  written = write(evidence)
  assert not re.search(
    r"(https?:)?//\w", re.sub(r'"data:[^"]*"', "", written.source)
  )
  assert not written.all("script") and "@import" not in written.source
  for image in written.all("img"):
    assert image["src"].startswith("data:image/png;base64,")
    assert image["alt"]


@pytest.mark.usefixtures("specks")
def test_the_papers_numbers_stand_beside_ours(write, evidence):
  text = write(evidence).text
  ours = 100 * evidence.results["protocols"]["subject"]["accuracy"]
  for words in ("Exp5", "97.64 %", f"{ours:.1f} %", "0.999", "section 4-A"):
    assert words in text
  evidence.results["paper_reference"] = None
  text = write(evidence).text
  assert "Exp5" not in text and "97.64" not in text


@pytest.mark.usefixtures("specks")
def test_stand_ins_are_named_wherever_a_reader_looks(write, evidence):
  written = write(evidence)
  assert "<title>[stand-in faces] emotion-5" in written.source
  assert written.source.index('class="banner"') < written.source.index("<h1>")
  # In the banner and, as a small mark, in the figures.
  assert written.text.lower().count("stand-in") == 2  # title and banner


@pytest.mark.usefixtures("specks")
def test_real_faces_are_not_called_stand_ins(write, evidence):
  evidence.results["standin"] = False
  written = write(evidence)
  assert "stand-in" not in written.source.lower()
  assert 'class="banner"' not in written.source


@pytest.mark.usefixtures("specks")
def test_names_from_data_cannot_become_markup(write, evidence):
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
  r["audit"]["unseen"]["sealed"] = {"holds": False, "reason": next(names)}
  r["audit"]["people"] = {"learnt": {"known": True, "reason": next(names)}}
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
  written = write(evidence, faces="hide")
  assert not written.all("script")
  for i in range(planted):
    assert f"{_HOSTILE}{i}" in written.text


def test_a_hostile_emotion_is_escaped_everywhere(write, evidence):
  text = json.dumps(evidence.results)
  results = json.loads(text.replace('"happy"', json.dumps(_HOSTILE)))
  roc = {
    protocol: {(_HOSTILE if k == "happy" else k): v for k, v in curves.items()}
    for protocol, curves in evidence.roc.items()
  }
  written = write(evidence, results=results, roc=roc)
  assert not written.all("script")
  assert _HOSTILE in written.text


@pytest.mark.usefixtures("specks")
def test_hidden_faces_are_nowhere(write, tmp_path, evidence):
  sheet = np.zeros((320, 640, 3), np.uint8)
  written = write(evidence, faces="hide", crops=sheet)
  assert _figures(tmp_path) == _CHARTS
  assert len(written.all("img")) == len(_CHARTS)
  assert written.source.count("data:image") == len(_CHARTS)
  assert "Faces are hidden" in written.text
  assert "--config.report.faces=show" in written.text


@pytest.mark.usefixtures("specks")
def test_blurred_faces_are_said_to_be(write, tmp_path, evidence):
  written = write(evidence, faces="blur")
  assert "Faces are blurred" in written.text
  assert _figures(tmp_path) == _CHARTS | _FACES


@pytest.mark.usefixtures("specks")
def test_a_contact_sheet_is_shown_where_there_is_one(write, tmp_path, evidence):
  write(evidence, crops=np.zeros((320, 640, 3), np.uint8))
  assert _figures(tmp_path) == _CHARTS | _FACES | {"crops.png"}


def test_what_was_not_run_is_left_out_with_its_reason(
  write, tmp_path, evidence
):
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
  written = write(evidence, real=None, roc={})
  for words in (
    "no scores, because these faces have no person ids",
    "one fold holds them all",
    "an unknown number of people",
    "None was run",
    "No times were recorded",
    "too narrow wherever a person appears twice",
  ):
    assert words in written.text
  assert not {"roc.png", "real.png"} & _figures(tmp_path)


@pytest.mark.usefixtures("specks")
@pytest.mark.parametrize("name", ["emotion-5", "au-2"])
def test_a_page_says_what_features_went_into(make, write, name):
  evidence, au = make(name), name == "au-2"
  said = write(evidence).source
  kernel = "a linear support" if au else "machines with a Gaussian kernel</dd>"
  assert kernel in said and "Support vector machines by" in said
  evidence.results["config"]["svm.head"] = "nearest"
  other = write(evidence).source
  assert "into the votes of the nearest faces" in other
  assert "support vector" not in other.lower() and "C = 1" not in other


def test_without_any_scores_there_is_still_a_page(write, evidence):
  evidence.results["protocols"] = {"paper": None, "subject": None}
  evidence.results["reasons"]["paper"] = "one class only"
  evidence.results["differences"] = {}
  written = write(evidence)
  assert "nothing is found" in written.text
  assert "one class only" in written.text


@pytest.mark.usefixtures("specks")
def test_a_collapsed_generator_is_called_so(write, evidence):
  assert "collapsed" not in write(evidence).text
  fakes = np.repeat(evidence.fakes[:1], 16, axis=0)
  assert "has collapsed" in write(evidence, fakes=fakes).text


def test_a_learner_that_draws_no_faces_says_so(write, tmp_path, evidence):
  results = evidence.results
  results = results | {
    "generated": None,
    "reasons": results["reasons"]
    | {"generated": "this learner draws no faces"},
    "config": results["config"] | {"gan.learner": "contrastive"},
    "pretrain": results["pretrain"]
    | {"latent": None, "parameters": {"trunk": 11, "head": 22}},
  }
  steps = len(evidence.losses["step"])
  shown = write(
    evidence,
    results=results,
    losses={
      "step": evidence.losses["step"],
      "loss": np.linspace(5, 2, steps),
      "matched": np.linspace(0, 1, steps),
    },
    grids=(),
    fakes=evidence.fakes[:0],
    layers=([], evidence.layers[1]),
    panels=None,
  )
  text = shown.text
  assert "None: this learner draws no faces." in text
  assert "Contrastive network of width" in text
  assert "11 + 22 parameters (trunk + head)" in text
  assert "of views matched" in text
  told, _ = text.split("Departures from the paper")
  assert "The trained contrastive network ahead by" in told
  assert "DCGAN" not in told and "discriminator" not in told
  table = (tmp_path / "report/tables/scores.tex").read_text(encoding="utf-8")
  assert "trained contrastive network" in table and "DCGAN" not in table
  for word in ("100 latents", "Both networks", "has collapsed"):
    assert word not in text, word
  drawn = {path.name for path in (tmp_path / "report/figures").iterdir()}
  assert {"losses.png", "architecture.png", "real.png"} <= drawn
  assert not drawn & {"generated.png", "samples.png", "paths.png"}


def test_a_number_that_is_none_is_refused_before_anything_is_written(
  tmp_path, evidence
):
  evidence.results["protocols"]["paper"]["accuracy"] = float("nan")
  with pytest.raises(ValueError, match="JSON compliant"):
    page.write(tmp_path, evidence)
  assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("specks")
def test_a_map_says_how_much_of_the_face_its_cells_see(write, units):
  text = write(units).text
  # Of conv4: 1 + 3 (1 + 2 + 4 + 8), which its 16-pixel grid would hide.
  assert "Each cell sees 46 of the face's 64 pixels" in text
  assert "an exact 4×4 map in feature space" in text


@pytest.mark.usefixtures("specks")
def test_evidence_beside_the_face_is_said_to_be(write, units):
  maps = np.zeros((2, 4, 4))
  maps[0, 1:3, 1:3] = maps[1, 1:3, 1:3] = 1
  maps[1, ::3, ::3] = -9  # the corners
  located = Located(units.located.faces[:2], maps, ("near", "far"))
  np.testing.assert_allclose(located.outside()[0], 0)
  corner = located.outside()[1] * (4 * 9 + 4) / (4 * 9)
  assert corner == pytest.approx(0.684, abs=0.01)  # of a corner cell
  text = write(units, located=located).text
  assert "In 1 of 2 maps more than a third of the evidence lies outside" in text
  assert (
    ": far 61 %." in text
    and "near " not in text.partition("lies outside")[2][:200]
  )
  calm = dataclasses.replace(located, maps=np.ones((2, 4, 4)))
  even = 1 - np.pi / 4
  np.testing.assert_allclose(calm.outside(), even, atol=5e-3)
  assert "lies outside" not in write(units, located=calm).text


@pytest.mark.usefixtures("specks")
def test_the_losses_told_are_means_over_the_last_epoch(write, evidence):
  losses = {k: np.array(v, np.float64) for k, v in evidence.losses.items()}
  losses["loss_g"][-1] = 1e3  # an outlier at the end
  last = len(losses["step"]) // evidence.results["pretrain"]["epochs"]
  text = write(evidence, losses=losses).text
  said = {name: losses[name][-last:].mean() for name in losses}
  assert (
    f"Means over the last epoch: D's loss {said['loss_d']:.2f}, G's"
    f" {said['loss_g']:.2f}; D gives {said['d_real']:.2f} to real faces and"
    f" {said['d_fake']:.2f} to generated ones." in text
  )
  none = {k: v[:0] for k, v in losses.items()}
  assert "last epoch" not in write(evidence, losses=none).text


@pytest.mark.usefixtures("specks")
def test_prose_names_no_setting_but_those_to_set(write, evidence, units):
  for own in (evidence, units):
    own.results["paper_reference"] = None
    written = write(own, faces="hide")
    prose = re.sub(
      "<(code|pre|style|title)[^>]*>.*?</", "</", written.source, flags=re.S
    )
    assert not re.findall(
      r"\b(?:svm|data|gan|crop|report|run)\.[a-z_]{3,}\b", prose
    )


@pytest.mark.usefixtures("specks")
def test_the_main_figure_follows_the_headline(write, evidence):
  source = write(evidence).source
  lead, figure = source.index('class="lead"'), source.index("<figure")
  assert lead < figure < source.index('class="tiles"')
  assert (
    "Accuracy of each representation"
    in source[figure : source.index('class="tiles"')]
  )


def test_a_set_of_people_who_may_be_the_same_keeps_its_score(
  make, tmp_path, read_page, specks
):
  """Fitted on one set and tested on another, with names in common."""
  evidence = make("au-8")
  r = evidence.results
  r["protocols"]["across"] = r["protocols"]["subject"]
  for protocol in ("subject", "unsealed", "sealed"):
    r["protocols"][protocol] = None
    r["reasons"][protocol] = "9 names are both in CK and in CK+"
  gaps = r["differences"]
  gaps["paper - across"] = gaps.pop("paper - subject")
  del gaps["subject - sealed"]
  r["audit"]["areas"] = {}
  r["audit"]["people"] = {
    "fitted": {"known": False, "reason": "9 names are both in CK and in CK+"}
  }
  page.write(tmp_path, evidence)
  text = read_page(tmp_path / "index.html").text
  score = f"{r['protocols']['across']['auc_mean']:.3f}"
  assert f"another set, tuned {score}" in text
  assert "Whether the two share people: 9 names are both in CK and in" in text
  assert "unseen people and unseen by the DCGAN too: no scores" in text
  assert "never saw" not in text


@pytest.mark.usefixtures("specks")
def test_an_inverted_generator_shows_faces_beside_what_it_draws(
  write, tmp_path, evidence
):
  evidence.results["inverted"] = {"told": 0.61, "pointed": 0.04, "found": 0.01}
  shown = np.zeros((12, 3, 16, 16, 3), np.uint8)
  written = write(evidence, inverted=shown)
  assert _figures(tmp_path) == _CHARTS | _FACES | {"inverted.png"}
  for words in ("61.0", "20.0", "10.0"):
    assert f"{words} %" in written.text
  assert "inverted.png" not in write(evidence, faces="hide").source


def test_clips_play_on_the_page_and_as_a_film_beside_it(
  write, tmp_path, evidence, monkeypatch
):
  monkeypatch.setattr(pictures, "_FIGURES", (pictures._real_and_generated,))
  rng = np.random.default_rng(0)
  # Cells of eight pixels, smooth enough for a film.
  cells = rng.integers(0, 256, (7, 4, 3, 3, 3), np.uint8)
  clips = cells.repeat(8, 2).repeat(8, 3)
  film = tmp_path / "report/figures/clips.mp4"
  written = write(evidence, clips=clips)
  links = [link["href"] for link in written.all("a")]
  assert links.count("figures/clips.mp4") == 2  # and in the list of files
  assert len(video.times(str(film))) == 4
  with Image.open(film.with_suffix(".png")) as page_shows:
    for seen in video.take(str(film), range(4)):
      shown = np.asarray(page_shows.convert("RGB"), int)
      factor = len(seen) // len(shown)
      large = shown.repeat(factor, 0).repeat(factor, 1)
      assert np.abs(seen - large).mean() < 6
      if page_shows.tell() < 3:
        page_shows.seek(page_shows.tell() + 1)
  first = film.read_bytes(), written.source
  assert (write(evidence, clips=clips).source, film.read_bytes()) == first[::-1]
  assert "clips.mp4" not in write(evidence, clips=clips, faces="hide").source
  assert not film.exists()
  monkeypatch.setitem(video._CODES, ".mp4", "none")
  assert "clips.mp4" not in write(evidence, clips=clips).source
