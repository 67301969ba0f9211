"""The finding in words, computed from the numbers and their intervals."""

from __future__ import annotations

from jaxfer import terms
from jaxfer.learn import encoding
from jaxfer.report import estimates, extensions, protocols, wording
from jaxfer.report.estimates import AHEAD, BEHIND, EVEN, Estimate
from jaxfer.report.protocols import crosses, tested_unit
from jaxfer.results.evidence import Results
from jaxfer.svm import heads

_UNTUNED = "C = 1 in place of a tuned C"


def headline(results: Results) -> str:
  """What the run comes to, under each of the main protocols.

  One sentence, with the reason where a protocol has no scores; a second one
  where the generator has collapsed.
  """
  metric = terms.headline(results["task"])
  never = f"on {tested_unit(results)} the classifier never saw"
  if not protocols.claims(results, "subject"):
    never = protocols.place(results, "subject")
  places = {
    "paper": terms.PROTOCOLS["paper"].place,
    "official": terms.PROTOCOLS["official"].place,
    "subject": never,
  }
  if crosses(results):
    fitted, tested = (results["data"][k]["dataset"] for k in ("probe", "test"))
    places["subject"] = f"fitted on {fitted} and tested on {tested}"
    places["across"] = places["subject"]
    del places["paper"]
  clauses, end = [], " The generator has collapsed." if _signs(results) else ""
  for protocol, place in places.items():
    value = _value(results, protocol, metric)
    if value is not None:
      said = wording.score(metric, value)
      clauses.append(
        f"{place}, {said}" if clauses else _first(results, place, said)
      )
  if not clauses:
    return f"No protocol was scored, so nothing is found.{end}"
  if all(_value(results, p, metric) is None for p in ("subject", "across")):
    reason = results["reasons"].get("subject", "it was not run")
    clauses.append(f"{never}, unknown: {reason}")
  said = f"{wording.capital('; '.join(clauses))}."
  if (gap := _lower(results)) and gap.side != EVEN:
    nearest = _nearest_is_other(results) or "a leak cannot explain that"
    said += f" Random folds score lower: {nearest}."
  return said + end


def remarks(results: Results) -> list[str]:
  """What the headline's numbers show, and what they do not.

  On a collapse, on the leak, on a DCGAN that saw the people tested, on the
  guesser, on the controls, and on seeds; each only where there is something to
  say.
  """
  found = [
    _collapsed(results),
    _leak(results),
    _seen(results, "subject - sealed"),
    _seen(results, "official - sealed"),
  ]
  if protocol := protocols.best_protocol(results):
    found += [
      _guesser(results, protocol),
      extensions.over_controls(results, protocol),
      _beside(results),
      extensions.over_seeds(results, protocol),
    ]
  return [remark for remark in found if remark]


def _beside(results: Results) -> str | None:
  """What stands beside the network, so that not all is the network's worth."""
  readout = str(results["features"].get("layer", ""))
  _, *beside = readout.split(encoding.BESIDE)
  if not beside:
    return None
  told = {"patches": "a dictionary of patches", "hog": "HOG"}
  what = wording.sentence([told.get(name, name) for name in beside])
  return (
    f"Trained or not, the discriminator is read out with {what} beside it"
    f" ({readout}), so that not all of this is the network's own worth."
  )


def misled(results: Results) -> str | None:
  """That random folds score lower than folds of unseen people, and why."""
  gap = _lower(results)
  if gap is None:
    return None
  said = f"Random folds score lower, the difference being {gap}"
  if _untuned(results):
    said += f", in which {_UNTUNED} has a share"
  if gap.side == EVEN:
    said += ", with 0 within its interval"
  if nearest := _nearest_is_other(results):
    return f"{said}: to know the person misleads here, since {nearest}."
  doubt = "" if gap.side == EVEN else "; a leak cannot explain that"
  return f"{said}{doubt}."


def gap(results: Results) -> str | None:
  """What the distance between random folds and unseen people shows, if any.

  A sentence for the figure of scores; None where both are not in it.
  """
  scored = [p for p in ("paper", "subject") if results["protocols"].get(p)]
  if results["task"] == "au" or crosses(results) or len(scored) < 2:
    return None
  return misled(results) or (
    "The gap between the open and the filled circle is what it is worth to know"
    f" the {tested_unit(results)} and to tune on the faces tested."
  )


def _first(results: Results, place: str, said: str) -> str:
  if results["task"] == "emotion":
    return f"{place} {said} of faces are named right"
  count = len(results["names"])
  units = "action unit" if count == 1 else "action units"
  return (
    f"{place} the mean area under the ROC curve of {count} {units} is {said}"
  )


