"""The notebook of the documentation, from its first cell to its last."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parents[2] / "docs" / "notebooks"


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=str)
def test_it_runs(path, finished, tmp_path):
  notebook = json.loads(path.read_text(encoding="utf-8"))
  cells = [c for c in notebook["cells"] if c["cell_type"] == "code"]
  assert notebook["nbformat"] == 4 and len(cells) > 3
  assert not any(cell["outputs"] for cell in cells)  # nobody's numbers
  code = "\n".join("".join(cell["source"]) for cell in cells)
  done = subprocess.run(
    [sys.executable, "-c", code],
    cwd=tmp_path,
    env=os.environ
    | {
      "JAXFER_RUN": str(finished()),
      "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path)),
    },
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 0, done.stderr
  assert "90.0% [80.0%, 100.0%]" in done.stdout
  assert "(4, 128) float32" in done.stdout
  with (tmp_path / "faces.csv").open(newline="") as file:
    rows = list(csv.DictReader(file))
  assert [row["frame"] for row in rows] == ["0", "4", "8"]
  assert all(row["emotion"] for row in rows)
