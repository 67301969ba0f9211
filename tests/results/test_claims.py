"""Whatever is planted on both sides of a test, nothing is called unseen."""

import dataclasses
import itertools
import json
import types

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxfer.configs import base
from jaxfer.data import assignment, table
from jaxfer.data.table import Face
from jaxfer.report import finding, protocols, scores
from jaxfer.results import blocks, claims, copies
from jaxfer.svm import problem as problems

QUICK = settings(max_examples=25, deadline=None, derandomize=True)
EMOTIONS = ("happy", "sad")
PEOPLE, EACH = 6, 4
COUNT = PEOPLE * EACH

# Learnt from, fitted on, and tested where that is another set.
LAYOUTS = (
  ("labelled", "labelled", ""),
  ("unlabelled", "labelled", ""),
  ("rafd", "kdef", ""),
  ("rafd", "rafd", "kdef"),
  ("kdef", "rafd", "kdef"),
  ("unlabelled", "rafd", "labelled"),
  ("celeba", "unlabelled", "labelled"),
)
OWN = ("unlabelled", "labelled")  # whose names can be compared
RNG = np.random.default_rng(0)
PICTURES = {
  name: np.kron(
    RNG.integers(0, 256, (COUNT, 8, 8, 3), np.uint8), np.ones((1, 8, 8, 1))
  ).astype(np.uint8)
  for name in ("labelled", "unlabelled", "rafd", "kdef", "celeba")
}


def brighter(face):
  return np.clip(face.astype(int) + 2, 0, 255).astype(np.uint8)


def mirrored(face):
  return face[:, ::-1]


PLANTS = ["file", brighter, mirrored]


@dataclasses.dataclass
class Made:
  """The sets of an experiment, as tables and pictures."""

  layout: tuple
  faces: dict
  images: dict
  files: dict

  @property
  def tested(self):
    return self.layout[2] or self.layout[1]


