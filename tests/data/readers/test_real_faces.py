"""Real label files: nothing lost, all facts kept; and a skip without them."""

import collections
import csv
from pathlib import Path

import pytest

from jaxfer.data import folds, selection
from jaxfer.data.readers import labelled


def _rows(root: Path) -> list[dict[str, str]]:
  with (root / "index.csv").open(newline="", encoding="utf-8") as file:
    return list(csv.DictReader(file))


def test_people_in_the_wild_lose_nothing(real_faces):
  root = real_faces / "wild"
  rows = _rows(root)

  table = labelled.read(root, "index.csv")

  # Counts of the set's own description.
  assert len(rows) == 13_718
  assert len(table.faces) + len(table.rejected) == 13_718
  facts = {face.path: (face.subject, face.emotion) for face in table.faces}
  refused = {r.path: r.reason for r in table.rejected}
  for row in rows:
    if row["subject"]:
      known = (row["subject"], row["emotion"] or None)
      assert facts[row["path"]] == known
    else:
      assert refused[row["path"]].startswith("no subject")
  # Unlabelled faces are kept, and reported where labels are needed.
  chosen = selection.select(list(table.faces), "emotion")
  assert chosen.unlabelled == 36
  assert chosen.set_aside == []
  counts = collections.Counter(face.emotion for face in table.faces)
  assert counts["neutral"] == 6_864
  assert counts["contemptuous"] == 9
  assert len(chosen.rows) == len(table.faces) - 36


def test_small_real_classes_stay_in_person_disjoint_folds(real_faces):
  table = labelled.read(real_faces / "wild", "index.csv")
  # Every face of the small classes, and some of the rest.
  faces = [
    face
    for i, face in enumerate(table.faces)
    if face.emotion in ("contemptuous", "fearful", "disgusted") or i % 20 == 0
  ]
  chosen = selection.select(faces, "emotion")

  fold = folds.person_folds(chosen.labels, chosen.people, 10, 0)

  assert chosen.set_aside == []
  where = collections.defaultdict(set)
  for person, k in zip(chosen.people, fold, strict=True):
    where[person].add(k)
  assert all(len(folds_) == 1 for folds_ in where.values())
  for label in range(len(chosen.names)):
    assert len(set(fold[chosen.labels == label])) > 1


def test_the_laboratorys_table_is_read_whole(real_faces):
  table = labelled.read(real_faces / "lab", "index.csv")

  assert table.rejected == ()
  assert len({face.subject for face in table.faces}) == 102
  counts = collections.Counter(face.emotion for face in table.faces)
  assert counts == {"neutral": 102, "happy": 102}


@pytest.mark.parametrize(
  ("named", "reason"), [("", "is not set"), ("/no/such", "is no folder")]
)
def test_without_real_faces_tests_skip_and_say_so(
  request, monkeypatch, named, reason
):
  monkeypatch.setenv("JAXFER_REAL_FACES", named)

  with pytest.raises(pytest.skip.Exception, match=reason):
    request.getfixturevalue("real_faces")
