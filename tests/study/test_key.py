"""The key: what is written is read, and nothing else is taken for one."""

import json

import pytest

from jaxfer.study import key as keys


def test_what_is_written_is_read(tmp_path, key):
  keys.write(tmp_path / "key.json", key)
  assert keys.read(tmp_path / "key.json") == key


def change(*path, to):
  def edit(record):
    for name in path[:-1]:
      record = record[name]
    if to is None:
      del record[path[-1]]
    else:
      record[path[-1]] = to

  return edit


@pytest.mark.parametrize(
  ("edit", "words"),
  [
    (change("schema", to=2), "its schema is 2, not 1"),
    (change("schema", to=None), "schema"),
    (change("study", to="study-x"), "study-x"),
    (change("study", to=7), "string"),
    (change("faces", "i1", to="true"), "'i1' is 'true'"),
    (change("faces", "../i1", to="real"), "../i1"),
    (change("checks", "i1", to="real"), "i1 is both a face and a check"),
    (change("faces", to=[]), "items"),
    (change("facts", "artifacts", to=None), "lack artifacts"),
    (change("more", to=1), "more"),
  ],
)
def test_what_is_no_key_is_refused(tmp_path, key, edit, words):
  path = tmp_path / "key.json"
  keys.write(path, key)
  record = json.loads(path.read_text())
  edit(record)
  path.write_text(json.dumps(record))
  with pytest.raises(ValueError, match=r"is no key of a study") as said:
    keys.read(path)
  assert words in str(said.value)


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"\xff", b"{"])
def test_neither_is_another_file(tmp_path, content):
  path = tmp_path / "key.json"
  path.write_bytes(content)
  with pytest.raises(ValueError, match=r"key\.json is no key"):
    keys.read(path)


def test_a_huge_or_a_missing_one_is_refused(tmp_path):
  path = tmp_path / "key.json"
  with pytest.raises(ValueError, match="is no key"):
    keys.read(path)
  with path.open("wb") as file:
    file.truncate(2**33)
  with pytest.raises(ValueError, match="larger than"):
    keys.read(path)
