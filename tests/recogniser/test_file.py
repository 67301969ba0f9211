"""A recogniser handed on: whole, the same; damaged or false, refused."""

import functools
import json
import os
import subprocess
import sys
import zipfile

import numpy as np
import pytest
import safetensors.numpy

import jaxfer
from jaxfer import export
from jaxfer.errors import UserError
from jaxfer.experiment import ranges
from jaxfer.recogniser import card, file, linear
from jaxfer.recogniser.run import find
from jaxfer.svm import kernels, logistic


@pytest.fixture(scope="module")
def handed(model, tmp_path_factory):
  """The file of a recogniser, by task."""

  @functools.cache
  def once(task):
    path = tmp_path_factory.mktemp("handed") / f"{task}.jaxfer"
    file.write(path, model(task))
    return path

  return lambda task="emotion": once(task)


def values(model, pictures):
  return [row.values() for row in model.predict(pictures)]


@pytest.mark.parametrize("task", ["emotion", "au"])
def test_it_predicts_what_the_run_does(model, handed, pictures, task):
  other = jaxfer.load(handed(task))
  assert values(other, pictures[0]) == values(model(task), pictures[0])
  assert other.card == model(task).card


def test_another_process_predicts_the_same(handed, model, pictures, tmp_path):
  np.save(tmp_path / "faces.npy", pictures[0])
  code = (
    "import sys, json, jaxfer, numpy as np;"
    "m = jaxfer.load(sys.argv[1]);"
    "rows = m.predict(np.load(sys.argv[2]));"
    "print(json.dumps([list(r.probabilities.values()) for r in rows]))"
  )
  done = subprocess.run(
    [sys.executable, "-c", code, handed(), tmp_path / "faces.npy"],
    capture_output=True,
    text=True,
    check=True,
    env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
  )
  own = [list(r.probabilities.values()) for r in model().predict(pictures[0])]
  np.testing.assert_allclose(json.loads(done.stdout), own, atol=1e-6)


def test_a_file_that_was_cut_is_refused(handed, tmp_path):
  content, path = handed().read_bytes(), tmp_path / "cut.jaxfer"
  for share in (0, 0.3, 0.9, 0.999):
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(UserError, match="no whole"):
      jaxfer.load(path)


def test_no_flipped_byte_passes_unseen(handed, model, pictures, tmp_path):
  """It is refused, or what it predicts is the same."""
  content, path = handed().read_bytes(), tmp_path / "flipped.jaxfer"
  rng, expected = np.random.default_rng(0), values(model(), pictures[0][:2])
  places = [
    *rng.integers(0, len(content), 40),
    *range(len(content) - 60, len(content)),
  ]
  for place in places:
    damaged = bytearray(content)
    damaged[place] ^= 1 << rng.integers(8)
    path.write_bytes(damaged)
    try:
      found = jaxfer.load(path)
    except UserError:
      continue
    assert values(found, pictures[0][:2]) == expected


def rewrite(source, path, change):
  """A well-formed file of changed content."""
  with zipfile.ZipFile(source) as archive:
    parts = {name: archive.read(name) for name in archive.namelist()}
  settings = json.loads(parts["model.json"])
  arrays = safetensors.numpy.load(parts["arrays.safetensors"])
  change(settings, arrays)
  parts["model.json"] = json.dumps(settings).encode()
  parts["arrays.safetensors"] = safetensors.numpy.save(arrays)
  with zipfile.ZipFile(path, "w") as archive:
    for name, content in parts.items():
      archive.writestr(name, content)


FALSE = {
  "later": (lambda s, a: s.update(version=3), "of version 3"),
  "width": (lambda s, a: s["network"].update(width=10**9), "width=1000000000"),
  "size": (lambda s, a: s["network"].update(size=-4), "size=-4"),
  "layer": (lambda s, a: s["network"].update(layer="conv9"), "conv9"),
  "names": (lambda s, a: s.update(names=["a"] * 10**5), "names that are none"),
  "class": (lambda s, a: a["head.pairs"].__setitem__((0, 0), 99), "are none"),
  "centres": (lambda s, a: a.update(centres=a["centres"][:, :3]), "centres is"),
  "nan": (lambda s, a: a["centres"].__setitem__((0, 0), np.nan), "not finite"),
  "gone": (lambda s, a: a.pop("head.biases"), "head.biases"),
  "more": (lambda s, a: a.update(more=np.zeros(3)), "more is"),
  "type": (
    lambda s, a: a.update({"head.pairs": a["head.pairs"].astype(float)}),
    "head.pairs of float64",
  ),
  "gamma": (lambda s, a: s["head"].update(gamma="wide"), "could not convert"),
  "limit": (lambda s, a: s.update(limit=float("nan")), "limit=nan"),
  "crop": (lambda s, a: s["crop"].update(detect_side=10**7), "detect_side"),
  "detector": (lambda s, a: s["crop"].update(detector="sh"), "detector"),
  "kind": (lambda s, a: s["head"].update(kind="tree"), "tree"),
  "settings": (lambda s, a: s.pop("crop"), "crop"),
}


@pytest.mark.parametrize("name", FALSE)
def test_what_is_false_is_refused_before_it_is_made(handed, tmp_path, name):
  change, said = FALSE[name]
  path = tmp_path / "false.jaxfer"
  rewrite(handed(), path, change)
  with pytest.raises(UserError, match=said):
    jaxfer.load(path)


