"""The stand-in folder is CK+'s: grey sequences, coded peaks."""

import collections
import re

import numpy as np
import pytest

from jaxfer import facs
from jaxfer.standin import population, sequence
from jaxfer.standin.face import expression
from jaxfer.standin.layouts import ck_plus

OWN = population.own_seed("ck_plus", 0)


def plan(people):
  return ck_plus.films(people, OWN)


def test_names_are_the_owners(sketched):
  written = sketched("ck_plus", 2)
  frames = collections.defaultdict(list)
  for name in written:
    match = re.fullmatch(
      r"cohn-kanade-images/(S\d{3})/(\d{3})/\1_\2_(\d{8})\.png", name
    )
    if match:
      frames[match[1], match[2]].append(int(match[3]))
    else:
      assert re.fullmatch(
        r"FACS/(S\d{3})/(\d{3})/\1_\2_\d{8}_facs\.txt"
        r"|Emotion/(S\d{3})/(\d{3})/\3_\4_\d{8}_emotion\.txt",
        name,
      )
  assert {subject for subject, _ in frames} == {"S005", "S010"}
  for (subject, number), found in frames.items():
    assert sorted(found) == list(range(1, len(found) + 1))
    peak = f"{subject}/{number}/{subject}_{number}_{max(found):08d}"
    assert f"FACS/{peak}_facs.txt" in written


def test_labels_are_in_the_owners_notation(sketched):
  written = sketched("ck_plus", 1)
  for one in plan(1):
    name = f"{ck_plus.folder(one)}/{ck_plus.frame_name(one, one.frames)}"
    text = written[f"FACS/{name}_facs.txt"].decode()
    pairs = re.findall(
      r"^   (\d\.\d{7}e[+]\d\d)   (\d\.\d{7}e[+]\d\d)$", text, re.MULTILINE
    )
    assert len(pairs) == len(text.splitlines())
    coded = [int(float(unit)) for unit, _ in pairs]
    there = expression.present(one.peak)
    assert coded == [u for u, p in zip(facs.AUS, there, strict=True) if p]
    assert all(float(grade) in range(6) for _, grade in pairs)
    expected = None
    if one.emotion is not None:
      expected = f"   {ck_plus.CODES[one.emotion]}.0000000e+00\n".encode()
    assert written.get(f"Emotion/{name}_emotion.txt") == expected


def test_the_whole_set_is_about_as_large_and_as_labelled_as_published():
  whole = plan(len(ck_plus.SUBJECTS))
  assert len(set(ck_plus.SUBJECTS)) == 123
  # Published: 593 sequences, 327 with an emotion.
  assert len(whole) == pytest.approx(593, rel=0.1)
  named = [one.emotion for one in whole if one.emotion]
  assert len(named) / len(whole) == pytest.approx(327 / 593, abs=0.06)
  assert set(named) == set(ck_plus.CODES)
  lines = [ck_plus.facs_lines(OWN, one).splitlines() for one in whole]
  ungraded = [line.endswith("0.0000000e+00") for text in lines for line in text]
  assert 0.1 < np.mean(ungraded) < 0.2


def test_one_folder_of_emotions_is_empty():
  labels = [name for name, _ in ck_plus._labels(OWN, plan(20))]
  assert sum(name.endswith("/") for name in labels) == 1


def test_sequences_go_smoothly_from_neutral_to_the_peak():
  for one in plan(1):
    # Square, as RAF-DB's tests draw, so that it is compiled once for both.
    film = sequence.film(OWN, one, (48, 48), female=0.69).astype(float)
    assert film.shape == (one.frames, 48, 48)
    faces = film[:, :40]  # below stands the time code
    steps = np.abs(np.diff(faces, axis=0)).mean(axis=(1, 2))
    apart = np.abs(faces - faces[0]).mean(axis=(1, 2))
    assert steps.max() < 0.75 * apart[-1]
    # Noise aside, every frame is further on.
    assert np.corrcoef(apart, np.arange(one.frames))[0, 1] > 0.9
