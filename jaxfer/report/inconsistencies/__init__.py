"""Where the paper does not agree with itself, computed from what it prints."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from jaxfer.report.inconsistencies import (
  action_units,
  agreements,
  citations,
  data,
  emotions,
  method,
  samples,
  sums,
  unit_labels,
)
from jaxfer.report.inconsistencies.inconsistency import KINDS as KINDS
from jaxfer.report.inconsistencies.inconsistency import Agreement as Agreement
from jaxfer.report.inconsistencies.inconsistency import (
  Inconsistency as Inconsistency,
)
from jaxfer.report.published import PAPER, Paper

_CHECKS: tuple[Callable[[Paper], Iterator[Inconsistency]], ...] = (
  sums.averages,
  emotions.true_rate,
  emotions.accuracy_against_area,
  emotions.perfect_emotions,
  emotions.hard_emotions,
  emotions.significance,
  emotions.seven_emotions,
  emotions.eight_everywhere,
  emotions.best_of_radboud,
  emotions.ranks,
  sums.whole_faces,
  unit_labels.one_column,
  unit_labels.one_machine,
  unit_labels.emotions_renamed,
  unit_labels.frequent,
  unit_labels.contempt,
  action_units.quoted_areas,
  action_units.all_improve,
  action_units.cross_dataset,
  action_units.generalises,
  action_units.transferred,
  action_units.similar,
  action_units.worst,
  action_units.challenging,
  action_units.different_values,
  action_units.large_scale,
  method.feature_count,
  method.maps,
  method.beta1,
  method.optimisers,
  method.frameworks,
  method.l1_loss,
  method.labels_by_hand,
  method.resolution,
  method.collapse,
  data.missing_datasets,
  data.losses_shown,
  data.wild,
  data.celeba_people,
  data.ck_plus_people,
  data.ck_plus_emotions,
  data.raf_images,
  data.multi_view,
  samples.benchmark,
  samples.commensurable,
  samples.coverage,
  citations.rules,
  citations.detector,
  citations.names,
  citations.unlisted,
  citations.years,
  citations.figures,
)

_CONFIRMATIONS: tuple[Callable[[Paper], Iterator[Agreement]], ...] = (
  agreements.averages,
  agreements.set_sizes,
  agreements.feature_count,
  agreements.whole_faces,
  agreements.frontal_is_easier,
  agreements.lowest,
  agreements.best_of_radboud,
  agreements.unit_list,
  agreements.quoted_areas,
  agreements.best_units,
  agreements.transferred,
)


def find(paper: Paper = PAPER) -> list[Inconsistency]:
  """The paper's inconsistencies, by subject: emotions, units, method, data.

  Args:
    paper: its tables and sentences; a corrected copy has fewer.

  Returns:
    One entry for each place found; how strong it is, its `kind` says.
  """
  return [*itertools.chain.from_iterable(check(paper) for check in _CHECKS)]


def confirm(paper: Paper = PAPER) -> list[Agreement]:
  """What was checked the same way and holds.

  Args:
    paper: its tables and sentences.

  Returns:
    One entry for each place that agrees.
  """
  return [
    *itertools.chain.from_iterable(check(paper) for check in _CONFIRMATIONS)
  ]
