"""What pages say of generated faces: never more than was measured."""

import dataclasses
import re

import numpy as np
import pytest

from jaxfer.report import generated, page, pictures, templates
from jaxfer.report.figures import entry
from jaxfer.report.paper import SAMPLES
from jaxfer.report.suite import generators
from jaxfer.report.suite.suite import Suite
from jaxfer.results.evidence import Panels


def number(value, floor=None, ci95=None, reason="", **more):
  return {
    "value": value,
    "n_real": 64,
    "n_fake": 64,
    "ci95": ci95,
    "floor": floor,
    "floor_ci95": None,
    "ceiling": None,
    "warnings": [],
    "reason": reason,
  } | more


def block(**numbers):
  absent = number(None, reason="generate.inception names no weights")
  own = {
    "pixels/support": number(12.0, 300.0, [9.0, None]),
    "pixels/coverage": number(0.25, 0.96, [0.2, 0.3], ceiling=0.97),
    "disc:rafd-12ab/frechet_distance": number(5.25, 0.2, [5.0, 5.5]),
    "inception/fid": absent,
    "inception/kid": absent,
    "inception/is": absent,
    "ssim_nearest_real": number(0.41, 0.55, [0.4, 0.42]),
    "ms_ssim_fake_pairs": number(0.7, 0.4, [0.68, 0.72]),
  }
  return {
    "count": 64,
    "network": "rafd-12ab",
    "numbers": own | numbers,
    "labels": {
      "names": ["happy", "sad"],
      "real": [0.5, 0.5],
      "fake": [1.0, 0.0],
      "total_variation": number(0.5, 0.05, [0.4, 0.6]),
    },
    "collapse": {
      "verdict": "collapsed",
      "reasons": ["64 faces repeat each other"],
      "signs": [
        {
          "name": "support",
          "raised": True,
          "value": 12.0,
          "limit": 32.0,
          "words": "64 faces repeat each other",
        }
      ],
    },
  }


def lay_out(table):
  return [(name, cells) for name, *cells in map(table.cells, table.rows)]


def rows_of(table):
  return {(name.text, name.detail): cells for name, cells in lay_out(table)}


def test_table_vii_has_the_papers_rows_and_ours_below():
  table = generated.samples({"generated": block(), "standin": False})
  assert len(table.rows) == len(SAMPLES) + 1
  rows = rows_of(table)
  paper = rows["the paper", "printed"]
  # Table VII's last row.
  assert [cell.text for cell in paper[:4]] == [
    "1.874",
    "22.318",
    "0.8942",
    "76.72\N{NO-BREAK SPACE}%",
  ]
  assert paper[4].text == "the same task"
  for model, fid in (
    ("Pix2Pix [66]", "12.84"),
    ("GANimation [8]", "34.360"),
    ("CycleGAN [72]", "52.8230"),
  ):
    assert rows[model, "printed"][1].text == fid
  assert rows["GANimation [8]", "printed"][4].text == "not comparable"
  ours = lay_out(table)[-1][1]
  assert [cell.text for cell in ours[:3]] == ["—", "—", "0.41"]
  assert "generate.inception" in ours[1].detail
  assert ours[3].detail == "people were not asked"
  study = {"fooled": {"value": 0.31, "ci95": [0.2, 0.4]}}
  asked = generated.samples(
    {"generated": block(), "standin": False, "human_study": [study]}
  )
  assert lay_out(asked)[-1][1][3].text == "31.0\N{NO-BREAK SPACE}%"


def test_only_inceptions_distance_stands_in_the_column_of_fid():
  found = block()
  for space, dialect in (("clean-fid", 21.5), ("pytorch-fid", 22.5)):
    for name in ("fid", "kid", "is"):
      found["numbers"].pop(f"inception/{name}", None)
      found["numbers"][f"inception:{space}/{name}"] = number(dialect)
  table = generated.samples({"generated": found, "standin": True})
  rows = rows_of(table)
  assert rows["here", "clean-fid"][1].text == "21.5"
  assert rows["here", "pytorch-fid"][1].text == "22.5"
  assert rows["here", "clean-fid"][4].text == "not comparable"
  assert not any("5.25" in c.text for _, cells in lay_out(table) for c in cells)


