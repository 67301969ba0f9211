"""Serves a page that says what the faces of a photograph show.

    jaxfer serve --run=runs/own_faces

The page takes a photograph that is dropped on it, or a picture of the camera.
Only this machine reaches it, unless --host says otherwise. Nothing is kept:
pictures stay in memory until they are answered. It needs the extra `serve`.
"""

from __future__ import annotations

import argparse
import io
import secrets
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxfer import doors, errors, logs
from jaxfer.errors import UserError

if TYPE_CHECKING:  # only who opens one waits for JAX
  from jaxfer.recogniser.model import Model

_HOST, _PORT = "127.0.0.1", 8080
_MOST_BYTES = 16 << 20  # of a photograph
_MOST_MEGAPIXELS = 25.0
_HEADERS = {
  "Cache-Control": "no-store",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(self)",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
}


def main(arguments: Sequence[str] | None = None) -> int:
  """Serves until Ctrl-C; returns the exit status."""
  return doors.enter(_parser(), _serve, arguments)


def _serve(options: argparse.Namespace) -> None:
  from jaxfer.recogniser import card

  model = doors.model(options)
  serving = server(model, options.host, options.port)
  print(logs.printable(card.headline(model.card)))
  print(f"http://{options.host}:{serving.effective_port}, until Ctrl-C")
  serving.run()


def server(model: Model, host: str, port: int) -> Any:
  """What listens there; its `run` serves until Ctrl-C.

  A port of 0 is one that is free, `effective_port`.

  Raises:
    UserError: if the extra `serve` is not installed, or the port cannot be had.
  """
  waitress = _extra("waitress")
  app = application(model, [host, "localhost"] if host == _HOST else None)
  if not 0 <= port < 2**16:  # the system would take the remainder
    raise UserError(f"--port={port} must be 1 … 65535, or 0 for a free one")
  try:
    return waitress.create_server(
      app,
      host=host,
      port=port,
      threads=4,
      max_request_body_size=_MOST_BYTES,
      inbuf_overflow=2 * _MOST_BYTES,  # above the limit: never to a file
      ident=None,
    )
  except OSError as error:
    raise UserError(
      f"--host={host} --port={port}: {error.strerror}; --port=0 is a free one"
    ) from error


def application(model: Model, hosts: list[str] | None = None) -> Any:
  """The page at `/`, and at `/faces` what is said of a photograph.

  Args:
    model: the recogniser.
    hosts: the names by which it may be asked for, so that no other page can
      have a browser ask in its own name; None: any.

  Raises:
    UserError: if the extra `serve` is not installed, or it sees clips alone.
  """
  if model.describer.frames:
    raise UserError(
      "jaxfer serve looks at photographs, and this recogniser at clips:"
      " jaxfer predict takes it"
    )
  import numpy as np

  from jaxfer.data import images
  from jaxfer.recogniser import card

  flask: Any = _extra("flask")
  app = flask.Flask("jaxfer", static_folder=None)
  app.config |= {"MAX_CONTENT_LENGTH": _MOST_BYTES, "TRUSTED_HOSTS": hosts}
  most = min(_MOST_MEGAPIXELS, model.crop["max_megapixels"])
  one_at_a_time = threading.Lock()  # for memory
  text = Path(__file__).with_suffix(".html").read_text(encoding="utf-8")

  @app.get("/")
  def page() -> Any:
    nonce = secrets.token_urlsafe(16)
    answer = flask.make_response(
      flask.render_template_string(
        text,
        card=model.card,
        headline=card.headline(model.card),
        nonce=nonce,
        most=_MOST_BYTES,
      )
    )
    answer.headers["Content-Security-Policy"] = (
      f"default-src 'none'; script-src 'nonce-{nonce}';"
      f" style-src 'nonce-{nonce}'; connect-src 'self'; img-src data:;"
      " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return answer

  @app.post("/faces")
  def faces() -> Any:
    if not flask.request.mimetype.startswith("image/"):
      kind = flask.request.mimetype or "nothing"
      return {"error": f"a photograph is wanted, and this is {kind}"}, 415
    content = io.BytesIO(flask.request.get_data(cache=False))
    with one_at_a_time:
      try:
        picture = images.load_face(content, max_megapixels=most)
      except images.ImageError as error:
        return {"error": str(error)}, 422
      rows = list(model.predict(np.asarray(picture)))
    found = [row.values() for row in rows if row.face is not None]
    for values in found:
      for name in ("input", "frame", "time_s"):  # of films
        del values[name]
    return {"size": picture.size, "faces": found}

  @app.errorhandler(413)
  def too_large(_: Exception) -> Any:
    return {"error": f"more than {_MOST_BYTES >> 20} MiB"}, 413

  @app.after_request
  def guarded(answer: Any) -> Any:
    for name, value in _HEADERS.items():
      answer.headers[name] = value
    return answer

  return app


def _extra(name: str) -> Any:
  missing = 'jaxfer serve needs flask and waitress: pip install "jaxfer[serve]"'
  return errors.optional(name, missing)


def _parser() -> argparse.ArgumentParser:
  parser = doors.parser("serve", __doc__)
  doors.ask_for_model(parser)
  add = parser.add_argument
  add(
    "--host",
    default=_HOST,
    help="the address to listen on (%(default)s); of another, whoever reaches"
    " it can ask, and browsers give no camera without TLS before it",
  )
  add("--port", type=int, default=_PORT, help="(%(default)s)")
  return parser


if __name__ == "__main__":
  sys.exit(main())
