"""A study built: page and key, kept apart, the same for the same."""

import json

import pytest

from jaxfer.study import build, source
from jaxfer.study import key as keys
from jaxfer.study.items import Settings

SIZES = Settings(count=8, practice=2, checks=2)


@pytest.fixture(scope="module")
def chosen(make_run, tmp_path_factory):
  workdir = tmp_path_factory.mktemp("build")
  make_run(workdir, report="radboud")
  return source.choose(workdir, None)


def files(folder):
  return {
    path.relative_to(folder).as_posix(): path.read_bytes()
    for path in folder.rglob("*")
    if path.is_file()
  }


def test_page_and_key_are_apart_and_the_key_knows_all(chosen, tmp_path):
  key = build.build(chosen, tmp_path / "kit", SIZES)
  assert set(files(tmp_path / "kit")) == {"raters/index.html", "key.json"}
  assert keys.read(tmp_path / "kit" / "key.json") == key
  assert sorted(key.faces.values()) == ["generated"] * 4 + ["real"] * 4
  assert sorted(key.checks.values()) == ["generated", "real"]
  assert set(key.faces) | set(key.checks) == {f"i{n}" for n in range(1, 11)}
  facts = key.facts
  assert facts["standin"] is True and facts["experiments"] == ["radboud"]
  assert facts["artifacts"]["generate"] == chosen.generated.name
  assert set(facts["rows"]) == set(key.faces)


def test_the_same_study_has_the_same_files(chosen, tmp_path):
  for name in ("a", "b"):
    build.build(chosen, tmp_path / name, SIZES)
  assert files(tmp_path / "a") == files(tmp_path / "b")
  build.build(chosen, tmp_path / "a", SIZES)  # once more in its place
  assert files(tmp_path / "a") == files(tmp_path / "b")


def test_whatever_raters_see_otherwise_is_another_study(chosen, tmp_path):
  names = [
    build.build(chosen, tmp_path / str(i), sizes, consent).study
    for i, (sizes, consent) in enumerate(
      (
        (SIZES, ""),
        (SIZES, "You agree."),
        (Settings(count=8, practice=2, checks=2, seconds=1), ""),
        (Settings(count=8, practice=2, checks=2, seed=1), ""),
        (Settings(count=8, practice=4, checks=2), ""),
      )
    )
  ]
  assert len(set(names)) == len(names)


def test_another_studys_key_is_not_lost(chosen, tmp_path):
  build.build(chosen, tmp_path, SIZES)
  before = files(tmp_path)
  with pytest.raises(ValueError, match="choose another --out"):
    build.build(chosen, tmp_path, Settings(count=4, practice=2, checks=2))
  assert files(tmp_path) == before
  (tmp_path / "key.json").write_text("{}")
  with pytest.raises(ValueError, match="is no key"):
    build.build(chosen, tmp_path, SIZES)


def test_the_page_holds_no_answer_but_of_practice(chosen, tmp_path):
  key = build.build(chosen, tmp_path, SIZES)
  page = (tmp_path / build.PAGE).read_text(encoding="utf-8")
  start = page.index('id="data">') + len('id="data">')
  data = json.loads(page[start : page.index("</script>", start)])
  assert set(data) == {"study", "seconds", "practice", "items"}
  assert [set(one) for one in data["practice"]] == [{"png", "truth"}] * 2
  assert [set(one) for one in data["items"]] == [{"id", "png"}] * 10
  assert {one["id"] for one in data["items"]} == set(key.faces) | set(
    key.checks
  )
  for name in (*key.facts["artifacts"].values(), "radboud", "rafd"):
    assert name not in page


def test_consent_is_plain_text_of_some_length(tmp_path):
  path = tmp_path / "consent.txt"
  path.write_text("Einwilligung: ja.\n", encoding="utf-8")
  assert build.read_consent(path) == "Einwilligung: ja.\n"
  for content in (b"", b" \n", b"\xff\xfe", b"a\0b", b"x" * 20_001):
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"--consent=.*consent\.txt"):
      build.read_consent(path)
  with pytest.raises(ValueError, match="cannot be read"):
    build.read_consent(tmp_path / "none.txt")
