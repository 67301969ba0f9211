"""A table's cells and CSV: units of columns, groups, bounds, formulas."""

import csv
from decimal import Decimal

import pytest

from jaxfer.report import table, wording
from jaxfer.report.estimates import Estimate
from jaxfer.report.table import Column, Table

_TABLE = Table(
  [
    Column("set", "set"),
    Column("name", "name"),
    Column("rate", "accuracy", "rate", True),
    Column("gap", "ahead, in points", "rate_difference"),
  ],
  [
    {
      "data": Estimate("published"),
      "set": Estimate("A"),
      "name": Estimate("the paper"),
      "rate": Estimate(Decimal("0.97")),
    },
    {
      "set": Estimate("A"),
      "name": Estimate("=here", link="x"),
      "rate": Estimate(0.9, interval=(0.8, 0.95), equal=True),
      "gap": Estimate(0.1, interval=(0.05, 0.2)),
    },
    {
      "set": Estimate("B"),
      "name": Estimate("none"),
      "rate": Estimate(note="not run"),
      "gap": Estimate(0.1, interval=(-0.05, 0.2)),
    },
  ],
  name="t",
  group="set",
  standin=True,
)


def test_cells_are_in_the_unit_of_their_column():
  (first, (printed, here)), (second, (none,)) = _TABLE.groups()
  assert (first, second) == ("A", "B")
  assert [c.text for c in printed[1:]] == [
    "97\N{NO-BREAK SPACE}%",
    wording.MISSING,
  ]
  name, rate, gap = here
  assert (name.text, name.link, name.words) == ("=here", "x", True)
  assert rate.text == "= 90.0\N{NO-BREAK SPACE}%"
  assert (gap.text, gap.detail, gap.sure) == ("+10.0", "[5.0, 20.0]", True)
  assert (none[1].text, none[1].detail) == (wording.MISSING, "not run")
  assert not none[2].sure


def test_numbers_of_a_text_column_keep_their_own_units():
  column = Column("x")
  assert column.cell(Estimate(0.1, "rate_difference")).text == "10.0 points"
  assert column.cell(Estimate(1234, "count")).text == "1,234"


def test_csv_has_bounds_what_is_equal_and_no_formula(tmp_path):
  with _TABLE.write_csv(tmp_path).open(encoding="utf-8", newline="") as file:
    printed, here, none = csv.DictReader(file)
  assert [*here] == [
    *("data", "set", "name", "rate", "rate_low", "rate_high", "rate_equals"),
    "gap",
  ]
  assert (printed["data"], here["data"]) == ("published", "stand-in")
  assert (printed["rate"], printed["rate_low"]) == ("0.97", "")
  assert (here["name"], here["rate_high"]) == ("'=here", "0.95")
  assert (here["rate_equals"], none["rate_equals"]) == ("True", "False")
  assert (none["rate"], none["gap"]) == ("", "0.1")


def test_records_may_have_columns_of_their_own(tmp_path):
  records = [{"a": 1}, {"a": 2, "b": Estimate(0.5, "rate", (0, None))}]
  path = table.write_csv(tmp_path / "t.csv", records)
  assert path.read_text() == "a,b,b_low,b_high\n1,,,\n2,0.5,0,\n"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\ta", "\ra"])
def test_text_that_begins_like_a_formula_is_neutralised(text):
  assert table.neutralise(text) == f"'{text}"
  assert table.neutralise(-1.5) == -1.5
