r"""LaTeX tables: no text leaves its cell, and numbers are written as agreed."""

import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jaxfer.report import latex, wording
from jaxfer.report.table import Column, Table

COLUMNS = (
  Column("name", "representation"),
  Column("faces", "faces", "count"),
  Column("auc", "AUC", "area"),
  Column("rate", "accuracy", "rate"),
)


def _write(folder, columns, rows, name="t", **more):
  return latex.write(folder, Table(columns, rows, name, **more))


def _tokens(text):
  """Control sequences and single characters, as TeX reads them."""
  return re.findall(r"\\[A-Za-z]+|\\.|.", text, re.DOTALL)


def _body(text):
  return text[text.index(r"\toprule") : text.index(r"\bottomrule")]


def _rows(text):
  return [r.strip() for r in _body(text).splitlines() if r.endswith(r"\\")]


def test_numbers_are_written_as_agreed(tmp_path):
  rows = [
    {"name": "hog", "faces": 1608, "auc": 0.98765, "rate": 0.9714},
    {"name": "worse", "faces": 0, "auc": -0.01, "rate": -0.137},
    {"name": "none", "faces": None, "auc": None},
  ]
  text = _write(tmp_path, COLUMNS, rows, caption="Scores").read_text()
  assert _rows(text) == [
    r"representation & faces & AUC & accuracy \\",
    r"hog & 1,608 & 0.988 & 97.1~\% \\",
    r"worse & 0 & $-$0.010 & $-$13.7~\% \\",
    r"none & \textemdash{} & \textemdash{} & \textemdash{} \\",
  ]
  assert r"\begin{tabular}{lrrr}" in text


def test_caption_label_and_note(tmp_path):
  own = {"name": "table_4 auc", "caption": "AUC & more"}
  text = _write(tmp_path, COLUMNS, [], **own, standin=True).read_text()
  assert rf"\caption{{AUC \& more ({wording.STANDIN}).}}" in text
  assert r"\label{tab:table-4-auc}" in text
  text = _write(tmp_path, COLUMNS, [], caption="AUC").read_text()
  assert r"\caption{AUC.}" in text


@pytest.mark.parametrize(
  ("text", "printed"),
  [
    (r"a\b", r"a\textbackslash{}b"),
    ("50 % & #1_x", r"50 \% \& \#1\_x"),
    ("~^", r"\textasciitilde{}\textasciicircum{}"),
    ("{$x$}", r"\{\$x\$\}"),
    ("−3\N{NO-BREAK SPACE}%", r"$-$3~\%"),
    ("§ 4-B", r"\S{} 4-B"),
    ("--seed", r"-{}-seed"),
    ("Åse, 67×2 → 1", r"Åse, 67$\times$2 $\rightarrow$ 1"),
    ("two\n\nlines\x1b\ud800", "two  lines??"),
  ],
)
def test_texts_are_printed_as_they_are(text, printed):
  assert latex.escape(text) == printed


@settings(
  deadline=None,
  derandomize=True,
  suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
  st.lists(
    st.text(
      st.sampled_from("\\{}$&%#_~^[]*-\n§−`'\u2028a\N{NO-BREAK SPACE}")
      | st.characters(),
      max_size=12,
    ),
    min_size=3,
    max_size=3,
  ),
  st.integers(1, 4),
)
@example(["[1ex]", " [c]", "]"], 1)
@example(["*", " *", "}"], 2)
def test_no_text_leaves_its_cell(tmp_path, texts, count):
  cell, title, caption = texts
  columns = [Column("x", title)] * count
  rows = [{"x": cell}, {"x": cell}]
  path = _write(tmp_path, columns, rows, caption=caption)
  text = path.read_text(encoding="utf-8")
  assert len(text.splitlines()) == 13

  tokens = _tokens(_body(text))
  assert tokens.count(r"\\") == 1 + len(rows)
  assert tokens.count("&") == (count - 1) * (1 + len(rows))
  # A row's end takes a star or a bracket for its own.
  assert not re.search(r"\\\\\s*[\[*]", _body(text))
  assert not re.search(r"\\(toprule|midrule)\s*\[", _body(text))
  for row in _rows(text):
    depth, mathematics = 0, False
    for token in _tokens(row):
      depth += {"{": 1, "}": -1}.get(token, 0)
      mathematics ^= token == "$"
      assert token not in {"%", "#", "^", "_"}
      assert depth >= 0
      assert token != "&" or (depth == 0 and not mathematics)
    assert depth == 0 and not mathematics
  (line,) = [x for x in text.splitlines() if x.startswith(r"  \caption")]
  braces = [t for t in _tokens(line) if t in "{}"]
  assert braces.count("{") == braces.count("}")
  assert not {"%", "#", "^", "_", "&", r"\\"} & {*_tokens(line)}