@pytest.mark.parametrize(
  ("field", "value"),
  [
    ("margin", -0.2),  # cut narrower than found
    ("margin", 10),
    ("scale_factor", 1.01),
    ("detect_side", 16),
    ("min_face", 0.001),
    ("max_megapixels", 1000),
  ],
)
def test_however_a_run_finds_its_faces_its_file_opens(
  handed, tmp_path, field, value
):
  section = "data" if field == "max_megapixels" else "crop"
  ranges.check({f"{section}.{field}": value})
  path = tmp_path / "edge.jaxfer"
  rewrite(handed(), path, lambda s, a: s["crop"].update({field: value}))
  assert jaxfer.load(path).crop[field] == value


def test_a_dictionary_is_of_its_shape(handed, tmp_path):
  path = tmp_path / "false.jaxfer"

  def change(_, arrays):
    arrays["stats.patches.words"] = arrays["stats.patches.words"][1:]

  rewrite(handed("patches"), path, change)
  with pytest.raises(UserError, match=r"patches.words is .127, 36"):
    jaxfer.load(path)


def test_absurd_shapes_take_no_memory(handed, tmp_path):
  """A header that promises more than there is."""
  path = tmp_path / "absurd.jaxfer"
  header = json.dumps(
    {
      "centres": {
        "dtype": "F32",
        "shape": [1 << 40, 64],
        "data_offsets": [0, 1 << 48],
      }
    }
  ).encode()
  with zipfile.ZipFile(handed()) as archive:
    parts = {name: archive.read(name) for name in archive.namelist()}
  parts["arrays.safetensors"] = len(header).to_bytes(8, "little") + header
  with zipfile.ZipFile(path, "w") as archive:
    for name, content in parts.items():
      archive.writestr(name, content)
  with pytest.raises(UserError, match="no sound"):
    jaxfer.load(path)
  with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
    for name, content in parts.items():
      archive.writestr(name, content if name != "model.json" else b" " * 10**8)
  with pytest.raises(UserError, match="packed"):
    jaxfer.load(path)


def test_something_else_is_refused(tmp_path):
  path = tmp_path / "a.jaxfer"
  path.write_text("a text")
  with pytest.raises(UserError, match="no whole"):
    jaxfer.load(path)
  with pytest.raises(UserError, match="is not there"):
    jaxfer.load(tmp_path / "b.jaxfer")


def test_weights_of_features_are_those_of_the_coordinates(finished):
  problem, features = find(finished()).labelled()
  distances = kernels.squared_distances(features)
  head = linear.fit(features, problem.labels, 1.0, 3)
  found = head.scores(features)
  rows = np.arange(len(features))
  task = linear._task(problem, distances, find(finished()), {})
  over = logistic.Logistic(task)
  scores = over.fit(over.space(rows), rows, [(0, 1.0)])(rows)[:, 0]
  np.testing.assert_allclose(found, scores, atol=1e-3)
  two = np.minimum(problem.labels, 1)
  binary = linear.fit(features, two, 1.0, 3)
  assert (binary.scores(features).argmax(1) == two).mean() > 0.9


def test_the_door_says_what_the_file_holds(finished, tmp_path, capsys):
  out = tmp_path / "a.jaxfer"
  arguments = [f"--run={finished()}", f"--out={out}"]
  assert export.main(arguments) == 0
  assert "descriptions of faces of the people" in capsys.readouterr().out
  assert "support vectors" in out.with_suffix(".md").read_text()
  assert export.main(arguments) == 1
  assert "is kept" in capsys.readouterr().err
  assert export.main([arguments[0], f"--out={tmp_path / 'a.zip'}"]) == 1


def test_a_linear_head_holds_no_face_and_says_its_cost(
  finished, tmp_path, pictures, capsys
):
  out = tmp_path / "a.jaxfer"
  assert export.main([f"--run={finished()}", f"--out={out}", "--linear"]) == 0
  assert "a cost of" in capsys.readouterr().out
  model = jaxfer.load(out)
  assert len(model.centres.rows) == 3  # the means of the classes
  features = np.load(next(finished().glob("extract-*")) / "features.npy")
  apart = ((features[:, None] - model.centres.rows) ** 2).sum(2)
  assert apart.min() > 1  # no face itself
  rows = list(model.predict(pictures[0]))
  named = [model.names.index(row.emotion) for row in rows]
  assert (np.array(named) == pictures[1]).mean() > 0.9
  head = model.card["head"]
  low, high = head["cost_interval95"]
  assert low <= head["cost"] <= high
  assert "cost of" in card.markdown(model.card)


def test_a_run_over_landmarks_gets_a_linear_head_too(
  finished, model, monkeypatch
):
  """Its probe records the solver with a version behind it."""
  run, provenance = find(finished()), linear.artifacts.provenance
  large = {"solver": "landmarks 3", "landmarks": 12, "tuned_rows": 100}

  def recorded(path):
    found = provenance(path)
    return found | {"settings": found["settings"] | large}

  monkeypatch.setattr(linear.artifacts, "provenance", recorded)
  found = linear.replace(model(), run)
  assert found.head.kind == "linear"
  assert found.card["head"]["accuracy_linear"] > 0.8


def test_units_are_linear_already(finished, tmp_path, capsys):
  out = tmp_path / "a.jaxfer"
  arguments = [f"--run={finished('au')}", f"--out={out}", "--linear"]
  assert export.main(arguments) == 0
  assert "no face is in it" in capsys.readouterr().out
  assert jaxfer.load(out).head.kind == "linear"


def test_a_file_has_no_experiments_to_choose_from(tmp_path):
  with pytest.raises(UserError, match="holds one recogniser"):
    jaxfer.load(tmp_path / "a.jaxfer", "emotion-5")
