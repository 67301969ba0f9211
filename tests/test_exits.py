"""How commands end where something is wrong: a line, a status, no traceback."""

import pytest

from jaxfer import exits
from jaxfer.data import verify
from jaxfer.diff import __main__ as diff
from jaxfer.errors import UserError
from jaxfer.standin import __main__ as standin


@pytest.mark.parametrize(
  ("error", "status", "said"),
  [
    (UserError("x\x1b[2J is wrong"), 1, "jaxfer: x"),
    (OSError(28, "No space left on device"), 1, "No space left on device"),
    (MemoryError(), 1, "out of memory"),
    (KeyboardInterrupt(), 130, "stopped"),
  ],
)
def test_what_a_user_can_mend_is_said_in_a_line(error, status, said, capsys):
  def work():
    raise error

  assert exits.end(work) == status
  err = capsys.readouterr().err
  assert said in err and err.count("\n") == 1 and "\x1b" not in err


def test_faults_are_raised_and_success_is_0():
  with pytest.raises(ZeroDivisionError):
    exits.end(lambda: 1 // 0)
  assert exits.end(lambda: None) == 0 and exits.end(lambda: 1) == 1


@pytest.mark.parametrize(
  ("main", "inside", "arguments"),
  [
    (verify, "check", ("--dataset=labelled", "--root={}")),
    (standin, "_write", ("--dataset=labelled", "--out={}/x")),
    (diff, "_compare", ("{}", "{}")),
  ],
)
def test_ctrl_c_ends_every_command(
  main, inside, arguments, tmp_path, monkeypatch, capsys
):
  def stop(*_, **__):
    raise KeyboardInterrupt

  monkeypatch.setattr(main, inside, stop)
  assert main.main([one.format(tmp_path) for one in arguments]) == exits.STOPPED
  assert capsys.readouterr().err == "stopped\n"


def test_what_cannot_be_written_costs_no_verdict(tmp_path, capsys):
  arguments = ["--dataset=unlabelled", f"--root={tmp_path}"]
  (tmp_path / "a.jpg").touch()

  assert verify.main([*arguments, f"--export={tmp_path}/no/x.csv"]) == 1

  said = capsys.readouterr()
  assert "the file is empty" in said.out and "no/x.csv" in said.err


def test_a_stand_in_where_a_file_lies(tmp_path, capsys):
  (tmp_path / "file").touch()
  arguments = ["--dataset=labelled", "--images=2", f"--out={tmp_path / 'file'}"]
  assert standin.main(arguments) == 1
  assert str(tmp_path / "file") in capsys.readouterr().err
