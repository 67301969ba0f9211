r"""Describes a run's cropped faces as Croissant metadata.

    jaxfer croissant runs/demo/prepare-rafd-c51af8891e65 \
      --out=faces.json

Croissant (mlcommons.org/croissant, version 1.0) is JSON-LD that loaders and
search engines of datasets read. The file names faces.npy and manifest.csv with
their checksums, and each column with its type. It refers to the folder, which
it leaves as it is; move both together.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jaxfer import artifacts, doors, untrusted, workdirs
from jaxfer.data import readers
from jaxfer.errors import UserError

_CONTEXT = {
  "@language": "en",
  "@vocab": "https://schema.org/",
  "sc": "https://schema.org/",
  "cr": "http://mlcommons.org/croissant/",
  "dct": "http://purl.org/dc/terms/",
  "conformsTo": "dct:conformsTo",
  "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
  "column": "cr:column",
  "extract": "cr:extract",
  "field": "cr:field",
  "fileObject": "cr:fileObject",
  "recordSet": "cr:recordSet",
  "source": "cr:source",
}
_WHOLE = ("left", "top", "width", "height", "frame", "found")
_REAL = ("pose", "confidence")


def describe(folder: Path, beside: Path) -> dict[str, Any]:
  """The metadata of a `prepare-…` folder.

  Args:
    folder: holds faces.npy, (N, H, W, 3) uint8, and manifest.csv, a row for
      each face.
    beside: the folder that the metadata will lie in; paths are relative to it.

  Raises:
    DamagedError: if a file is not what was written.
    UserError: if no faces were prepared there.
  """
  if not (folder / artifacts.PROVENANCE).is_file():
    raise UserError(
      f"{folder} is no folder of prepared faces: name a prepare-… of a workdir"
    )
  artifacts.verify(folder)
  record = artifacts.provenance(folder)
  if record["stage"] != "prepare":
    raise UserError(
      f"{folder} was made by the stage {record['stage']}: name a prepare-…"
    )
  name = record["settings"]["dataset"]
  made = record["inputs"]["data"]
  drawn = workdirs.made_by(folder.parent, "standin", made) is not None
  shape = untrusted.map_array(folder / "faces.npy").shape
  with (folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
    columns = next(csv.reader(file))
  title, version = readers.get(name).title, record["versions"]["jaxfer"]
  of = "drawn by a program in the layout of" if drawn else "cropped from"
  return {
    "@context": _CONTEXT,
    "@type": "sc:Dataset",
    "conformsTo": "http://mlcommons.org/croissant/1.0",
    "name": folder.name,
    "description": (
      f"{shape[0]:,} faces of {shape[-2]}×{shape[-3]} pixels {of} {title} by"
      f" jaxfer {version}. Row i of manifest.csv describes face i of faces.npy,"
      f" {'×'.join(map(str, shape))} uint8 RGB."
    ),
    "datePublished": record["made"],
    "distribution": [
      _file(folder, beside, "manifest.csv", "text/csv", record),
      _file(folder, beside, "faces.npy", "application/octet-stream", record),
    ],
    "recordSet": [
      {
        "@type": "cr:RecordSet",
        "@id": "faces",
        "name": "faces",
        "field": [_field(column) for column in columns],
      }
    ],
  }


def _file(
  folder: Path, beside: Path, name: str, kind: str, record: Any
) -> dict[str, Any]:
  path = folder / name
  return {
    "@type": "cr:FileObject",
    "@id": name,
    "name": name,
    "contentUrl": Path(os.path.relpath(path, beside)).as_posix(),
    "contentSize": f"{path.stat().st_size} B",
    "encodingFormat": kind,
    "sha256": record["sha256"][name],
  }


def _field(column: str) -> dict[str, Any]:
  whole = column in _WHOLE or column.startswith("AU")
  kind = "Integer" if whole else "Float" if column in _REAL else "Text"
  return {
    "@type": "cr:Field",
    "@id": f"faces/{column}",
    "name": column,
    "dataType": f"sc:{kind}",
    "source": {
      "fileObject": {"@id": "manifest.csv"},
      "extract": {"column": column},
    },
  }


def main(arguments: Sequence[str] | None = None) -> int:
  """Does what the arguments say; returns the exit status."""
  parser = doors.parser("croissant", __doc__)
  parser.add_argument("folder", type=Path, help="a prepare-… of a workdir")
  parser.add_argument("--out", type=Path, required=True, metavar="NAME.json")
  return doors.enter(parser, _write, arguments)


def _write(options: argparse.Namespace) -> None:
  if options.out.exists():
    raise UserError(f"{options.out} is there already, and is kept")
  found = describe(options.folder, options.out.parent)
  text = json.dumps(found, indent=2, ensure_ascii=False)
  artifacts.write_atomically(options.out, text + "\n")
  print(f"{found['description']} {options.out}")


if __name__ == "__main__":
  sys.exit(main())
