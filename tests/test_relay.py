"""What a relay carries, and what it keeps from whom it carries for."""

import socket

import pytest

from jaxfer import relay


@pytest.fixture
def reached():
  """Rank 0's end and the near end of a connection through a relay.

  It is not the last one, which the relay might hold by chance.
  """
  with socket.create_server(("127.0.0.1", 0)) as there:
    there.settimeout(10)
    port = there.getsockname()[1]
    host, _, near = relay.through(f"127.0.0.1:{port}", 10.0).rpartition(":")
    there.accept()[0].close()  # a look whether anyone listens
    with socket.create_connection((host, int(near)), 10) as mine:
      far, _ = there.accept()
      last = socket.create_connection((host, int(near)), 10)
      with far, last, there.accept()[0]:
        far.settimeout(10)
        yield far, mine


def test_both_ends_hear_each_other(reached):
  far, mine = reached
  mine.sendall(b"here")
  assert far.recv(9) == b"here"
  far.sendall(b"there")
  assert mine.recv(9) == b"there"


def test_the_end_of_rank_0_is_silence(reached):
  far, mine = reached
  far.close()
  mine.settimeout(0.3)
  for _ in range(4):  # the second one meets a connection that was reset
    mine.sendall(b"anyone?")
    with pytest.raises(TimeoutError):
      mine.recv(9)


def test_rank_0_hears_that_the_other_end_closes(reached):
  far, mine = reached
  mine.close()
  assert far.recv(9) == b""


def test_where_nobody_listens_is_named():
  with socket.create_server(("127.0.0.1", 0)) as there:
    port = there.getsockname()[1]
  with pytest.raises(ConnectionError, match=f"rank 0.*127.0.0.1:{port}"):
    relay.through(f"127.0.0.1:{port}", 0.5)