def test_each_space_is_named_and_a_discriminators_is_called_no_fid():
  tables = dict(generated.numbers(block()))
  (own,) = [name for name in tables if "disc:rafd-12ab" in name]
  assert "no FID" in own
  assert rows_of(tables[own])["Fréchet distance", ""][0].text == "5.25"
  pixels = rows_of(tables["In grey pixels, 16 × 16"])
  assert pixels["images that it chooses among", ""][0].detail == "[9, …]"
  coverage = pixels["coverage", ""]
  assert coverage[1].detail.endswith("expected 97.0\N{NO-BREAK SPACE}%")


def test_numbers_of_other_counts_say_so():
  fewer = {"ssim_nearest_real": number(0.41, 0.55, n_fake=16, n_real=16)}
  rows = dict(generated.numbers(block(**fewer)))
  ssim, pairs = rows["Structural similarity of the pictures"].rows
  assert ssim["name"].note == "of 16 generated and 16 real faces"
  assert pairs["name"].note == ""


def test_every_measure_has_a_name():
  """A number without one would break the page of a run."""
  from jaxfer.measure import distances

  for name in distances.without_inception():
    assert name.rpartition("/")[2] in generated.MEASURES
  tables = generated.numbers(block())
  assert sum(len(table.rows) for _, table in tables) == 8


def test_rows_are_whole_and_name_their_space():
  rows = {row["measure"]: row for row in generated.rows({"generated": block()})}
  assert rows["disc:rafd-12ab/frechet_distance"]["value"].value == 5.25
  assert rows["pixels/support"]["value"].bounds == (9, None)
  assert rows["inception/fid"]["value"].value is None
  assert "weights" in rows["inception/fid"]["reason"]
  assert rows["labels/total_variation"]["floor"].value == 0.05
  assert list(generated.rows({})) == []


@pytest.mark.parametrize(
  ("word", "line"),
  [
    ("collapsed", "Collapsed"),
    ("no sign of collapse", "No sign of collapse"),
    ("not known", "Not known whether it has collapsed"),
  ],
)
def test_the_verdict_is_a_plain_line(word, line):
  found = block()
  found["collapse"]["verdict"] = word
  assert generated.verdict(found) == line


@pytest.mark.parametrize(("mode", "drawn"), [("show", True), ("hide", False)])
def test_faces_are_drawn_as_their_owner_allows(tmp_path, evidence, mode, drawn):
  rng = np.random.default_rng(0)
  some = rng.integers(0, 256, (2, 3, 16, 16, 3)).astype(np.uint8)
  panels = Panels(some[0], some[1], some[0], some[1], some)
  shown = dataclasses.replace(evidence, panels=panels, faces=mode)
  names = {"alike", "nearest", "paths"}
  own = [e for e in pictures.of(shown) if e.name in names]
  found = entry.draw(own, tmp_path, "", inline=False)
  assert set(found) == (names if drawn else set())
  assert bool(list(tmp_path.iterdir())) is drawn


def test_the_section_reads_as_it_should():
  rendered = (
    templates.environment()
    .get_template("parts/generated.html")
    .render(
      generated={
        "found": block(),
        "verdict": "Collapsed",
        "signs": generated.signs(block()),
        "labels": generated.labels(block()),
        "samples": generated.samples({"generated": block(), "standin": True}),
        "classes": None,
        "numbers": generated.numbers(block()),
      },
      pictures={},
      faces="hide",
      of_paper=True,
    )
  )
  assert "Stand-in" not in rendered  # the banner says it
  for words in (
    "<strong>Collapsed.</strong> 64 generated faces",
    "<dt>sign of collapse</dt>",
    "are hidden",
    "Table VII",
  ):
    assert words in rendered


def _collapsed(member, verdict):
  member.results["generated"] = block()
  member.results["generated"]["collapse"]["verdict"] = verdict


