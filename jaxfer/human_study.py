"""Asks people which faces are real: a page for them, and their score.

    jaxfer study build --workdir=RUN --out=DIR
    jaxfer study score ANSWERS/*.csv --key=DIR/key.json

`build` writes DIR/raters/index.html, a page that opens from disk or from any
web server and sends nothing, and DIR/key.json, which says what its faces are.
Raters get the page and hand in the CSV that it gives them at the end; the key
stays with whoever scores. With --workdir, `score` also enters the study in
RUN/study.json, and the run's report shows it from when it is next made. The
page holds no answer but those of the practice
faces, and its pictures differ in nothing but their pixels. It cannot keep
someone who opens its source from comparing those pixels with a copy of the
data set.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jaxfer import exits, logs
from jaxfer.study import answers, record, score
from jaxfer.study import key as keys
from jaxfer.study.exclusion import Rules


def main(arguments: Sequence[str] | None = None) -> int:
  """Builds or scores a study; returns 1 where that cannot be done."""
  logs.speak_anywhere()
  options = _parser().parse_args(arguments)
  return exits.end(lambda: options.run(options))


def describe(entry: Mapping[str, Any]) -> str:
  """A study's score in words.

  Args:
    entry: what `score.score` gives.
  """
  lines = [f"{entry['study']}: {entry['raters']} raters"]
  if entry["standin"]:
    lines.append("the real faces were drawn: no result about people's faces")
  for name, label in (
    ("fooled", "generated taken for real"),
    ("doubted", "real taken for generated"),
    ("error", "wrong answers (HYPE)"),
  ):
    lines.append(f"  {label:26} {_rate(entry[name])}")
  agreement = entry["agreement"]
  alpha = agreement["value"]
  found = agreement["reason"] if alpha is None else f"{alpha:.3f}"
  lines.append(f"  {'Krippendorff alpha':26} {found}")
  for one in entry["excluded"]:
    lines.append(f"excluded {one['rater']}: {'; '.join(one['reasons'])}")
  lines += [f"warning: {text}" for text in entry["warnings"]]
  return "\n".join(lines)


def _rate(rate: Mapping[str, Any]) -> str:
  if rate["value"] is None:
    return rate["reason"]
  interval = rate["ci95"]
  around = (
    rate["ci95_reason"]
    if interval is None
    else f"95 % interval {interval[0]:.1%} to {interval[1]:.1%}"
  )
  return f"{rate['value']:.1%} of {rate['answers']:,} ({around})"


def _build(options: argparse.Namespace) -> None:
  # Here and not above: scoring needs no face, and none of what reads them.
  from jaxfer.study import build, items, source

  settings = _made(items.Settings, options)
  consent = build.read_consent(options.consent) if options.consent else ""
  chosen = source.choose(options.workdir, options.experiment)
  chosen.gan.refuse_restricted(options.owner_permits)
  key = build.build(chosen, options.out, settings, consent)
  print(f"{key.study} of {chosen.describe()}")
  print(f"for raters: {options.out / build.PAGE}")
  print(f"for you, and nobody who rates: {options.out / keys.FILE}")


def _score(options: argparse.Namespace) -> None:
  key = keys.read(options.key)
  rules, raters = _made(Rules, options), answers.read_all(options.files, key)
  how = {"draws": options.draws, "seed": options.seed}
  entry = score.score(raters, key, rules, **how)
  print(describe(entry))
  if options.workdir is not None:
    path = record.write(options.workdir, entry)
    print(f"written: {path}; the run's report shows it when next made")


def _made(kind: type, options: argparse.Namespace) -> Any:
  """A dataclass of the options that are named as its fields."""
  fields = dataclasses.fields(kind)
  return kind(**{field.name: getattr(options, field.name) for field in fields})


def _parser() -> argparse.ArgumentParser:
  summary, _, text = (__doc__ or "").partition("\n\n")
  parser = argparse.ArgumentParser(
    prog="jaxfer study",
    description=summary,
    epilog=text,
    formatter_class=argparse.RawDescriptionHelpFormatter,
  )
  commands = parser.add_subparsers(required=True, metavar="build|score")
  _add_build(commands)
  _add_score(commands)
  return parser


def _add_build(commands) -> None:
  parser = commands.add_parser(
    "build",
    allow_abbrev=False,
    help="write the page and its key",
    description="Writes a page on which people judge faces, and its key.",
  )
  parser.set_defaults(run=_build)
  add = parser.add_argument
  add("--workdir", type=Path, required=True, help="the run's folder")
  add("--out", type=Path, required=True, help="folder for page and key")
  add(
    "--experiment",
    help="which generator, where the workdir holds several: the name of an"
    " experiment that has a report, or of a generate-… folder",
  )
  add(
    "--owner_permits",
    action="store_true",
    help="say that the owner of a restricted set allows its faces to be shown",
  )
  add("--consent", type=Path, help="what raters agree to, a text file")
  for name, default, words in (
    ("count", 100, "faces judged, half of them real (%(default)s)"),
    ("practice", 10, "faces with feedback before (%(default)s)"),
    ("checks", 6, "attention checks among the faces (%(default)s)"),
    ("seconds", 0.0, "how long a face is seen; 0, the default: no limit"),
    ("seed", 0, "fixes which faces are drawn (%(default)s)"),
  ):
    add(f"--{name}", type=type(default), default=default, help=words)


def _add_score(commands) -> None:
  parser = commands.add_parser(
    "score",
    allow_abbrev=False,
    help="score what raters handed in",
    description="Scores the CSV files that raters handed in.",
  )
  parser.set_defaults(run=_score)
  add = parser.add_argument
  add("files", type=Path, nargs="+", metavar="CSV", help="one of each rater")
  add("--key", type=Path, required=True, help="the key.json of the study")
  add(
    "--workdir",
    type=Path,
    help=f"write {record.FILE} there, for the run's report",
  )
  rules = {
    "failed_checks": "exclude who fails a larger share of attention checks",
    "answered": "exclude who answers a smaller share of the faces",
    "fastest": "milliseconds below which an answer counts as too fast",
    "too_fast": "exclude who answers a larger share too fast",
  }
  for field in dataclasses.fields(Rules):
    add(
      f"--{field.name}",
      type=type(field.default),
      default=field.default,
      help=f"{rules[field.name]} (%(default)s)",
    )
  add("--draws", type=int, default=2000, help="bootstrap draws (%(default)s)")
  add("--seed", type=int, default=0, help="fixes the draws (%(default)s)")


if __name__ == "__main__":
  sys.exit(main())
