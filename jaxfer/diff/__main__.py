"""What changed between two runs: `jaxfer diff --help`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jaxfer import exits, logs
from jaxfer.diff import comparison, runs
from jaxfer.diff.comparison import Change

_WHY = ("config", "data", "code")  # said of these also where nothing differs
_SHOWN = 20  # lines of each list
_REASONS = 4  # named in a sentence
_LONG = 60  # characters of a value


def describe(found: Mapping[str, Any]) -> str:
  """What `comparison.compare` returns, in words.

  Lines without control characters, whatever the runs' names and values hold;
  the last is the conclusion.
  """
  lines = [f"A  {found['a']}", f"B  {found['b']}"]
  if found["schema"][0] != found["schema"][1]:
    lines.append(
      "A has schema {} and B has schema {}; what both have is compared.".format(
        *map(_value, found["schema"])
      )
    )
  scores = [number for number in found["numbers"] if number["ci95"]]
  others = [number for number in found["numbers"] if not number["ci95"]]
  for title, changes, write in (
    ("Scores, beside A's 95 % intervals", scores, _score),
    ("Other numbers", others, _number),
    ("Numbers only in A", found["only_a"], lambda c: _value(c["a"])),
    ("Numbers only in B", found["only_b"], lambda c: _value(c["b"])),
    ("Words", found["words"], _change),
    ("Config", found["config"], _field),
    ("Data", found["data"], _change),
    ("Artifacts", found["artifacts"], _artifact),
    ("Code", found["code"], _change),
    ("Machine and time, which are no results", found["aside"], _change),
  ):
    lines += _listed(title, changes, write)
  if same := [name for name in _WHY if not found[name]]:
    lines += ["", f"The same in both: {', '.join(same)}"]
  return "\n".join(map(logs.printable, [*lines, "", conclusion(found)]))


def conclusion(found: Mapping[str, Any]) -> str:
  """A comparison in one sentence."""
  if found["same"]:
    return "The results agree to the last digit."
  first = found["first"]
  if first is None and found["numbers"]:
    return (
      "The results differ, and nothing recorded says why: config, data,"
      " artifacts and versions are the same."
    )
  if first is None:
    return (
      "The numbers that both have agree;"
      f" {len(found['only_a'])} are only in A and {len(found['only_b'])} only"
      " in B."
    )
  where = first["stage"]
  if first["experiment"] is not None:
    where = f"{where} of {first['experiment']}"
  if not first["because"]:
    return (
      f"First difference: {where}; why is not recorded in the results, and the"
      " workdirs do not hold both artifacts."
    )
  return f"First difference: {where}, because {_reasons(first['because'])}."


def main(arguments: Sequence[str] | None = None) -> int:
  """Compares two runs; returns 0 where the results agree, 1 where not."""
  logs.speak_anywhere()
  parser = _parser()
  options = parser.parse_args(arguments)
  return exits.end(lambda: _compare(options, parser.prog))


def _compare(options: argparse.Namespace, name: str) -> int:
  try:
    both = [runs.load(options.workdir / run) for run in (options.a, options.b)]
  except runs.RunError as error:
    sys.stderr.write(logs.printable(f"{name}: {error}") + "\n")
    return 2
  found = comparison.compare(*both)
  if options.json:
    text = json.dumps(found | {"conclusion": conclusion(found)}, indent=2)
  else:
    text = describe(found)
  sys.stdout.write(text + "\n")
  return 0 if found["same"] else 1


def _parser() -> argparse.ArgumentParser:
  parser = argparse.ArgumentParser(
    prog="jaxfer diff",
    description="Says what changed between two runs and why: numbers, config,"
    " data and code. Exit status 0: the results agree, whatever else changed;"
    " 1: they differ; 2: a run cannot be read.",
  )
  for run in "ab":
    parser.add_argument(
      run,
      type=Path,
      metavar=f"RUN_{run.upper()}",
      help="a workdir, a report folder or a results.json; of a report that a"
      " workdir keeps, WORKDIR/HASH, which may be shortened",
    )
  parser.add_argument(
    "--workdir",
    type=Path,
    default=Path(),
    help="where both are looked for: --workdir=runs/demo 3f2a 9bc1",
  )
  parser.add_argument(
    "--json", action="store_true", help="print everything, for programs"
  )
  return parser


def _listed(
  title: str, changes: Sequence[Change], write: Callable[[Change], str]
) -> Iterator[str]:
  if not changes:
    return
  yield from ("", title)
  shown = changes[:_SHOWN]
  width = max(len(change["name"]) for change in shown)
  for change in shown:
    yield f"  {change['name']:{width}}  {write(change)}"
  if len(changes) > _SHOWN:
    yield f"  … and {len(changes) - _SHOWN} more, which --json lists"


def _change(change: Change) -> str:
  return f"{_value(change['a'])} → {_value(change['b'])}"


def _field(change: Change) -> str:
  since = f"  from {change['stage']} on" if change["stage"] else ""
  return _change(change) + since


def _number(change: Change) -> str:
  a, b = change["a"], change["b"]
  pair = f"{a:.6g} → {b:.6g}"
  if f"{a:.6g}" == f"{b:.6g}":
    pair = f"{a!r} → {b!r}"
  return f"{pair}  {change['difference']:+.3g}"


def _score(change: Change) -> str:
  side = "inside" if change["inside"] else "outside"
  low, high = change["ci95"]
  return f"{_number(change)}  {side} [{low:.4g}, {high:.4g}]"


def _artifact(change: Change) -> str:
  if change["same"]:
    return f"identical: {change['a']}"
  if "parting" not in change:
    return f"only in {'B' if change['a'] is None else 'A'}"
  parting = change["parting"]
  if parting["artifact"] != change["a"]:
    return f"differs because {parting['stage']} does"
  if not parting["because"]:
    return f"differs: {change['a']} → {change['b']}"
  return f"differs because {_reasons(parting['because'])}"


def _reasons(changes: Sequence[Change]) -> str:
  """Such as `gan.epochs is 24 in A and 30 in B`; several with semicolons."""
  words = [
    f"{change['name']} is {_value(change['a'])} in A"
    f" and {_value(change['b'])} in B"
    for change in changes[:_REASONS]
  ]
  if len(changes) > _REASONS:
    words.append(f"{len(changes) - _REASONS} more differ")
  return "; ".join(words)


def _value(value: Any) -> str:
  if value is None:
    return "absent"
  text = json.dumps(value, ensure_ascii=False)
  return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"


if __name__ == "__main__":
  sys.exit(main())