def test_each_generator_has_a_row_and_the_papers_stand_apart(members):
  for member in members.values():
    _collapsed(member, "no sign of collapse")
  suite = Suite(members)
  table = generators.samples(suite)
  assert (
    len(table.rows) == len(SAMPLES) + len(suite.learnt_sets()) + 1
  )  # as printed
  verdicts = generators.verdicts(suite)
  names = [row["model"].value for row in verdicts.rows]
  assert len(names) == len({*names}) == len(table.rows) - len(SAMPLES)
  assert sum("as printed" in name for name in names) == 1
  support = verdicts.rows[0]["pixels/support"]
  assert (support.value, support.interval) == (12, None)


def test_figure_9_is_a_generator_that_has_collapsed(members):
  for member in members.values():
    _collapsed(member, "no sign of collapse")
  assert Suite(members).collapsed() is None
  _collapsed(members["emotion-7"], "collapsed")
  name, member = Suite(members).collapsed()
  assert "KDEF" in name and member.name == "emotion-7"
  # The printed beta1 is the paper's own, and stands before others.
  _collapsed(members["as-printed"], "collapsed")
  name, _ = Suite(members).collapsed()
  assert "as printed" in name


def test_experiments_of_before_have_no_row(members):
  for member in members.values():
    member.results.pop("generated", None)
  suite = Suite(members)
  assert not generators.verdicts(suite).rows
  assert len(generators.samples(suite).rows) == len(SAMPLES)


def test_classes_stand_below_each_other_with_what_real_faces_give():
  happy = block(**{"pixels/coverage": number(0.25, 0.96)})
  sad = block(**{"pixels/coverage": number(None, reason="too few")})
  whole = block() | {"classes": {"happy": happy, "AU12": sad}}
  table = generated.classes(whole)
  heads = [column.title for column in table.columns[1:]]
  place = heads.index("coverage")
  (first, row), (second, other) = lay_out(table)
  assert (first.text, first.detail) == ("happy", "64 faces of each")
  assert second.text == "AU12 lip corner puller"
  assert row[place].text.startswith("25.0")
  assert row[place].detail.startswith("real 96.0")
  assert (other[place].text, other[place].detail) == ("—", "too few")
  assert row[-1].text == "Collapsed"
  # Inception is absent here, and one space of shares is enough.
  assert heads[0] == "FID"
  rows = list(generated.class_rows({"generated": whole}))
  assert {r["class"] for r in rows} == {"happy", "AU12"}
  assert generated.classes(block()) is None
  assert list(generated.class_rows({})) == []


def test_classes_stand_on_the_page(tmp_path, evidence, read_page, specks):
  for name, classes in (("told", {"happy": block()}), ("untold", {})):
    out = tmp_path / name
    out.mkdir()
    evidence.results["generated"] = block() | {"classes": classes}
    text = read_page(page.write(out, evidence)).text
    assert ("Class by class" in text) == bool(classes)
    path = out / "tables" / "generated_classes.csv"
    assert path.exists() == bool(classes)


@pytest.mark.usefixtures("specks")
@pytest.mark.parametrize("name", ["emotion-5", "au-1"])
def test_a_page_of_own_faces_has_nothing_of_the_papers(
  tmp_path, make, read_page, name
):
  evidence = make(name)
  results = evidence.results
  results["generated"], results["command"] = block(), ""
  for folder, reference in (
    ("own", None),
    ("paper", results["paper_reference"]),
  ):
    results["paper_reference"] = reference
    for faces in ("show", "hide"):
      out = tmp_path / folder / faces
      out.mkdir(parents=True)
      path = page.write(out, dataclasses.replace(evidence, faces=faces))
      text = read_page(path).text
      if reference is None:
        text = text.replace("( paper )", "")  # the key of random folds
        assert not re.findall(
          r"[^.]*\bpaper\b[^.]*|Table [IVX]+|Figures? \d", text
        )
      else:
        for words in ("Table VII", "Departures from the paper", "Figure 3"):
          assert words in text
