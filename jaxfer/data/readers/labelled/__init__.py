"""A user's own faces, labelled by a CSV or by the names of folders."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from jaxfer.data import files
from jaxfer.data.dataset import Dataset
from jaxfer.data.readers.labelled import class_folders, pixels, rows, tables
from jaxfer.data.readers.labelled.doubts import few
from jaxfer.data.table import DataError, FaceTable, Note

INDEX = "index.csv"
"""The label file that is read unless another is named."""

_TABLES = (".csv", ".tsv")


def read(
  root: Path,
  index: str = INDEX,
  image_root: str = "",
  au_present: float = 1.0,
  codes: str = "",
) -> FaceTable:
  """The images that a CSV names, or that lie in folders named by class.

  A CSV has a column of paths, and of emotions or action units, and may have
  others of people and parts; `tables.SYNONYMS` has their names. A class is
  an emotion (`facs.EMOTION_WORDS`) or any other word. An empty cell leaves a
  face unlabelled. Where `index` is the usual one and there is no such file, a
  CSV with such a header is read in its place, FER2013's of pixels too; else
  folders that are named by class, and JAFFE's names.

  Args:
    root: of images and labels.
    index: the CSV's path, relative to the folder; image paths are relative
      to the CSV, or absolute and inside the folder.
    image_root: another folder that image paths are relative to or lie in.
    au_present: the least intensity of an action unit that is present, above 0
      and at most 5.
    codes: whose numbers the emotions are, where they are numbers: a key of
      `emotions.CODINGS`, or `emotions.NAMES`.

  Returns:
    Faces in the CSV's order. Rejected: rows with an illegal value, without a
    file, repeated, or contradicting one another, images that no row names, and
    pictures in formats that are not read. Notes say what is not used, and what
    was a choice.

  Raises:
    DataError: if there are no labels, or the CSV is malformed or follows a
      coding that is not its owner's.
    UserError: for an unknown coding.
  """
  chosen: list[Note] = []
  if index == INDEX and not (root / INDEX).exists():
    found = _tables(root)
    if len(found) == 1:
      (index,) = found
      chosen.append(Note(index, f"read for want of {INDEX}"))
    elif table := class_folders.read(root, codes):
      if not found:
        return table
      text = (
        "label files are not used, since folders name classes: one of them is"
        " read instead where config.data.labelled.index names it"
      )
      notes = (*(Note(path, text) for path in found), *table.notes)
      return dataclasses.replace(table, notes=notes)
    elif found:
      raise DataError(
        f"no {INDEX} under {root}, but {', '.join(found)}: name one by"
        " config.data.labelled.index"
      )
    elif others := [*_other_tables(root)]:
      raise DataError(
        f"no {INDEX} under {root}, no folders named by a class, and no column"
        f" of paths beside one of labels in {few(others)}: write a CSV with the"
        " columns path and emotion; a spreadsheet is to be saved as CSV, and of"
        " several columns of votes the name of the greatest is to be written"
      )
  columns = tables.header(root, index)
  if columns and "pixels" in columns.facts and "path" not in columns.facts:
    table = pixels.read(root, index, columns, codes)
  else:
    table = rows.read(root, index, image_root, au_present, codes)
  return dataclasses.replace(table, notes=(*chosen, *table.notes))


def _tables(root: Path) -> list[str]:
  """The CSV files below a folder that label faces, by their headers.

  Of several, those that tell the parts are the whole.
  """
  found = {
    path: columns
    for path in files.walk(root)
    if path.lower().endswith(_TABLES) and (columns := tables.header(root, path))
  }
  whole = [path for path, c in found.items() if "split" in c.facts]
  return whole if len(whole) == 1 else [*found]


def _other_tables(root: Path) -> Iterator[str]:
  """Tables below a folder in which labels may have been meant."""
  for path in files.walk(root):
    if path.lower().endswith((*_TABLES, ".ods", ".xls", ".xlsx")):
      yield path


DATASET = Dataset(
  name="labelled",
  title="your own labelled faces",
  short="your labelled faces",
  read=read,
  layout="a CSV with the columns path and emotion (and subject, where people"
  " are known), and the images it names; or images in folders named by class,"
  " such as train/happy/a.jpg; or FER2013's CSV of pixels",
  request="a folder with labels: --config.data.paths.labelled=FOLDER; features"
  " of unlabelled faces need none: --config.data.probe=unlabelled"
  " --stage=extract",
  grey=None,
  restricted=False,
)
