"""What a report may be made from."""

import dataclasses

import numpy as np
import pytest

from jaxfer.results.evidence import score_blocks


def test_scores_come_trained_first_and_without_gaps(results):
  results["protocols"]["subject"] = None
  results["controls"] = {"hog": results["controls"]["hog"]}
  assert list(score_blocks(results)) == [
    ("trained", "paper"),
    ("trained", "unsealed"),
    ("trained", "sealed"),
    ("hog", "paper"),
    ("hog", "subject"),
    ("hog", "unsealed"),
    ("hog", "sealed"),
  ]


def test_an_unknown_way_to_print_faces_is_refused(evidence):
  with pytest.raises(ValueError, match=r"'pixelate'.*show, blur, hide"):
    dataclasses.replace(evidence, faces="pixelate")


def test_curves_of_unequal_length_are_refused(evidence):
  losses = {**evidence.losses, "d_fake": np.zeros(3)}
  with pytest.raises(ValueError, match=r"d_fake.*\(3,\).*one length"):
    dataclasses.replace(evidence, losses=losses)


@pytest.mark.parametrize("kept", ["step", "loss_d"])
def test_curves_without_steps_or_steps_alone_are_refused(evidence, kept):
  losses = {kept: evidence.losses[kept]}
  with pytest.raises(ValueError, match="needs step, and some of loss"):
    dataclasses.replace(evidence, losses=losses)


def test_a_curve_of_no_known_name_is_refused(evidence):
  losses = {**evidence.losses, "loss_x": evidence.losses["loss_d"]}
  with pytest.raises(ValueError, match="loss_x"):
    dataclasses.replace(evidence, losses=losses)


@pytest.mark.parametrize(
  ("place", "name", "wrong"),
  [
    (None, "real", np.zeros((2, 64, 64, 3))),
    (None, "fakes", np.zeros((2, 64, 64, 3))),
    ("pairs", "first", np.zeros((2, 8, 8, 3))),
    ("pairs", "second", np.zeros((2, 8, 8, 3))),
    ("located", "faces", np.zeros((2, 8, 8), np.uint8)),
  ],
)
def test_faces_that_are_no_coloured_bytes_are_refused(
  units, place, name, wrong
):
  changes = {name: wrong}
  if place:
    changes = {place: dataclasses.replace(getattr(units, place), **changes)}
  said = rf"{f'{place}.' if place else ''}{name} is {wrong.dtype} \(2, "
  with pytest.raises(ValueError, match=said):
    dataclasses.replace(units, **changes)
