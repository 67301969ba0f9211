"""Viola-Jones finds the frontal faces of the studio sets."""

import cv2
import numpy as np
import pytest

from jaxfer import standin


def share_found(paths, least=0.2):
  """The share of images in which a face is found in the middle.

  It has at least that share of the image's shorter side.
  """
  cascade = cv2.CascadeClassifier(
    cv2.data.haarcascades + "haarcascade_frontalface_alt2.xml"
  )
  found = []
  for path in paths:
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    height, width = grey.shape
    side = int(least * min(height, width))
    boxes = cascade.detectMultiScale(grey, 1.05, 3, minSize=(side, side))
    largest = max(boxes, key=lambda box: box[2], default=(0, 0, 0, 0))
    left, top, side, _ = largest
    middle = np.array([left + side / 2, top + side / 2]) / (width, height)
    found.append(side > 0 and bool((np.abs(middle - 0.5) < 0.15).all()))
  return np.mean(found)


def test_in_a_part_of_radboud(tmp_path):
  standin.write("rafd", tmp_path, size=2, width=96)
  assert share_found(sorted(tmp_path.glob("*.jpg")), least=0.4) >= 0.9


@pytest.mark.slow
def test_in_all_but_a_few_of_radboud(tmp_path):
  standin.write("rafd", tmp_path, size=67, seed=0, width=112)
  paths = sorted(tmp_path.glob("*.jpg"))
  assert len(paths) == 1608
  assert share_found(paths, least=0.4) >= 0.97


@pytest.mark.slow
def test_in_kdef_seen_from_the_front(tmp_path):
  standin.write("kdef", tmp_path, size=20, angles=("S",))
  paths = sorted(tmp_path.rglob("*.JPG"))
  assert len(paths) == 280
  assert share_found(paths) >= 0.95


@pytest.mark.slow
def test_in_kdef_next_to_no_full_profile(tmp_path):
  standin.write("kdef", tmp_path, size=6, angles=("FL", "FR"))
  assert share_found(sorted(tmp_path.rglob("*.JPG"))) <= 0.2


@pytest.mark.slow
def test_in_peaks_and_first_frames_of_ck(tmp_path):
  standin.write("ck_plus", tmp_path, size=12)
  ends = []
  for folder in sorted(tmp_path.glob("cohn-kanade-images/*/*")):
    frames = sorted(folder.glob("*.png"))
    ends += [frames[0], frames[-1]]
  assert share_found(ends) >= 0.95
