"""Data that is not as declared is refused, and the message says where."""

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

import pytest

from jaxfer.report.paper import toml


@dataclasses.dataclass(frozen=True)
class _Row:
  key: str
  area: Decimal | None
  year: int | None = None
  kind: Literal["one", "two"] = "one"
  units: Mapping[str, Decimal] = dataclasses.field(default_factory=dict)


_RIGHT = """
[rows.a]
area = "0.940"
kind = "two"
units = { AU1 = "1" }
[rows.b]
area = "—"
year = 2019
"""


def read(folder, text):
  path = folder / "t.toml"
  path.write_text(text, encoding="utf-8")
  return toml.read(path, rows=Mapping[str, _Row])["rows"]


def test_numbers_keep_their_digits_and_a_dash_is_none(tmp_path):
  first, second = read(tmp_path, _RIGHT).values()
  assert first == _Row("a", Decimal("0.94"), None, "two", {"AU1": Decimal(1)})
  assert str(first.area) == "0.940"
  assert second == _Row("b", None, 2019)


@pytest.mark.parametrize(
  ("old", "new", "message"),
  [
    ('"0.940"', "0.940", r"rows\.a\.area is 0\.94"),
    ('"0.940"', '"0,940"', r"rows\.a\.area is '0,940'"),
    ("2019", '"2019"', r"rows\.b\.year is '2019'"),
    ("2019", "true", r"rows\.b\.year is True"),
    ('"two"', '"three"', r"rows\.a\.kind is 'three'"),
    ('{ AU1 = "1" }', '["1"]', r"rows\.a\.units is \['1'\]"),
    ("year =", "yaer =", r"rows\.b has the unknown keys yaer"),
    ('area = "—"', "", r"rows\.b lacks the keys area"),
    ("[rows.b]", "[columns.b]", r"t\.toml has the unknown keys columns"),
  ],
)
def test_what_is_not_declared_is_refused(tmp_path, old, new, message):
  assert old in _RIGHT
  with pytest.raises(ValueError, match=message):
    read(tmp_path, _RIGHT.replace(old, new))


def test_a_file_without_its_table_is_refused(tmp_path):
  with pytest.raises(ValueError, match=r"t\.toml lacks the keys rows"):
    read(tmp_path, "")
