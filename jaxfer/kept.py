"""The reports of a workdir: one for each experiment, `report` the latest.

`reports/<experiment>-<hash>` holds a report, and `report` points at the one
written last. Where a file system has no links, `report` is a copy.
"""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from jaxfer import disk, logs

FOLDER, LATEST = "reports", "report"
# What file systems answer that have no links.
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)
_DIGITS = 12  # of a hash, in a folder's name


def folder_name(experiment: str, digest: str) -> str:
  """The name of a report's folder."""
  return f"{experiment}-{digest[:_DIGITS]}"


def publish(workdir: Path, new: Path, name: str) -> Path:
  """Keeps a report under a name, and makes it the latest.

  One process at a time may do so; the lock `report` is the caller's. The
  finished report, a folder on the same disk, is moved; an older one of that
  name is replaced.

  Returns:
    The path of its index.html.
  """
  _keep(workdir, new, name)
  _point(workdir / LATEST, Path(FOLDER, name))
  return workdir / LATEST / "index.html"


def publish_member(
  workdir: Path, new: Path, name: str, suite: str, experiment: str
) -> Path:
  """Keeps the report of one experiment of a suite.

  The latest report stays the suite's, in which `report/<experiment>` is
  now this one; arguments and result are otherwise those of `publish`.
  """
  _keep(workdir, new, name)
  latest = workdir / LATEST
  shown = latest.resolve().name
  if not latest.exists() or not f"{shown}-".startswith(f"{suite}-"):
    (workdir / FOLDER / suite).mkdir(exist_ok=True)
    _point(latest, Path(FOLDER, suite))
  place = latest / experiment
  if place.is_dir() and not place.is_symlink():
    _archive(place, workdir / FOLDER)
  _point(
    place, Path("..", name) if latest.is_symlink() else Path("..", FOLDER, name)
  )
  return place / "index.html"


def _keep(workdir: Path, new: Path, name: str) -> None:
  latest, folder = workdir / LATEST, workdir / FOLDER
  folder.mkdir(exist_ok=True)
  if latest.is_dir() and not latest.is_symlink():
    _archive(latest, folder)
  disk.swap_directory(new, folder / name)


def _archive(report: Path, folder: Path) -> None:
  """Moves a report that is a folder of its own to where reports are kept."""
  place = folder / _name(report)
  if place.is_dir() and _results(place) == _results(report):
    shutil.rmtree(report)  # a copy
  else:
    report.rename(disk.unused(place))


def _name(report: Path) -> str:
  """What a report's folder is called, by its own results."""
  try:
    found = logs.read_json(report / "results.json")
    members = list(found.get("experiments", {}).values())
    first = members[0] if members else found
    digest = found.get("experiment_hash") or first["config_hash"]
    experiment = first["config"]["run.collection"] if members else None
    return folder_name(experiment or first["experiment"], digest)
  except (OSError, ValueError, KeyError, TypeError, AttributeError):
    return "earlier"


def _results(report: Path) -> bytes | None:
  try:
    return (report / "results.json").read_bytes()
  except OSError:
    return None


def _point(link: Path, target: Path) -> None:
  """Makes a name stand for a folder, at once and whatever it stood for."""
  draft = link.with_name(f".{link.name}.draft")
  if draft.is_dir() and not draft.is_symlink():
    shutil.rmtree(draft)
  draft.unlink(missing_ok=True)
  try:
    draft.symlink_to(target, target_is_directory=True)
  except OSError as error:
    if error.errno not in _NO_LINKS:
      raise
    shutil.copytree(link.parent / target, draft)
    if link.is_symlink():
      link.unlink()
    disk.swap_directory(draft, link)
  else:
    draft.replace(link)
