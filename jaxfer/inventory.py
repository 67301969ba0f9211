"""What the folders of a workdir are, and which are current."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from jaxfer import artifacts, logs
from jaxfer.errors import UserError

INDEX = "index.txt"

# What each stage makes, in words.
_KINDS = {
  "standin": "drawn faces",
  "prepare": "cropped faces",
  "folds": "who is tested when",
  "pretrain": "a trained DCGAN",
  "encoder": "a network's batch statistics",
  "patches": "a dictionary of patches",
  "invert": "the latents that draw faces",
  "extract": "features",
  "probe": "machines' scores",
  "generate": "generated faces",
  "measure": "what those are worth",
  "calibrate": "how sure its recogniser may be",
}
# Folders of folders, by name what each of those is.
_SHELVES = {
  "evidence": "what a report is drawn from: numbers, curves, faces",
  "reports": "a report",
}
_HEADER = """\
latest: in the report that report/ shows; kept: in another of reports/; unused:
in none of them. Any folder may be deleted: a run makes again what it lacks.
"""


def describe(workdir: Path) -> str:
  """What each folder of a workdir is, how large, when made, and who uses it.

  Raises:
    UserError: if there is no such folder.
  """
  if not workdir.is_dir():
    raise UserError(f"{workdir} is no folder: --workdir is that of a run")
  used = _used(workdir)
  lines, total = [], 0
  for folder in _folders(workdir):
    try:
      size = sum(f.lstat().st_size for f in folder.rglob("*") if f.is_file())
      when = time.localtime(_when(folder))
    except FileNotFoundError:
      continue  # another run is at work there
    total += size
    made = time.strftime("%Y-%m-%d %H:%M", when)
    state, what = _state(workdir, folder, used)
    name = logs.printable(folder.relative_to(workdir).as_posix())
    lines.append(f"{state:10}  {logs.size(size):>9}  {made}  {name}  {what}")
  return "\n".join([f"{workdir}: {logs.size(total)}", _HEADER, *lines])


def _folders(workdir: Path) -> Iterator[Path]:
  """The folders of a workdir, and in the place of shelves those in them."""
  for folder in sorted(workdir.iterdir()):
    if folder.name in _SHELVES:
      yield from sorted(f for f in folder.iterdir() if f.name != ".locks")
    elif folder.name not in (".locks", "report") and folder.is_dir():
      yield folder


def write_index(workdir: Path) -> None:
  """Writes what `describe` says to index.txt; one process at a time may."""
  artifacts.write_atomically(workdir / INDEX, describe(workdir) + "\n")


def _used(workdir: Path) -> dict[str, str]:
  """By name of an artifact, whether the latest or another report uses it."""
  used: dict[str, str] = {}
  kept = [*(workdir / "reports").glob("*"), workdir / "report"]
  for report in kept:
    word = "latest" if report == kept[-1] else "kept"
    for file in (report / "results.json", *report.glob("*/results.json")):
      try:
        made = logs.read_json(file).get("artifacts", {})
        names = [name for one in made.values() for name in one.values()]
      except (OSError, ValueError, AttributeError):
        continue
      used |= dict.fromkeys(map(str, names), word)
  return used


def _state(
  workdir: Path, folder: Path, used: Mapping[str, str]
) -> tuple[str, str]:
  """Whether a folder is current, and what it is."""
  name = folder.name
  if name.endswith(".partial"):
    return "unfinished", "a run goes on with it, or makes it anew"
  if name.startswith("damaged-"):
    return "damaged", "set aside, and made anew"
  if folder.parent != workdir:
    shown = (workdir / "report").resolve() == folder.resolve()
    return ("latest" if shown else "kept"), _SHELVES[folder.parent.name]
  kind = _KINDS.get(name.partition("-")[0])
  if kind is None or not (folder / artifacts.PROVENANCE).is_file():
    return "", "none of a run's own folders"
  return used.get(name, "unused"), kind


def _when(folder: Path) -> float:
  record = folder / artifacts.PROVENANCE
  return (record if record.is_file() else folder).stat().st_mtime