def _value(results: Results, protocol: str, metric: str) -> float | None:
  return (results["protocols"].get(protocol) or {}).get(metric)


def _lower(results: Results) -> Estimate | None:
  """The difference of random folds, where they score lower."""
  if crosses(results):
    return None
  found = estimates.between(results, "paper - subject")
  return found if found and float(found.value or 0) < 0 else None


def _untuned(results: Results) -> bool:
  """Whether random folds differ from unseen people by their C too."""
  svm = heads.of(results.get("config", {})).kept
  return svm and results["task"] == "au"


def _nearest_is_other(results: Results) -> str | None:
  """That the nearest training face is the person with another label, if so."""
  nearest = results["audit"]["identity"].get("trained", {})
  other, same = (nearest.get(key) for key in ("other_label", "same_sitting"))
  if other is None or other <= same:
    return None
  emotion = results["task"] == "emotion"
  what = "emotion" if emotion else "action units"
  return (
    f"the nearest training face is the same person with"
    f" {'another' if emotion else 'other'} {what} for {wording.percent(other)}"
    f" of the faces, and with the same {what} for {wording.percent(same)}"
  )


def _collapsed(results: Results) -> str | None:
  """By what a collapse is told, or that there is no sign of one."""
  if signs := _signs(results):
    return (
      f"The generator has collapsed: {'; '.join(signs)}. Its faces tell little"
      " of those that it learnt from."
    )
  if (found := results.get("generated")) is None:
    return None
  if found["collapse"]["verdict"] == "no sign of collapse":
    return "The generator shows no sign of collapse."
  return "Whether the generator has collapsed is not known."


def _signs(results: Results) -> list[str]:
  """Why the generator counts as collapsed, as training ended or measured."""
  found, trained = results.get("generated"), results["pretrain"]
  signs = []
  if trained["steps"] in trained.get("collapse_alarms", ()):
    signs.append("it looked so when training ended")
  if found and found["collapse"]["verdict"] == "collapsed":
    signs += found["collapse"]["reasons"]
  return signs


def _leak(results: Results) -> str | None:
  found = estimates.between(results, "paper - subject")
  found = found or estimates.between(results, "paper - across")
  if not found:
    return None
  if crosses(results):
    return (
      "Nothing is random in testing another set: C = 1, as the paper's text"
      f" reads, in place of a tuned C makes a difference of {found}."
    )
  if found.side == AHEAD:
    why = f"random folds test on {tested_unit(results)} they were fitted on"
    if results["task"] == "emotion":
      why += ", and on the very folds they were tuned on"
    also = f" and what {_UNTUNED} makes" if _untuned(results) else ""
    return f"The difference, {found}, is what leaks{also}: {why}."
  if lower := misled(results):
    return lower if found.side == BEHIND else f"{lower} No leak is shown."
  return (
    f"The difference, {found}, has 0 within its interval: no leak is shown."
  )


def _seen(results: Results, name: str) -> str | None:
  """What it is worth that the DCGAN saw the faces tested."""
  found = estimates.between(results, name)
  if not found:
    return None
  metric = terms.headline(results["task"])
  seen, unseen = (
    wording.score(metric, results["protocols"][protocol][metric])
    for protocol in terms.BETWEEN[name]
  )
  where = "In the owner's split" if "official" in name else "On the same folds"
  said = (
    f"{where} the score is {seen} with a DCGAN that saw the faces tested,"
    f" without labels, and {unseen} with one that did not"
  )
  if found.side == AHEAD:
    return f"{said}: having learnt from them too is worth {found}."
  if found.side == BEHIND:
    return f"{said}: having learnt from them too did not help, {found}."
  return f"{said}: no difference is shown, {found}."


def _guesser(results: Results, protocol: str) -> str | None:
  metric = terms.headline(results["task"])
  block = results["protocols"][protocol]
  rate, what = 0.5, "chance"
  if results["task"] == "emotion":
    rate, what = (
      protocols.guess_rate(block),
      "always naming the commonest emotion",
    )
  interval = block.get(f"{metric}_ci95")
  if interval is None or interval[0] > rate:
    return None
  where = wording.capital(protocols.place(results, protocol))
  return (
    f"{where} that is not shown to be better than {what}"
    f" ({wording.score(metric, rate)}): the interval is"
    f" {wording.bounds(terms.METRICS[metric].unit, interval)}."
  )
