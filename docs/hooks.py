"""Pages of the site that are made from other files when it is built.

MkDocs calls `on_files` and `on_page_markdown`. Made are the reference of config
fields, of commands and of benchmarks, and a page of each Markdown file that
lies beside docs/. Links in the sources are those of the repository, so that
they work there too; on the site they are put right.
"""

from __future__ import annotations

import ast
import json
import os
import posixpath
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REPOSITORY = (
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "INTENDED_USE.md",
  "SECURITY.md",
  "benchmarks/NOTES.md",
  "launch/README.md",
  "launch/SCALING.md",
)
"""Markdown outside docs/ that the site shows, below repository/."""

LINK = re.compile(r"\[([^\]\n]*)\]\(([^)\s]+)\)")
"""A link or a picture of Markdown: its text and its target."""


def on_files(files: Any, config: Any) -> Any:
  """Adds the pages that are made."""
  from mkdocs.structure.files import File

  pages = {
    "reference/config.md": config_fields(),
    "reference/cli.md": commands(),
    "reference/benchmarks.md": benchmarks(),
    "reference/features.md": features(),
  }
  for name in REPOSITORY:
    pages[f"repository/{name}"] = (ROOT / name).read_text(encoding="utf-8")
  for name, text in pages.items():
    files.append(File.generated(config, name, content=text))
  return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
  """Puts the links of one page right."""
  return put_links_right(markdown, page.file.src_uri)


def put_links_right(markdown: str, page: str) -> str:
  """Text whose links, those of the repository, lead to pages of the site.

  A link to a file that the site does not show is its words alone.
  """
  below = "repository/"
  source = (
    page.removeprefix(below) if page.startswith(below) else f"docs/{page}"
  )

  def put_right(match: re.Match[str]) -> str:
    words, target = match.groups()
    path, mark, anchor = target.partition("#")
    if not path or ":" in path:
      return match[0]
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
    if path in REPOSITORY:
      path = below + path
    elif path.startswith("docs/"):
      path = path.removeprefix("docs/")
    else:
      return words
    path = posixpath.relpath(path, posixpath.dirname(page) or ".")
    return f"[{words}]({path}{mark}{anchor})"

  return LINK.sub(put_right, markdown)


def config_fields() -> str:
  """Every config field with its default and its comment, as tables."""
  lines = [
    "# Config fields",
    "",
    "Made from `configs/base.py`. Override a field on the command line by"
    " `--config.FIELD=VALUE`. `<name>` is a dataset.",
  ]
  source = ROOT / "configs" / "base.py"
  for name, default, comment in fields(source.read_text(encoding="utf-8")):
    if default is None:
      lines += ["", f"## {name}", "", *([comment, ""] if comment else [])]
      lines += ["| field | default | meaning |", "|---|---|---|"]
    else:
      text = comment.replace("|", "\\|").replace("<", "&lt;")
      lines.append(f"| `{name}` | {default} | {text} |")
  return "\n".join(lines) + "\n"


def fields(source: str) -> Iterator[tuple[str, str | None, str]]:
  """Names, defaults and comments of `get_config`, sorted into sections.

  A section comes before its fields, and has no default.
  """
  lines = source.splitlines()
  tree = ast.parse(source)
  (function,) = (
    node
    for node in tree.body
    if isinstance(node, ast.FunctionDef) and node.name == "get_config"
  )
  known = {"config": ""}
  sections: dict[str, str] = {}
  found: list[tuple[str, str, str]] = []
  for node in _assignments(function.body):
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    value = ast.unparse(node.value) if node.value else ""
    name = next((n for t in targets if (n := _dotted(t, known))), "")
    for target in targets:
      if isinstance(target, ast.Name) and target.id not in known:
        # A section has its name before it has its place: `data = ConfigDict()`.
        known[target.id] = name or target.id
    if not name:
      continue
    above, behind = _comments(lines, node)
    if value == "ConfigDict()" or value in known:
      sections[name] = above
      continue
    value = f"`{value}`"
    if behind.startswith("or "):  # another value
      value, behind = f"{value} {behind}", ""
    if above and above[-1] in ".:":
      behind = behind[:1].upper() + behind[1:]
    found.append((name, value, f"{above} {behind}".strip()))
  for name in [n for n in sections if any(_in(f, n) for f, *_ in found)]:
    yield name, None, sections[name]
    for field, value, comment in found:
      if _in(field, name):
        yield field, value, comment


