"""What the page says of human studies: the numbers, and what they lack."""

import re

import pytest

from jaxfer.report import extensions, templates


@pytest.fixture
def study() -> dict:
  """A study's entry as `results.json` has it."""

  def rate(value, ci95):
    return {"value": value, "ci95": ci95, "answers": 1000}

  return {
    "study": "study-0123456789ab",
    "raters": 31,
    "excluded": 4,
    "fooled": rate(0.4567, [0.41, 0.502]),
    "doubted": rate(0.2, None) | {"ci95_reason": "one rater has no spread"},
    "error": {"value": None, "ci95": None, "reason": "no answer counts"},
    "agreement": {"value": -0.0456},
    "warnings": ["fooled: <b>loud</b>"],
  }


def test_where_nobody_was_asked_there_is_no_section():
  for results in ({}, {"human_study": []}):
    assert extensions.study(results) is None
    assert extensions.remarks(results) == []


def test_the_papers_number_comes_first_then_every_study(study):
  other = study | {"study": "study-2", "agreement": {
    "value": None, "reason": "fewer than two raters"}}  # fmt: skip
  results = {"human_study": [study, other], "paper_reference": "exp5"}
  table = extensions.study(results)
  assert table is not None
  paper, first, second = (
    (name, cells) for name, *cells in map(table.cells, table.rows)
  )
  # Table VII of the paper: 76.72 on Amazon Mechanical Turk.
  assert paper[1][0].text == "76.72\N{NO-BREAK SPACE}%"
  assert paper[1][0].detail == "protocol not stated"
  name, (fooled, doubted, error, agreement) = first
  assert (name.text, name.detail) == (study["study"], "31 raters, 4 excluded")
  assert fooled.text == "45.7\N{NO-BREAK SPACE}%"
  assert fooled.detail == "[41.0, 50.2]"
  assert doubted.detail == "one rater has no spread"
  assert (error.text, error.detail) == ("—", "no answer counts")
  assert agreement.text == "\N{MINUS SIGN}0.046"
  assert second[1][3].detail == "fewer than two raters"


def render(results):
  template = templates.environment().get_template("parts/study.html")
  return template.render(
    studied=extensions.study(results),
    study_remarks=extensions.remarks(results),
    of_paper=bool(results.get("paper_reference")),
    pictures={},
  )


def test_the_section_escapes_names_and_says_what_cannot_be_compared(study):
  study["study"] = "<script>alert(1)</script>"
  results = {"human_study": [study], "paper_reference": "exp5"}
  source = render(results)
  assert "<script>" not in source and "<b>loud" not in source
  assert "&lt;b&gt;loud&lt;/b&gt;" in source
  text = " ".join(re.sub("<[^>]*>", " ", source).split())
  assert "76.72" in text and "45.7" in text and "no comparison" in text
  own = render(results | {"paper_reference": None})
  assert "45.7" in own
  assert (
    "76.72" not in own and "The paper" not in own and "Table VII" not in own
  )


def test_without_a_study_the_section_is_empty():
  assert not render({}).strip()
