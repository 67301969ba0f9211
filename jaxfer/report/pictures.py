"""Every figure of a run's page: what it is drawn from, and what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np

from jaxfer import terms
from jaxfer.report import estimates, finding, paper, protocols, sheets, wording
from jaxfer.report.figures import curves, matrices, networks, scores
from jaxfer.report.figures.entry import Entry
from jaxfer.results.evidence import Evidence, score_blocks
from jaxfer.svm import heads


def of(evidence: Evidence) -> Iterator[Entry]:
  """The figures that there is something to draw from."""
  for entries in _FIGURES:
    yield from entries(evidence)


def _accuracy(evidence: Evidence) -> Iterator[Entry]:
  """Every representation under the protocols that stand side by side."""
  results = evidence.results
  protocol = protocols.best_protocol(results)
  metric = terms.headline(results["task"])
  found: dict[str, dict[str, scores.Cell]] = {}
  for (name, own), block in score_blocks(results).items():
    if own not in protocols.shown(results) or block[metric] is None:
      continue
    if own == "paper" and protocols.crosses(results):
      continue  # nothing in it is random, as its mark would say
    low, high = block.get(f"{metric}_ci95") or [block[metric]] * 2
    title = protocols.named(results, terms.representation(name).title)
    found.setdefault(title, {})[own] = (block[metric], low, high)
  if not found or protocol is None:
    return
  reference, au = paper.experiment(results), results["task"] == "au"
  printed, _ = reference.scores[metric] if reference else (None, "")
  gap = finding.gap(results)
  yield Entry(
    "accuracy",
    partial(
      scores.protocols_chart,
      found,
      {
        protocols.named(results, terms.representation("trained").title): printed
      },
      metric,
      None if au else protocols.guess_rate(results["protocols"][protocol]),
      protocols.titles(results),
    ),
    f"{'Mean AUC' if au else 'Accuracy'} of each representation under every"
    f" protocol. {finding.headline(results)}",
    f"{'Mean area under the ROC curve' if au else 'Accuracy'} of the trained"
    " discriminator's features and of the controls under every protocol; lines"
    f" are 95 % intervals.{f' {gap}' if gap else ''}",
    "wide",
  )


def _roc(evidence: Evidence) -> Iterator[Entry]:
  """Curves of each emotion or action unit, a line for each protocol."""
  results, shown = evidence.results, protocols.shown(evidence.results)
  labels = wording.in_order(results["names"])
  drawn, areas = {}, {}
  for protocol, name in shown.items():
    block, own = results["protocols"][protocol], evidence.roc.get(protocol, {})
    drawn[name] = {k: curve for k, curve in own.items() if len(curve[0])}
    areas[name] = {k: estimates.area(block, k).value for k in labels}
  if any(drawn.values()):
    titles = {label: wording.unit_name(label) for label in labels}
    colours = {name: terms.protocol(p).look[0] for p, name in shown.items()}
    what = "action unit" if results["task"] == "au" else "emotion"
    yield Entry(
      "roc",
      partial(curves.roc_grid, drawn, areas, titles, colours),
      f"ROC curves of each {what}",
      f"ROC curves of each {what}, a line for each protocol, drawn from ranks"
      " within test folds.",
      "wide",
    )


def _confusions(evidence: Evidence) -> Iterator[Entry]:
  for protocol, name in protocols.shown(evidence.results).items():
    found = evidence.results["protocols"][protocol].get("confusion")
    if found:
      counts = np.asarray(found["counts"])
      yield Entry(
        f"confusion_{protocol}",
        partial(
          matrices.confusion_chart, counts, found["classes"], name, protocol
        ),
        f"Confusion matrix, {name}",
        "Faces showing an emotion (row) named as another (column),"
        f" {name}. Colour is the share of the row.",
        place="confusions",
      )


def _reliability(evidence: Evidence) -> Iterator[Entry]:
  results = evidence.results
  if found := results["calibration"]:
    where = protocols.place(results, found["protocol"])
    yield Entry(
      "reliability",
      partial(scores.reliability_chart, found["bins"]),
      "How often names were right, by their probability",
      f"Probabilities of the classifier that is kept, {where}: calibrated by"
      f" {found['kind']} scaling on the other folds, their expected"
      f" calibration error is {found['ece']:.3f} and the log loss"
      f" {found['log_loss']:.3f}, over {found['faces']:,} faces. Dots on the"
      " dashed line are what they say; they grow with the faces in them.",
    )


def _labels(evidence: Evidence) -> Iterator[Entry]:
  results = evidence.results
  if not (found := results["label_efficiency"]):
    return
  where = protocols.place(results, protocols.best_protocol(results) or "paper")
  yield Entry(
    "labels",
    partial(curves.label_efficiency_chart, *curves.points(found["curves"])),
    "Accuracy by number of labels",
    f"Accuracy {where} after so many labels of each emotion from training"
    " people, mean over random draws of labels; bands are 95 % intervals over"
    f" {results['interval_unit']}. C and kernel width are fixed: few labels"
    " leave nothing to tune with.",
  )


def _seeds(evidence: Evidence) -> Iterator[Entry]:
  results = evidence.results
  if not (found := results["seeds"]):
    return
  metric = terms.headline(results["task"])
  values = {
    name: {
      protocol: found[name][protocol][metric]
      for protocol in protocols.shown(results)
      if None not in found[name].get(protocol, {}).get(metric, [None])
    }
    for name in ("trained", "untrained")
  }
  known = {name: own for name, own in values.items() if own}
  if known:
    yield Entry(
      "seeds",
      partial(scores.seeds_chart, known, metric, protocols.titles(results)),
      "Scores by pretraining seed",
      "Each dot is one seed of the networks' weights, latents and batch order;"
      " folds and searches are the same.",
    )


def _networks(evidence: Evidence) -> Iterator[Entry]:
  one, two, dim = "", "", evidence.results["features"]["dim"]
  if evidence.results.get("paper_reference"):
    one, two = "; the paper's Figures 1 and 2", "; the paper's Figure 3"
  head = heads.of(evidence.results["config"]).title
  alone = not evidence.layers[0]
  yield Entry(
    "architecture",
    partial(networks.architecture, *evidence.layers, dim, head),
    "The trunk, layer by layer"
    if alone
    else "The generator and the discriminator, layer by layer",
    f"{'The network' if alone else 'Both networks'}, to scale, from the shapes"
    f" of {'its' if alone else 'their'} own layers{one}. Below a layer of the"
    f" {'trunk' if alone else 'discriminator'}, the side of what one of its"
    " cells sees.",
    "wide",
  )
  ended = evidence.last_epoch()
  if not ended:
    return
  yield Entry(
    "losses",
    partial(curves.loss_chart, evidence.losses),
    "Losses and probabilities by training step",
    "Losses of both networks and the probabilities that D gives to real and to"
    " generated faces; thin: each step, thick: moving mean"
    f"{two}. {_ended(ended)}"
    if "d_real" in ended
    else "The loss of contrast between views, and the share of views that are"
    " nearest to the other view of their face; thin: each step, thick: moving"
    f" mean. {_ended(ended)}",
  )


def _ended(ended: Mapping[str, float]) -> str:
  """Means of the last epoch in words."""
  words = []
  if "d_real" in ended:
    words = [
      f"D's loss {ended['loss_d']:.2f}, G's {ended['loss_g']:.2f}; D gives"
      f" {ended['d_real']:.2f} to real faces and {ended['d_fake']:.2f} to"
      " generated ones"
    ]
  contrast = ended.get("loss", ended.get("loss_contrast"))
  if contrast is not None:
    words.append(
      f"contrast's loss {contrast:.2f}, with"
      f" {wording.percent(ended['matched'], 0)} of views matched"
    )
  return f"Means over the last epoch: {'; '.join(words)}."


def _fake_labels(evidence: Evidence) -> Iterator[Entry]:
  found = evidence.results.get("generated")
  if found and found["labels"]["names"]:
    own = found["labels"]
    shares = (
      dict(zip(own["names"], own[kind], strict=True))
      for kind in ("real", "fake")
    )
    yield Entry(
      "fake_labels",
      partial(scores.labels_chart, *shares),
      "Labels of real and generated faces",
      "What the machine fitted on all labelled faces sees in real and in"
      " generated ones: it may be wrong, but it is the same machine.",
    )


_FIGURES = (
  _accuracy,
  _roc,
  _confusions,
  _reliability,
  sheets.located,
  _labels,
  _seeds,
  _networks,
  sheets.real_and_generated,
  sheets.pairs,
  _fake_labels,
)