def _in(field: str, section: str) -> bool:
  """Whether a field is one of a section; those of sets are in `data`."""
  above = field.rpartition(".")[0]
  return section == (above if above.startswith("gan.") else above.split(".")[0])


def _assignments(body: list[ast.stmt]) -> Iterator[ast.Assign | ast.AnnAssign]:
  for node in body:
    if isinstance(node, ast.For):
      yield from _assignments(node.body)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
      yield node


def _dotted(target: ast.expr, known: dict[str, str]) -> str:
  """The dotted name of a field, or nothing of a variable."""
  match target:
    case ast.Attribute(value=ast.Name(id=name), attr=leaf):
      return f"{known[name]}.{leaf}".lstrip(".")
    case ast.Attribute(value=value, attr=leaf):
      return f"{_dotted(value, known)}.{leaf}"
    case ast.Subscript(value=ast.Name(id=name), slice=ast.Name(id=key)):
      return f"{known[name]}.<{key}>"
    case ast.Subscript(value=value, slice=ast.Name(id=key)):
      return f"{_dotted(value, known)}.<{key}>"
  return ""


def _comments(lines: list[str], node: ast.stmt) -> tuple[str, str]:
  """What stands above a statement, and behind it."""
  above, at = [], node.lineno - 2
  while at >= 0 and lines[at].lstrip().startswith("#"):
    above.insert(0, lines[at].lstrip(" #"))
    at -= 1
  last = lines[(node.end_lineno or node.lineno) - 1]
  return " ".join(above), last[node.end_col_offset :].strip(" #")


def commands() -> str:
  """What each command says when it is asked for help."""
  environment = os.environ | {"COLUMNS": "80", "PYTHONPATH": str(ROOT)}

  def ask(*words: str) -> str:
    said = subprocess.run(
      [sys.executable, "-m", "jaxfer", *words, "--help"],
      capture_output=True,
      text=True,
      check=True,
      env=environment,
      cwd=ROOT,
    ).stdout
    said = said.replace(f"{ROOT}{os.sep}", "")
    return f"```text\n{said.strip()}\n```\n"

  sys.path.insert(0, str(ROOT))
  from jaxfer.__main__ import COMMANDS

  lines = ["# Commands\n", "Made from what each command says to `--help`.\n"]
  lines.append(ask())
  for word in COMMANDS:
    lines += [f"## jaxfer {word}\n", ask(word)]
  for word in ("build", "score"):
    lines += [f"## jaxfer study {word}\n", ask("study", word)]
  return "\n".join(lines)


def benchmarks() -> str:
  """What the benchmarks measured, a table for each, with its date."""
  lines = [
    "# Benchmarks",
    "",
    "Made from `benchmarks/results/`. `make bench` runs jaxfer and its peer in"
    " turns on the same work, and writes most of these anew; with `--check` a"
    " missed goal is an error. A ratio above 1 is better than the peer, or than"
    " the limit that stands there. What was tried is in"
    " [Speed](../../benchmarks/NOTES.md).",
  ]
  for path, record in _records("*.json"):
    where = f"{record['machine']}, Python {record['python']}"
    lines += ["", f"## {record['benchmark']}, {record['machine']}", ""]
    command = f"`python -m benchmarks.{record['benchmark']}`"
    lines += [f"{command}, {where}{_committed(path)}", ""]
    rows = [
      [
        row["work"],
        *(
          "—" if row[name] is None else f"{row[name]:.4g}"
          for name in ("ours", "peer", "ratio")
        ),
        *(row["unit"], row["against"]),
      ]
      for row in record["rows"]
    ]
    heads = ["work", "jaxfer", "peer", "ratio", "unit", "against"]
    lines += _table(heads, rows)
  return "\n".join(lines) + "\n"


