"""The command line: folders, and what it refuses."""

import subprocess
import sys

import pytest

from jaxfer.standin import __main__ as cli


def test_help_names_options_datasets_and_their_sizes(capsys):
  with pytest.raises(SystemExit) as stop:
    cli.main(["--help"])
  assert stop.value.code == 0
  text = capsys.readouterr().out
  for option in ("--dataset", "--out", "--people", "--seed", "--width"):
    assert option in text
  for line in ("celeba", "--images=202599", "kdef", "--people=70", "ck_plus"):
    assert line in text


@pytest.mark.usefixtures("sketch")
@pytest.mark.parametrize(
  ("arguments", "images"),
  [
    (["--people=1"], 24),
    (["--dataset=kdef", "--people=1", "--angles=S,HL"], 28),
    (["--dataset=sfew", "--images=7"], 7),
    (["--dataset=labelled", "--images=4"], 4),
    (["--dataset=rafd", "--people=1", "--cameras=000,180"], 48),
  ],
)
def test_a_dataset_is_written_by_name_with_progress_on_stderr(
  arguments, images, tmp_path, capsys
):
  cli.main([*arguments, f"--out={tmp_path}", "--width=48"])
  printed = capsys.readouterr()
  assert printed.out.strip() == str(tmp_path)
  assert f"{images}/{images} images" in printed.err
  found = [
    p for p in tmp_path.rglob("*") if p.suffix.lower() in (".jpg", ".png")
  ]
  assert len(found) == images


@pytest.mark.parametrize(
  ("arguments", "message"),
  [
    (["--dataset=radboud", "--out=x"], "rafd"),
    ([], "required: --out"),
    (["--out=x", "--people=99"], "people=99 is not between"),
    (["--out=x", "--cameras=090,95"], "must be some of 000, 045"),
    (["--out=x", "--people=0"], "people=0"),
    (
      ["--out=x", "--dataset=celeba", "--people=3"],
      "celeba counts images: use --images",
    ),
    (
      ["--out=x", "--dataset=ck", "--images=3"],
      "ck counts people: use --people",
    ),
    (
      ["--out=x", "--dataset=sfew", "--cameras=090"],
      "sfew does not take cameras",
    ),
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


def test_the_former_name_works_and_says_the_new_one():
  done = subprocess.run(
    [sys.executable, "-m", "jaxfer.data.standin", "--dataset=lfw", "--out=x"],
    capture_output=True,
    text=True,
  )
  assert done.returncode == 2
  first, *rest = done.stderr.splitlines()
  assert "is now jaxfer standin" in first
  assert rest[0].startswith("usage: jaxfer standin")
  assert "'lfw'" in rest[-1]
