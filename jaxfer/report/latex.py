r"""Tables for a paper: rows in, a LaTeX `table` out.

The document needs `\usepackage{booktabs}`. Scripts that pdfTeX has no letters
for need XeLaTeX or LuaLaTeX.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from jaxfer.report import wording
from jaxfer.report.table import Row, Table, at

_ESCAPES = {
  "\\": r"\textbackslash{}",
  "{": r"\{",
  "}": r"\}",
  "$": r"\$",
  "&": r"\&",
  "%": r"\%",
  "#": r"\#",
  "_": r"\_",
  "~": r"\textasciitilde{}",
  "^": r"\textasciicircum{}",
  "<": r"\textless{}",
  ">": r"\textgreater{}",
  "|": r"\textbar{}",
  "`": r"\textasciigrave{}",
  # At the start of a row these would be read as arguments of the `\\` before.
  "[": "{[}",
  "]": "{]}",
  "*": "{*}",
  "§": r"\S{}",
  "\N{NO-BREAK SPACE}": "~",
  "\N{NARROW NO-BREAK SPACE}": r"\,",
  "\N{MINUS SIGN}": "$-$",
  "\N{EN DASH}": r"\textendash{}",
  "\N{EM DASH}": r"\textemdash{}",
  "\N{HORIZONTAL ELLIPSIS}": r"\ldots{}",
  "\N{MULTIPLICATION SIGN}": r"$\times$",
  "\N{PLUS-MINUS SIGN}": r"$\pm$",
  "\N{RIGHTWARDS ARROW}": r"$\rightarrow$",
  "\N{LESS-THAN OR EQUAL TO}": r"$\leq$",
  "\N{GREATER-THAN OR EQUAL TO}": r"$\geq$",
  "β": r"$\beta$",
  "γ": r"$\gamma$",
}


def write(folder: Path, table: Table) -> Path:
  r"""Writes `<name>.tex`, a table to be taken in with `\input`.

  Its label is `tab:` and the name. Whatever texts hold is printed, never run:
  no cell can leave its place. Intervals have a column of their own. Of
  stand-ins the caption says that they are.
  """
  note = f" ({wording.STANDIN})" if table.standin else ""
  alignment, titles = "", []
  for column in table.columns:
    alignment += "l" if column.words else "r"
    titles.append(column.title)
    if column.interval:
      alignment, titles = f"{alignment}l", [*titles, "95 %"]
  label = re.sub("[^A-Za-z0-9]+", "-", table.name)
  lines = [
    r"\begin{table}",
    r"  \centering",
    rf"  \caption{{{escape(table.caption + note)}.}}",
    rf"  \label{{tab:{label}}}",
    rf"  \begin{{tabular}}{{{alignment}}}",
    r"    \toprule",
    _row(titles),
    r"    \midrule",
    *(_row([*_cells(table, row)]) for row in table.rows),
    r"    \bottomrule",
    r"  \end{tabular}",
    r"\end{table}",
  ]
  path = folder / f"{table.name}.tex"
  path.write_text("\n".join(lines) + "\n", encoding="utf-8")
  return path


def escape(text: str) -> str:
  """A text as LaTeX prints it, in one line.

  What cannot be printed becomes a question mark, and white space of any kind a
  blank: braces are balanced, and no character is one that LaTeX would act on.
  """
  # A dash is one character: two hyphens in a name stay two hyphens.
  return re.sub("-(?=-)", "-{}", "".join(map(_character, text)))


def _character(c: str) -> str:
  if c in _ESCAPES:
    return _ESCAPES[c]
  if c.isspace():
    return " "
  return c if c.isprintable() else "?"


def _cells(table: Table, row: Row) -> Iterator[str]:
  for column in table.columns:
    estimate = at(row, column.name)
    yield column.cell(estimate).text
    if column.interval:
      ends = dataclasses.replace(estimate, unit=column.unit, note="")
      yield ends.detail or wording.MISSING


def _row(cells: Sequence[str]) -> str:
  return rf"    {' & '.join(map(escape, cells))} \\"