_PARTS = {
  "chosen": "People on whom choices were made",
  "judged": "People who were looked at last",
  "elsewhere": "Photographs taken elsewhere",
}


def features() -> str:
  """What each learner and read-out is worth, a table for each part."""
  lines = [
    "# Features on people never seen",
    "",
    "Made from `benchmarks/results/features/`, which"
    " `python -m benchmarks.features --faces=FOLDER` writes anew, in hours."
    " People are dealt into three parts: half are learnt from without their"
    " labels, a quarter are looked at while choices are made, and a quarter"
    " when none is left to make. In a part no person is both fitted on and"
    " tested. Of each emotion only so many faces are taken that the rare ones"
    " count, so that numbers are lower than of faces as they are found.",
  ]
  for path, record in _records("features/*.json"):
    count = max(row["faces"] for row in record["rows"])
    lines += ["", f"## {_PARTS[record['part']]}", ""]
    lines += [
      f"{count:,} faces, at most {record['most']} of each emotion;"
      f" networks of width 64, taught in {record['compute']};"
      f" {record['machine']}{_committed(path)}. Brackets are 95 % intervals.",
      "",
    ]
    rows = [
      [
        row["objective"],
        str(row["epochs"] or "—"),
        str(row["seed"]),
        row["title"],
        *(_rate(row, name) for name in ("accuracy", "macro_f1")),
      ]
      for row in record["rows"]
    ]
    heads = ["learner", "epochs", "seed", "features", "accuracy", "macro F1"]
    lines += _table(heads, rows)
    if above := [*_above(record)]:
      heads = ["learner", "epochs", "seed", "above", "accuracy", "macro F1"]
      lines += ["", "The first features of each learner, less a control:", ""]
      lines += _table([*heads, "accuracy, 5 labels of each"], above)
  return "\n".join(lines) + "\n"


def _above(record: dict[str, Any]) -> Iterator[list[str]]:
  """What a learner's features are worth more than controls, as cells."""
  for row in record["rows"]:
    for control, found in row.get("above", {}).items():
      few = row["few_labels"] if control == "hog" else None
      five = [one for one in few or () if one["labels"] == 5]
      yield [
        row["objective"],
        str(row["epochs"]),
        str(row["seed"]),
        control,
        *(_points(found[key]) for key in ("accuracy", "macro_f1")),
        _points(five[0]) if five else "—",
      ]


def _points(found: dict[str, Any]) -> str:
  low, high = found["ci95"]
  value = 100 * found["value"]
  return f"{value:+.1f} [{100 * low:+.1f}, {100 * high:+.1f}]"


def _records(pattern: str) -> Iterator[tuple[Path, dict[str, Any]]]:
  for path in sorted((ROOT / "benchmarks" / "results").glob(pattern)):
    yield path, json.loads(path.read_text(encoding="utf-8"))


def _table(heads: list[str], rows: list[list[str]]) -> list[str]:
  """The lines of a table of Markdown, whose cells hold no bar."""
  lines = [[cell.replace("|", "/") for cell in row] for row in (heads, *rows)]
  first, *others = (f"| {' | '.join(line)} |" for line in lines)
  return [first, "|" + "---|" * len(heads), *others]


def _rate(row: dict[str, Any], name: str) -> str:
  low, high = row[f"{name}_ci95"]
  return f"{100 * row[name]:.1f} [{100 * low:.1f}, {100 * high:.1f}]"


def _committed(path: Path) -> str:
  """The day of a file's last commit, where there is git to say it."""
  try:
    said = subprocess.run(
      ["git", "log", "-1", "--format=%as", "--", path],  # noqa: S607
      cwd=ROOT,
      capture_output=True,
      text=True,
    ).stdout.strip()
  except OSError:
    said = ""
  return f", {said}" if said else ""
