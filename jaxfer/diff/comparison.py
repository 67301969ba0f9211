"""What differs between the results of two runs, and where that began."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jaxfer.diff import lineage
from jaxfer.diff.runs import Keys, Run

Change = dict[str, Any]

_ASIDE = frozenset(["timing", "machine", "command"])  # never a result
_REPEATED = frozenset(
  ["schema", "seed", "config_hash", "experiment_hash"]
)  # said elsewhere
_SECTIONS = {
  "config": "config",
  "data": "data",
  "artifacts": "artifacts",
  "versions": "code",
}


def compare(a: Run, b: Run) -> dict[str, Any]:
  """Everything that differs between two runs.

  A change has a `name`, the keys that lead to it joined by dots, and the values
  `a` and `b`, null where a run has none.

  Returns:
    JSON-like, by name:
      a, b: the two files.
      schema: their schemas.
      numbers: changes of results, with `difference` b - a, `ci95`, the 95 %
        interval of a, and `inside`, whether b lies in it; both null where
        there is none. First what stands for each protocol, then others with
        an interval, by size, then the rest, by size relative to the larger
        value.
      only_a, only_b: numbers that the other run does not have.
      words: changes of what else the results say.
      config: changes, with the first `stage` that each has a say in, or null.
      data, code, aside: changes; `aside` is time and machine.
      artifacts: all, with their `stage` and `same`; of two that differ,
        `parting` names the first `stage` and `artifact` that differ on the
        way there, and `because`, the changes in it, empty where they are not
        recorded.
      same: whether the results and the data agree.
      first: `experiment` (of a suite), `stage` and `because` of the first
        difference; null where nothing recorded differs.
  """
  lists = "numbers only_a only_b words config data artifacts code aside"
  found: dict[str, Any] = {
    "a": str(a.file),
    "b": str(b.file),
    "schema": [run.leaves["schema",] for run in (a, b)],
    **{name: [] for name in lists.split()},
  }
  fields: dict[Keys, dict[str, Any]] = {}
  made: list[tuple[Keys, Change]] = []
  headlines = set()
  for keys in dict.fromkeys([*a.leaves, *b.leaves]):
    values: tuple[Any, Any] = a.leaves.get(keys), b.leaves.get(keys)
    one, other = values
    section, scope, rest = _place(keys)
    change = {"name": ".".join((*scope, *rest)), "a": one, "b": other}
    if section == "artifacts":
      change |= {"stage": rest[0], "same": one == other}
      made.append((scope, change))
    elif one == other or section == "repeated":
      continue
    elif section == "config":
      field = ".".join(rest)
      change["stage"] = lineage.concerned(field)
      fields.setdefault(scope, {})[field] = values
    elif section == "results":
      section = _kind(*values)
    if section == "numbers":
      interval = _interval(a.leaves, keys)
      change |= {
        "difference": other - one,
        "ci95": interval,
        "inside": interval and interval[0] <= other <= interval[1],
      }
      if _is_headline(a.leaves, keys):
        headlines.add(change["name"])
    found[section].append(change)
  found["numbers"].sort(
    key=lambda change: (change["name"] not in headlines, *_rank(change))
  )
  for scope, change in made:
    one, other = change["a"], change["b"]
    if not change["same"] and one is not None and other is not None:
      folders = a.folder(str(one)), b.folder(str(other))
      parting = lineage.part(change["stage"], *folders, fields.get(scope, {}))
      change["parting"] = {
        "experiment": scope[-1] if scope else None,
        "stage": parting.stage,
        "artifact": parting.artifact,
        "because": _changes(parting.because),
      }
  results = ("numbers", "only_a", "only_b", "data")
  found["same"] = not any(found[name] for name in results)
  found["first"] = _first(found, fields)
  return found


def _first(
  found: Mapping[str, Any], fields: Mapping[Keys, lineage.Changes]
) -> dict[str, Any] | None:
  """The first difference that can have changed a result."""
  for artifact in found["artifacts"]:
    if "parting" in artifact:
      return artifact["parting"]
  # A stage whose artifacts are the same has changed nothing.
  made = {change["stage"] for change in found["artifacts"]}
  made -= {c["stage"] for c in found["artifacts"] if not c["same"]}
  for stage in (*lineage.STAGES, None):
    for scope, changed in fields.items():
      because = lineage.causes(changed, stage)
      if because and stage not in made:
        return {
          "experiment": scope[-1] if scope else None,
          "stage": stage or "run",
          "because": _changes(because),
        }
  for section in ("data", "code"):
    if found[section]:
      return {"experiment": None, "stage": section, "because": found[section]}
  return None


def _changes(values: lineage.Changes) -> list[Change]:
  return [{"name": name, "a": a, "b": b} for name, (a, b) in values.items()]


def _place(keys: Keys) -> tuple[str, Keys, Keys]:
  """What keys are about, in which experiment of a suite, and their rest."""
  if _ASIDE.intersection(keys):
    return "aside", (), keys
  depth = 2 if keys[0] == "experiments" and len(keys) > 2 else 0
  head, rest = keys[depth], keys[depth + 1 :]
  if head in _REPEATED and not rest:
    return "repeated", (), keys
  if head in _SECTIONS and rest:
    return _SECTIONS[head], keys[:depth], rest
  return "results", (), keys


def _kind(one: Any, other: Any) -> str:
  if _is_number(one) and _is_number(other):
    return "numbers"
  if _is_number(one):
    return "only_a"
  return "only_b" if _is_number(other) else "words"


def _is_number(value: Any) -> bool:
  return isinstance(value, int | float) and not isinstance(value, bool)


def _interval(
  leaves: Mapping[Keys, Any], keys: Keys
) -> tuple[float, float] | None:
  """The interval that stands beside a number."""
  *above, name = keys
  beside = "ci95" if name == "value" else f"{name}_ci95"
  ends: list[Any] = [leaves.get((*above, beside, end)) for end in "01"]
  return (ends[0], ends[1]) if all(map(_is_number, ends)) else None


def _is_headline(leaves: Mapping[Keys, Any], keys: Keys) -> bool:
  """Whether a number stands for the trained features under a protocol."""
  *above, name = keys
  wanted = "accuracy" if (*above, "accuracy") in leaves else "auc_mean"
  return name == wanted and above[-2:-1] == ["protocols"]


def _rank(number: Change) -> tuple[bool, float]:
  size = abs(number["difference"])
  if number["ci95"]:
    return False, -size
  return True, -size / max(abs(number["a"]), abs(number["b"]))
