"""The local page: what it answers, refuses, and lets nobody else do."""

import gc
import io
import re

import numpy as np
import pytest
from PIL import Image

from jaxfer import errors, serve
from jaxfer.errors import UserError


@pytest.fixture
def client(searching):
  return serve.application(searching, ["127.0.0.1", "localhost"]).test_client()


def png(picture):
  file = io.BytesIO()
  Image.fromarray(picture).save(file, "PNG")
  return file.getvalue()


def ask(client, content, kind="image/png"):
  return client.post("/faces", data=content, content_type=kind)


def test_a_face_is_found_and_named(client, searching, photograph):
  answer = ask(client, photograph.read_bytes(), "image/jpeg")
  assert answer.status_code == 200
  with Image.open(photograph) as image:
    assert answer.json["size"] == list(image.size)
  [face] = answer.json["faces"]
  [row] = searching.predict(str(photograph))
  assert face["emotion"] == row.emotion and face["left"] == row.box.left
  own = {name: face[f"p_{name}"] for name in searching.names}
  assert own == pytest.approx(dict(row.probabilities))
  assert face["familiar"] in (0, 1) and "input" not in face


def test_units_are_told(model, pictures):
  client = serve.application(model("au")).test_client()
  [face] = ask(client, png(pictures[0][0])).json["faces"]
  assert face["AU1"] in (0, 1) and isinstance(face["AU12_score"], float)
  assert "emotion" not in {k for k, v in face.items() if v is not None}


def test_no_face_is_an_answer(client):
  blank = np.full((120, 160, 3), 90, np.uint8)
  answer = ask(client, png(blank))
  assert answer.json == {"size": [160, 120], "faces": []}


def test_what_is_no_photograph_is_refused(client, monkeypatch):
  answer = ask(client, b"GIF89a and then nothing", "image/gif")
  assert (answer.status_code, answer.json) == (422, {"error": "not an image"})
  answer = ask(client, b"a text", "text/plain")
  assert answer.status_code == 415 and "text/plain" in answer.json["error"]
  answer = ask(client, b"\x89PNG" + bytes(serve._MOST_BYTES))
  assert answer.status_code == 413 and answer.json["error"] == (
    "more than 16 MiB"
  )
  # 36 million pixels in a few kilobytes.
  file = io.BytesIO()
  Image.new("1", (6000, 6000)).save(file, "PNG")
  answer = ask(client, file.getvalue())
  assert answer.status_code == 422 and "6000×6000" in answer.json["error"]


def test_the_page_runs_its_own_script_and_no_other(client, searching):
  answer = client.get("/")
  rule = answer.headers["Content-Security-Policy"]
  [nonce] = set(re.findall(r"nonce-([\w-]+)", rule))
  assert "default-src 'none'" in rule and "unsafe" not in rule
  tags = re.findall(r"<(?:script|style)([^>]*)>", answer.text)
  assert tags == [f' nonce="{nonce}"'] * 2
  assert not re.search(r" on\w+=| style=", answer.text)
  assert "90.0% [80.0%, 100.0%]" in answer.text
  assert "INTENDED_USE" in answer.text and "stand-in" in answer.text
  assert nonce not in client.get("/").text
  assert answer.headers["Cache-Control"] == "no-store"


def test_who_asks_by_another_name_is_refused(client):
  """Or a page elsewhere could have its name lead here."""
  answer = client.get("/", base_url="http://elsewhere.example:8080")
  assert answer.status_code == 400
  assert client.get("/", base_url="http://localhost:9").status_code == 200


def test_it_listens_here_alone_and_keeps_no_file(searching):
  options = serve._parser().parse_args(["--model=a.jaxfer"])
  assert options.host == "127.0.0.1"
  serving = serve.server(searching, "127.0.0.1", 0)
  try:
    assert serving.effective_host == "127.0.0.1"
    assert serving.adj.inbuf_overflow > serving.adj.max_request_body_size
  finally:
    serving.close()


def test_without_the_extra_it_says_what_to_install(searching, monkeypatch):
  def refuse(name):
    raise ImportError(name)

  monkeypatch.setattr(errors.importlib, "import_module", refuse)
  with pytest.raises(UserError, match="jaxfer\\[serve\\]"):
    serve.application(searching)


# waitress leaves a pipe open where it cannot listen.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_port_that_cannot_be_had_is_named(searching):
  with pytest.raises(UserError, match=r"--port=99999 must be 1 … 65535"):
    serve.server(searching, "127.0.0.1", 99_999)
  taken = serve.server(searching, "127.0.0.1", 0)
  try:
    port = int(taken.effective_port)
    with pytest.raises(UserError, match=rf"--port={port}: .* in use; --port=0"):
      serve.server(searching, "127.0.0.1", port)
  finally:
    taken.close()
  gc.collect()
