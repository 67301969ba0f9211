"""A report among those that a workdir keeps, by name or hash."""

from __future__ import annotations

from pathlib import Path


class RunError(ValueError):
  """A run's results are not there, or are not what a report writes."""


def find(path: Path) -> Path:
  """The report that a workdir keeps under a name or hash that so begins.

  Args:
    path: WORKDIR/NAME or WORKDIR/reports/NAME, where there is no such file.

  Returns:
    The report's folder; the path as it is where it is of no workdir.

  Raises:
    RunError: if not just one begins so.
  """
  folder = path.parent
  if (folder / "reports").is_dir():
    folder /= "reports"
  elif folder.name != "reports":
    return path
  found = [
    report
    for report in sorted(folder.iterdir())
    if report.name.startswith(path.name)
    or report.name.rpartition("-")[2].startswith(path.name)
  ]
  if len(found) != 1:
    kept = found or sorted(folder.iterdir())
    raise RunError(
      f"{len(found) or 'no'} reports in {folder} begin with {path.name!r}:"
      f" name one of {', '.join(report.name for report in kept)}"
    )
  return found[0]
