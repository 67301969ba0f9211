"""Who memorises sittings scores too high: the set must show it."""

import cv2
import numpy as np
import pytest
from sklearn.model_selection import (
  GroupKFold,
  StratifiedKFold,
  cross_val_predict,
)
from sklearn.svm import SVC

from jaxfer import facs
from jaxfer.standin.layouts import rafd

WIDTH = 112
PEOPLE = 20
# The square that Viola-Jones puts around an average stand-in's face.
TOP, SIDE = 38, 72


@pytest.fixture(scope="module")
def crops():
  """Grey 64×64 crops, emotions, people: one row per image."""
  size = rafd.LAYOUT.size_of(WIDTH)
  images, labels, people = [], [], []
  left = (WIDTH - SIDE) // 2
  for person in range(PEOPLE):
    for label, emotion in enumerate(facs.EMOTIONS):
      for photo in rafd.photograph(0, person, emotion, size):
        grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
        face = grey[TOP : TOP + SIDE, left : left + SIDE]
        images.append(cv2.resize(face, (64, 64), interpolation=cv2.INTER_AREA))
        labels.append(label)
        people.append(person)
  return np.stack(images), np.array(labels), np.array(people)


def accuracies(features, labels, people):
  """Accuracy under random stratified folds and under person-disjoint ones."""
  random = StratifiedKFold(10, shuffle=True, random_state=0)
  splits = (
    random.split(features, labels),
    GroupKFold(10).split(features, labels, people),
  )
  machine = SVC(C=10, gamma="scale")
  return [
    np.mean(
      cross_val_predict(machine, features, labels, cv=list(split)) == labels
    )
    for split in splits
  ]


@pytest.mark.slow
def test_raw_pixels_gain_from_having_seen_the_sitting(crops):
  images, labels, people = crops
  pixels = images.reshape(len(images), -1) / 255.0
  random, disjoint = accuracies(pixels, labels, people)
  assert random - disjoint >= 0.2
  assert disjoint > 2 / 8


@pytest.mark.slow
def test_hog_gains_too_and_still_learns_the_emotions(crops):
  images, labels, people = crops
  describe = cv2.HOGDescriptor((64, 64), (16, 16), (8, 8), (8, 8), 9).compute
  features = np.stack([describe(image).ravel() for image in images])
  random, disjoint = accuracies(features, labels, people)
  assert random - disjoint >= 0.05
  assert disjoint >= 0.7
