"""The command line: folders, contact sheets, and what it refuses."""

import pytest
from PIL import Image

from jaxfer.data.standin import __main__ as cli


def test_help_answers(capsys):
  with pytest.raises(SystemExit) as stop:
    cli.main(["--help"])
  assert stop.value.code == 0
  text = capsys.readouterr().out
  for option in ("--dataset", "--out", "--people", "--seed", "--width"):
    assert option in text


def test_a_folder_is_written_with_progress_on_stderr(tmp_path, capsys):
  out = tmp_path / "faces"
  cli.main([f"--out={out}", "--people=1", "--width=96", "--dataset=rafd"])
  assert len(list(out.glob("Rafd090_01_*.jpg"))) == 24
  printed = capsys.readouterr()
  assert printed.out.strip() == str(out)
  assert "24/24 images" in printed.err


def test_a_sheet_has_a_row_per_person_and_a_column_per_emotion(tmp_path):
  path = tmp_path / "new" / "sheet.png"
  cli.main([f"--sheet={path}", "--rows=2", "--width=96"])
  with Image.open(path) as page:
    assert page.format == "PNG"
    assert page.width == 4 + 8 * 100
    assert page.height == 4 + 14 + 2 * 148


@pytest.mark.parametrize(
  ("arguments", "message"),
  [
    (["--dataset=radboud", "--out=x"], "rafd"),
    ([], "give --out=DIR"),
    (["--out=x", "--people=99"], "people=99 is not between"),
    (["--out=x", "--cameras=090,95"], "must be some of 000, 045"),
    (["--sheet=x.png", "--rows=0"], "people=0"),
  ],
)
def test_nonsense_is_refused_with_a_hint(
  arguments, message, capsys, tmp_path, monkeypatch
):
  monkeypatch.chdir(tmp_path)
  with pytest.raises(SystemExit) as stop:
    cli.main(arguments)
  assert stop.value.code == 2
  assert message in capsys.readouterr().err
  assert not list(tmp_path.iterdir())
