"""What a result may owe to leaks: near-copies, identity, rules in labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jaxfer import config as configlib
from jaxfer import facs, logs, terms
from jaxfer.data import assignment
from jaxfer.data.pools import load_stills
from jaxfer.data.table import from_row, iterate_csv
from jaxfer.results import copies
from jaxfer.results.blocks import Scores, draw
from jaxfer.results.evidence import Pairs, spread
from jaxfer.scores import action_units, label_efficiency, paired
from jaxfer.svm.problem import Problem

_SHOWN = 12  # pairs of near-copies


def across_folds(
  faces: Path, folds: assignment.Folds
) -> tuple[dict[str, int], Pairs]:
  """Near-copies in different folds of the `paper` protocol of a prepared set.

  Returns:
    Pairs counted: `identical` and `near`, the `faces` in any of them, `of` how
    many; and some of the pairs.
  """
  images, copied = load_stills(faces), copies.look((faces,))
  rows, fold = folds.rows, folds.fold["paper"]
  place = {row: i for i, row in enumerate(rows.tolist())}
  counts = {"identical": 0, "near": 0, "faces": 0}
  touched: set[int] = set()
  found: list[tuple[int, int]] = []
  for one, other in copied.pairs.tolist():
    if one not in place or other not in place:
      continue
    i, j = place[one], place[other]
    if fold[i] != fold[j]:
      same = copied.file[one] == copied.file[other]
      counts["identical" if same else "near"] += 1
      touched |= {i, j}
      found.append((i, j))
  counts["faces"] = len(touched)
  counts["of"] = len(rows)
  shown = spread(np.array(found, int).reshape(-1, 2), _SHOWN).tolist()
  first, second = (
    np.array([images[rows[pair[side]]] for pair in shown], np.uint8).reshape(
      -1, *images.shape[1:]
    )
    for side in (0, 1)
  )
  labels = tuple(f"fold {fold[i] + 1} | fold {fold[j] + 1}" for i, j in shown)
  return counts, Pairs(first, second, labels)


def shared_files(learnt: Path, tested: Path, only_au: int) -> int:
  """How many faces of a tested set are, as files, in the one learnt from.

  There they show the action unit `only_au`, unless it is 0.
  """
  known = {
    row["sha256"]
    for row in iterate_csv(learnt / "manifest.csv")
    if not only_au or from_row(row).aus.get(only_au) == 1
  }
  return sum(
    row["sha256"] in known for row in iterate_csv(tested / "manifest.csv")
  )


def identities(scores: Scores, seed: int) -> dict[str, Any]:
  """By representation, how well the nearest face names the person.

  `other_label` is the share of faces whose nearest training face is the same
  person with another label: `accuracy` less `same_sitting`.
  """
  found = {}
  for name in terms.asked("people"):
    folder = scores.folders.get((name, seed))
    if folder is not None and (folder / "identity.json").exists():
      entry = logs.read_json(folder / "identity.json")
      known = entry["accuracy"] is not None
      other = entry["accuracy"] - entry["same_sitting"] if known else None
      found[name] = entry | {"other_label": other}
  return found


def same_columns(folds: assignment.Folds) -> list[list[str]]:
  """Groups of action units whose labels are the same for every face."""
  groups: dict[bytes, list[str]] = {}
  for k, name in enumerate(folds.names):
    groups.setdefault(folds.labels[:, k].tobytes(), []).append(name)
  return [names for names in groups.values() if len(names) > 1]


def emotion_rule(
  folder: Path,
  recognised: Problem,
  units: Problem,
  scores: Mapping[str, paired.Scored],
  config: configlib.Config,
) -> dict[str, Any]:
  """Action units from the emotion recognised, through Table VI.

  A unit's score is the best class score among the emotions that show it, minus
  the best among the others: positive where the emotion recognised shows it.

  Args:
    folder: the emotion probe's artifact, out of fold.
    recognised: its problem.
    units: the problem of the action units.
    scores: by protocol, what the machines of each unit scored.
    config: says how many people are drawn.

  Returns:
    By protocol, a block as of action units; `difference` is that of the
    machines minus the rule, paired where the rows are the same.
  """
  out: dict[str, Any] = {}
  for protocol in ("paper", "subject"):
    path = folder / f"{protocol}.npz"
    if not path.exists():
      continue
    with np.load(path, allow_pickle=False) as saved:
      classes, fold = saved["scores"], saved["fold"]
    # Rows of the emotion probe that are coded for action units too.
    place = {row: i for i, row in enumerate(units.rows.tolist())}
    both = [i for i, row in enumerate(recognised.rows.tolist()) if row in place]
    chosen = np.array([place[recognised.rows[i]] for i in both])
    values = rule_scores(classes[both], recognised.names, units.names)
    scored = action_units.score(
      values,
      np.zeros_like(values),
      units.labels[chosen],
      draw(units, chosen, fold[both], config),
      units.names,
    )
    block = scored.block
    if protocol in scores and len(chosen) == len(units.rows):
      block["difference"] = paired.difference(scores[protocol], scored)
    out[protocol] = block
  return out


def rule_scores(
  classes: np.ndarray, names: Sequence[str], units: Sequence[str]
) -> np.ndarray:
  """Scores of action units from class scores of emotions.

  Args:
    classes: (N, K) class scores.
    names: of the K emotions.
    units: action units such as `AU1`.

  Returns:
    (N, A); nan for a unit that all of the emotions show, or none.
  """
  out = np.full((len(classes), len(units)), np.nan)
  for a, unit in enumerate(units):
    shows = np.array(
      [
        int(unit.removeprefix("AU")) in facs.EMOTION_AUS.get(name, ())
        for name in names
      ]
    )
    if shows.any() and not shows.all():
      # A class that training lacked has minus infinity.
      best = [np.maximum(classes[:, s], -1e9).max(1) for s in (shows, ~shows)]
      out[:, a] = best[0] - best[1]
  return out


def label_curves(
  scores: Scores, config: configlib.Config
) -> dict[str, Any] | None:
  """Accuracy against the number of labels, and the differences; or None."""
  correct, sizes = {}, None
  for name in terms.asked("labels"):
    folder = scores.folders.get((name, config.run.seed))
    if folder is None or not (folder / "labels.npz").exists():
      continue
    with np.load(folder / "labels.npz", allow_pickle=False) as saved:
      tested = np.flatnonzero(saved["fold"] >= 0)
      correct[name] = saved["correct"][:, :, tested]
      sizes = [int(size) or None for size in saved["sizes"]]
      rows = draw(scores.problem, tested, saved["fold"][tested], config)
  if "trained" not in correct or sizes is None:
    return None
  return {
    "curves": {
      name: label_efficiency.curve(right, sizes, rows)
      for name, right in correct.items()
    },
    "differences": {
      f"trained - {name}": label_efficiency.difference(
        correct["trained"], right, sizes, rows
      )
      for name, right in correct.items()
      if name != "trained"
    },
  }
