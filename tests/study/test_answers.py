"""What raters hand in: read as somebody else's, refused with the reason."""

import pytest

from jaxfer.study import answers


def test_a_file_is_read_as_it_was_exported(hand_in, key):
  rater = answers.read(hand_in(), key)
  assert (rater.code, rater.file) == ("anna", "anna.csv")
  assert {k: v.said for k, v in rater.answers.items()} == {
    **key.faces,
    **key.checks,
  }
  assert rater.answers["i1"] == answers.Answer("real", 900)


def test_a_file_saved_by_a_spreadsheet_is_read_too(hand_in, key):
  path = hand_in()
  text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
  path.write_text("\ufeff" + text, encoding="utf-8")
  assert len(answers.read(path, key).answers) == 6
  lines = text.splitlines()
  path.write_text("\n".join([lines[0], *lines[:0:-1]]))
  assert len(answers.read(path, key).answers) == 6


def cell(row, column, value):
  def edit(rows):
    rows[row][column] = value

  return edit


STUDY, RATER, POSITION, ITEM, ANSWER, SPENT = range(6)


@pytest.mark.parametrize(
  ("edit", "words"),
  [
    (cell(2, STUDY, "study-ba9876543210"), "row 3: study 'study-ba98"),
    (cell(2, STUDY, "study-0123456789ab "), "row 3: study"),
    (cell(1, RATER, "=HYPERLINK(1)"), "row 2: rater '=HYPERLINK(1)'"),
    (cell(1, RATER, "-anna"), "rater '-anna'"),
    (cell(1, RATER, "@anna"), "rater '@anna'"),
    (cell(1, RATER, ""), "rater ''"),
    (cell(1, RATER, "a" * 33), "rater"),
    (cell(1, RATER, "anna\n"), r"rater 'anna\n'"),
    (cell(1, RATER, "ánna"), "rater"),
    (cell(3, RATER, "bob"), "row 4: another rater"),
    (cell(1, ITEM, "i99"), "item 'i99' is not in the study"),
    (cell(1, ITEM, "../i1"), "is not in the study"),
    (cell(2, ITEM, "i1"), "row 3: a second answer to i1"),
    (cell(1, ANSWER, "Real"), "answer 'Real' is not one of real, generated"),
    (cell(1, ANSWER, "<script>alert(1)</script>"), "answer '<script>"),
    (cell(1, ANSWER, "\x1b[2J"), r"answer '\x1b[2J'"),
    (cell(1, SPENT, "-5"), "milliseconds '-5'"),
    (cell(1, SPENT, "1e3"), "milliseconds '1e3'"),
    (cell(1, SPENT, "nan"), "milliseconds 'nan'"),
    (cell(1, SPENT, "9" * 10), "at most 9 digits"),
    (cell(1, SPENT, "٣"), "milliseconds"),
    (cell(1, POSITION, "x" * 5000), "xxx'…"),
    (cell(1, POSITION, "2"), "row 3: a second answer in position 2"),
    (cell(1, POSITION, "02"), "row 3: a second answer in position 2"),
    (cell(1, POSITION, "0"), "lacks position 1"),
    (cell(6, POSITION, "7"), "lacks position 6"),
    (lambda rows: rows[1].pop(), "row 2: 5 cells instead of 6"),
    (lambda rows: rows[1].append(""), "row 2: 7 cells instead of 6"),
    (lambda rows: rows.insert(2, []), "row 3: 0 cells"),
    # An attention check that was failed, taken out.
    (lambda rows: rows.pop(3), "lacks position 3: a row is gone"),
    (lambda rows: rows.pop(0), "the page exports the columns"),
    (lambda rows: rows[0].reverse(), "the page exports the columns"),
    (lambda rows: rows.__delitem__(slice(1, None)), "holds no answer"),
    (lambda rows: rows.clear(), "begins with nothing"),
  ],
)
def test_what_the_page_does_not_export_is_refused(hand_in, key, edit, words):
  path = hand_in(edit=edit)
  with pytest.raises(ValueError) as said:
    answers.read(path, key)
  message = str(said.value)
  assert words in message and path.name in message
  assert len(message) < 500
  assert message.isprintable()


def test_a_file_cut_off_in_a_row_is_refused(hand_in, key):
  path = hand_in()
  path.write_bytes(path.read_bytes()[:-12])
  with pytest.raises(ValueError, match="row 7"):
    answers.read(path, key)


@pytest.mark.parametrize(
  "content",
  [b"\xff\xfe\x00s\x00t", b"\x89PNG\r\n\x1a\n\xff", b'study,"rater', b"a\0b"],
)
def test_what_is_no_csv_is_refused(tmp_path, key, content):
  path = tmp_path / "anna.csv"
  path.write_bytes(content)
  with pytest.raises(ValueError, match=r"anna\.csv (is no CSV|begins with)"):
    answers.read(path, key)


def test_a_huge_file_is_not_read_whole(hand_in, key):
  path = hand_in()
  with path.open("ab") as file:
    file.truncate(2**33)  # sparse: nothing but its length is huge
  with pytest.raises(ValueError, match="larger than the 1,048,576 bytes"):
    answers.read(path, key)


def test_a_missing_file_and_a_folder_are_named(tmp_path, key):
  with pytest.raises(ValueError, match=r"none\.csv cannot be read"):
    answers.read(tmp_path / "none.csv", key)
  with pytest.raises(ValueError, match="cannot be read"):
    answers.read(tmp_path, key)


def test_every_wrong_file_is_named_at_once(hand_in, key):
  paths = [
    hand_in("good.csv"),
    hand_in("foreign.csv", edit=cell(1, STUDY, "study-000000000000")),
    hand_in("short.csv", edit=lambda rows: rows[1].pop()),
  ]
  with pytest.raises(ValueError) as said:
    answers.read_all(paths, key)
  message = str(said.value)
  assert "foreign.csv" in message and "short.csv" in message
  assert "good.csv" not in message and "nothing was scored" in message
  assert len(answers.read_all(paths[:1], key)) == 1
