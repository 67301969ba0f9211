"""The notebook that uses a recogniser."""

import csv


def test_it_names_the_faces_of_a_clip(run_notebook, finished, tmp_path):
  said = run_notebook("predict", finished())
  assert "90.0% [80.0%, 100.0%]" in said
  assert "(4, 128) float32" in said
  with (tmp_path / "faces.csv").open(newline="") as file:
    rows = list(csv.DictReader(file))
  assert [row["frame"] for row in rows] == ["0", "4", "8"]
  assert all(row["emotion"] for row in rows)