def make(layout):
  names = {name for name in layout if name}
  faces = {
    name: [
      Face(
        f"{i}.png",
        name,
        f"{name}{i // EACH}",
        EMOTIONS[i % 2],
        split=("train", "test")[i // EACH % 2],
      )
      for i in range(COUNT)
    ]
    for name in names
  }
  return Made(
    layout,
    faces,
    {name: PICTURES[name].copy() for name in names},
    {name: [f"{name}-{i}" for i in range(COUNT)] for name in names},
  )


def plant(made, kind, one, other):
  """Puts one face, or its person, into the place of another."""
  (source, i), (target, j) = one, other
  if kind == "person":
    subject = made.faces[source][i].subject.upper()
    made.faces[target][j] = dataclasses.replace(
      made.faces[target][j], subject=subject
    )
    return
  face = made.images[source][i]
  if kind == "file":
    made.files[target][j] = made.files[source][i]
  made.images[target][j] = face if kind == "file" else kind(face)


def run(made, folder, word=""):
  """The results that a report is written from, of scores by chance."""
  config = base.get_config()
  for role, name in zip(
    ("pretrain", "probe", "test"), made.layout, strict=True
  ):
    config.data[role] = name
  config.data.people_apart = word
  config.svm.bootstrap = 2
  places = {}
  for name, faces in made.faces.items():
    places[name] = folder / name
    (places[name] / "folds").mkdir(parents=True)
    np.save(places[name] / "faces.npy", made.images[name])
    rows = [
      table.to_row(face) | {"sha256": digest}
      for face, digest in zip(faces, made.files[name], strict=True)
    ]
    columns = (*table.COLUMNS, "sha256")
    table.write_csv(places[name] / "manifest.csv", columns, rows)
    assignment.write(
      faces,
      places[name] / "folds",
      task="emotion",
      aus=(),
      folds=3,
      sealed_folds=2,
      seed=0,
    )
  pretrain, probe, test = made.layout
  problem = problems.read(
    places[probe] / "folds", places[test] / "folds" if test else ""
  )
  sets = {"pretrain": places[pretrain], "probe": places[probe]}
  if test:
    sets["test"] = places[test]
  known = claims.judge(sets, places[made.tested] / "folds", problem, config)
  itself = pretrain == made.tested
  scores = blocks.score_probes(
    [
      probed(folder, problem, name, sealed)
      for name in ("trained", "pixels")
      for sealed in (
        (False, True) if itself and name == "trained" else (False,)
      )
    ],
    config,
    known,
  )
  found = {
    name: {p: s.block for p, s in scores.of(name, 0).items()}
    for name in ("trained", "pixels")
  }
  data = {
    role: {"dataset": name}
    for role, name in zip(
      ("pretrain", "probe", "test"), made.layout, strict=True
    )
    if name
  }
  trained = dict.fromkeys(problems.PROTOCOLS) | found.pop("trained")
  return {
    "task": "emotion",
    "names": list(EMOTIONS),
    "data": data,
    "protocols": trained,
    "controls": found,
    "reasons": dict(scores.reasons),
    "differences": {},
    "interval_unit": "people",
    "pretrain": {"steps": 1},
    "audit": {"identity": {}} | known.summary(trained),
  }, problem


def probed(folder, problem, name, sealed):
  """Leaves the files of a probe."""
  rng = np.random.default_rng(0)
  wanted = (
    ("sealed", "official_sealed")
    if sealed
    else ("paper", "subject", "unsealed", "official")
  )
  wanted = [p for p in wanted if problem.tested(p)]
  if len(problem.test_rows):
    wanted = [p for p in wanted if p != "paper"]
  place = folder / f"{name}{'-sealed' * sealed}"
  place.mkdir()
  for protocol in wanted:
    fold = np.full(len(problem.labels), -1)
    for split in problem.tested(protocol):
      fold[split.test] = split.fold
    scores = rng.normal(size=(len(fold), len(EMOTIONS)))
    np.savez(place / f"{protocol}.npz", scores=scores, fold=fold)
  search = {protocol: [] for protocol in wanted}
  (place / "search.json").write_text(json.dumps(search))
  return types.SimpleNamespace(
    representation=name,
    seed=0,
    head="svm",
    protocols=tuple(wanted),
    sealed=sealed,
    problem=problem,
    path=lambda: place,
  )


def called(results):
  """By protocol that any representation has scores of, its name."""
  names = protocols.titles(results)
  every = [results["protocols"], *results["controls"].values()]
  return {p: names[p] for found in every for p, b in found.items() if b}


def split_of(problem, protocol, row):
  """Whether a face of the tested set is tested, and in which split."""
  count = len(problem.rows)
  where = count + row if len(problem.test_rows) else row
  for split in problem.tested(protocol):
    if where in split.test:
      return split
  return None


@QUICK
@given(
  st.sampled_from(LAYOUTS),
  st.sampled_from(["person", *PLANTS]),
  st.integers(0, COUNT - 1),
  st.integers(0, COUNT - 1),
  st.sampled_from(["pretrain", "probe"]),
  st.sampled_from(["", "they were recruited apart"]),
)
def test_nothing_planted_in_two_sets_is_called_unseen(
  tmp_path_factory, layout, kind, i, j, role, word
):
  made = make(layout)
  source = layout[0] if role == "pretrain" else layout[1]
  if source == made.tested:
    return
  if kind == "person" and not {source, made.tested} <= {*OWN}:
    return  # numbers of two owners are no names
  plant(made, kind, (made.tested, j), (source, i))
  results, problem = run(made, tmp_path_factory.mktemp("run"), word)
  for protocol, name in called(results).items():
    kin = "subject" if protocol == "across" else protocol
    if kind == "person" or split_of(problem, kin, j) is not None:
      assert "unseen" not in name, (protocol, results["audit"])
  assert "never saw" not in finding.headline(results)
  if role == "probe" and kind in ("file", "person"):
    # The score is not lost.
    assert results["protocols"]["across"]["accuracy"] is not None
    assert not results["protocols"]["subject"]
    assert results["reasons"]["subject"]


@QUICK
@given(
  st.sampled_from([x for x in LAYOUTS if not x[2]]),
  st.sampled_from(PLANTS),
  st.integers(0, COUNT - 1),
  st.integers(0, COUNT - 1),
)
def test_nothing_planted_in_two_folds_is_called_unseen(
  tmp_path_factory, layout, kind, i, j
):
  if i // EACH == j // EACH:
    return
  made = make(layout)
  plant(made, kind, (made.tested, i), (made.tested, j))
  results, problem = run(made, tmp_path_factory.mktemp("run"))
  for protocol, name in called(results).items():
    sides = [
      problem.tested(protocol)[0] if protocol.startswith("official") else None
    ]
    split = sides[0] or split_of(problem, protocol, i)
    apart = (i in split.train) != (j in split.train) and (
      i in split.test or j in split.test
    )
    counts = results["audit"]["copies"][protocol]["fitted"]
    assert bool(counts["identical"] + counts["near"]) == apart, protocol
    by_person = protocol in ("subject", "unsealed", "sealed")
    if apart and (by_person or layout[0] == layout[1]):
      assert "unseen" not in name, protocol
  said = scores.absences(results)
  if "unseen" not in called(results).get("subject", "unseen"):
    assert any("people kept apart by name" in text for text in said)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("word", ["", "they were recruited apart"])
def test_what_is_known_is_claimed(tmp_path, layout, word):
  results, _ = run(make(layout), tmp_path, word)
  names = called(results)
  # All are named, and nobody twice; or their owners, or the user, tell.
  assert names["sealed"] == "unseen by the DCGAN too"
  assert names["official_sealed" if not layout[2] else "sealed"].count("unseen")
  if layout[2]:
    assert names["subject"] == "another set"
  else:
    assert names["subject"] == "unseen people"
    assert "on people the classifier never saw" in finding.headline(results)
  if layout[0] != (layout[2] or layout[1]):
    block = results["protocols"]["sealed"]
    assert block["same_as"] == "unsealed"
    assert (word in block["same_as_reason"]) or "owners" in (
      block["same_as_reason"]
    )


def test_unnamed_faces_leave_a_dash_and_its_reason(tmp_path):
  made = make(("unlabelled", "labelled", ""))
  made.faces["unlabelled"] = [
    dataclasses.replace(face, subject=None) for face in made.faces["unlabelled"]
  ]
  results, _ = run(made, tmp_path)
  assert not results["protocols"]["sealed"]
  assert (
    "24 of the 24 faces of your own unlabelled faces name nobody"
    in (results["reasons"]["sealed"])
  )
  assert "data.people_apart" in results["reasons"]["sealed"]
  # Machines have not seen these people, whatever the DCGAN has.
  assert called(results)["subject"] == "unseen people"


def test_faces_without_a_name_may_show_who_is_tested(tmp_path):
  """They have no label, so all who are tested are named and left out."""
  made = make(("labelled", "labelled", ""))
  for i in range(2):
    made.faces["labelled"][i] = dataclasses.replace(
      made.faces["labelled"][i], subject=None, emotion=None
    )
  results, _ = run(made, tmp_path)
  names, known = called(results), results["audit"]["unseen"]
  assert names["subject"] == "unseen people"
  assert names["sealed"] == "kept apart from the DCGAN by name too"
  assert known["sealed"]["reason"].startswith("2 of the faces that the DCGAN")


def test_an_owner_may_divide_a_person(tmp_path):
  made = make(("labelled", "labelled", ""))
  made.faces["labelled"][0] = dataclasses.replace(
    made.faces["labelled"][0], split="test"
  )
  results, _ = run(made, tmp_path)
  assert "unseen" not in called(results)["official_sealed"]
  known = results["audit"]["unseen"]["official_sealed"]
  assert known["reason"].endswith("share people or films: 1 are in both")


def test_weights_that_were_given_may_have_seen_anybody(tmp_path):
  made = make(("labelled", "labelled", ""))
  results, _ = run(made, tmp_path)
  known = results["audit"]["unseen"]
  assert known["sealed"]["holds"]
  started = dataclasses.replace(
    claims.Claims(None, None, {}, "labelled"), started=True
  )
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(
      claims.Claims,
      "_counts",
      lambda *_: {
        side: {"identical": 0, "near": 0, "of": 9}
        for side in ("fitted", "learnt")
      },
    )
    assert "gan.init_from" in started.doubt("sealed")
    assert started.doubt("subject") is None


def test_copies_count_faces_and_not_pairs(tmp_path):
  made = make(("unlabelled", "labelled", ""))
  for i, j in itertools.product(range(2), range(4)):
    plant(made, "file", ("labelled", i), ("unlabelled", 4 * i + j))
  plant(made, brighter, ("labelled", 2), ("unlabelled", 20))
  results, _ = run(made, tmp_path)
  counts = results["audit"]["copies"]["subject"]["learnt"]
  assert counts == {"identical": 2, "near": 1, "of": COUNT}
  assert copies.look((tmp_path / "labelled",)).pairs.shape == (0, 2)
