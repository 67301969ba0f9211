"""A table that is being written: begun, gone on with, finished.

Rows are written as jaxfer's own table. Beside it lies the card: how far the
recogniser is to be trusted, and what was asked for, so that a later call knows
whether it is the same.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from jaxfer import artifacts, logs, untrusted
from jaxfer.data.detect import Box
from jaxfer.errors import UserError
from jaxfer.recogniser import formats
from jaxfer.recogniser import rows as rowlib
from jaxfer.recogniser.formats import Columns
from jaxfer.recogniser.rows import SIDES, Line, Row, Table
from jaxfer.recogniser.stream import Resume
from jaxfer.recogniser.tracks import MEMORY


class Output:
  """A table of rows and its card.

  Args:
    out: the table, `faces.csv`; its card is `faces.card.json`.
    columns: of the rows.
    format: one of `formats.FORMATS`. In another than jaxfer's own, rows are
      kept in a hidden file beside it until all are there.
    request: what decides the rows: the model, inputs and options.
  """

  def __init__(
    self, out: Path, columns: Columns, format: str, request: Mapping[str, Any]
  ):
    formats.refuse(columns, format)
    self.out, self._columns, self._format = out, columns, format
    own = format == "jaxfer"
    self.rows = out if own else out.with_name(f".{out.name}.rows")
    self.card = out.with_suffix(".card.json")
    self._request = json.loads(json.dumps({**request, "format": format}))

  def begin(
    self, card: Mapping[str, Any], overwrite: bool
  ) -> tuple[bool, Resume | None]:
    """Makes ready to write, keeping what an earlier call wrote.

    Args:
      card: how far the recogniser is to be trusted.
      overwrite: whether to begin anew whatever is there.

    Returns:
      Whether all rows are there already; and else where to go on, None for the
      beginning.

    Raises:
      UserError: if something else lies there.
    """
    before = self._read_card()
    self._content = {**card, "request": self._request}
    self.failed: list[str] = []
    self.kept = 0  # pictures whose rows an earlier call wrote
    if overwrite or not (self.out.exists() or before):
      for path in (self.out, self.rows):
        path.unlink(missing_ok=True)
      self._begin()
      return False, None
    if before is None:
      raise UserError(f"{self.out} is there already, and is kept: --overwrite")
    if before.get("request") != self._request:
      raise UserError(
        f"{self.out} holds rows of another model, of other inputs or options,"
        " and is kept: name another --out, or --overwrite"
      )
    if before.get("finished") and self.out.exists():
      return True, None
    resume = self._keep() if self.rows.exists() else None
    if resume is None:
      self._begin()
    else:
      self.failed = [
        line for line in before.get("failed", []) if resume.input not in line
      ]
      self._write_card(finished=False)
    return False, resume

  def add(self, rows: Iterable[Row]) -> None:
    """Writes rows as they come."""
    with self._open("a") as file:
      table = Table(file, self._columns, head=False)
      for row in rows:
        table.add(row.values())

  def end(self, *, finished: bool, failed: Iterable[str] = ()) -> None:
    """Leaves the table in its format, and says in the card how it ended.

    Args:
      finished: whether all rows are there.
      failed: what could not be read.
    """
    self.failed += failed
    if self.rows != self.out:
      draft = self.out.with_name(f".{self.out.name}.draft")
      with draft.open("w", newline="", encoding="utf-8") as file:
        table = Table(file, self._columns, self._format)
        for line in rowlib.read(self.rows):
          table.add(line)
      draft.replace(self.out)
    self._write_card(finished=finished and not self.failed)

  def count(self) -> str:
    """What the table holds, in words."""
    if not self.rows.exists():
      return "all rows"
    faces = unlike = pictures = 0
    for _, lines in rowlib.by_picture(rowlib.read(self.rows)):
      pictures += 1
      faces += sum(bool(line["face"]) for line in lines)
      unlike += sum(line["familiar"] == "0" for line in lines)
    if not faces:
      return f"no face in any of {pictures:,} pictures"
    said = f"{faces:,} faces in {pictures:,} pictures"
    if unlike:
      said += f", {unlike:,} of them farther off than 95 % of those tested"
    return said

  def tidy(self) -> None:
    """Deletes what only an interrupted table needs."""
    if self.rows != self.out:
      self.rows.unlink(missing_ok=True)

  def _begin(self) -> None:
    self.out.parent.mkdir(parents=True, exist_ok=True)
    self._write_card(finished=False)
    with self._open("w") as file:
      Table(file, self._columns)

  def _open(self, mode: str) -> Any:
    return self.rows.open(mode, newline="", encoding="utf-8")

  def _write_card(self, *, finished: bool) -> None:
    content = {**self._content, "finished": finished, "failed": self.failed}
    artifacts.write_atomically(self.card, json.dumps(content, indent=2) + "\n")

  def _read_card(self) -> dict[str, Any] | None:
    try:
      found = untrusted.parse_json(self.card.read_bytes())
    except OSError:
      return None
    except ValueError as error:
      raise UserError(f"{self.card} is damaged: --overwrite") from error
    return found if isinstance(found, dict) else {}

  def _keep(self) -> Resume | None:
    """Drops the last picture's rows, of which some may lack; says what is next.

    None where nothing is left.
    """
    names = self._columns.names()
    whole = itertools.takewhile(  # cut off within a line
      lambda line: list(line) == names and None not in line.values(),
      rowlib.read(self.rows),
    )
    last, faces, seen = None, 0, {}  # of the film that the last picture is of
    draft = self.rows.with_name(f".{self.rows.name}.draft")
    with draft.open("w", newline="", encoding="utf-8") as file:
      table, group = Table(file, self._columns), []
      for picture, lines in rowlib.by_picture(whole):
        for line in group:
          table.add(line)
        if last is not None and last[0] == picture[0]:
          seen[last[1]] = own = _boxes(group)
          faces = max([faces, *(number + 1 for _, number in own)])
          if len(seen) > MEMORY + 1:
            del seen[min(seen)]
        else:
          faces, seen = 0, {}
        self.kept += bool(group)
        last, group = picture, lines
    draft.replace(self.rows)
    return last and Resume(*last, seen=seen, faces=faces)


def _boxes(lines: list[Line]) -> list[tuple[Box, int]]:
  return [
    (Box(*(float(line[k]) for k in SIDES), confidence=1.0), int(line["face"]))
    for line in lines
    if line["face"]
  ]


def count(rows: Iterable[Row], total: int, done: int = 0) -> Iterable[Row]:
  """The rows, with progress on stderr by the pictures that they are of.

  Args:
    rows: in order.
    total: pictures there are; 0 where nobody knows.
    done: of them, those that are named already.
  """
  told = logs.Progress("predict", total, "frames", done=done) if total else None
  last = None
  for row in rows:
    if (row.input, row.frame) != last:
      last, done = (row.input, row.frame), done + 1
      if told:
        told(min(done, total - 1))
    yield row
  if told and last:
    told(total)


def names(paths: Iterable[str]) -> list[str]:
  """Inputs as a request records them: with their sizes and times."""
  found = []
  for path in paths:
    try:
      stat = Path(path).stat()
      found.append(f"{path} {stat.st_size} {stat.st_mtime_ns}")
    except OSError:
      found.append(path)
  return found
