"""What each folder of a workdir is, and which are current."""

import json
import re

import pytest

from jaxfer import inventory


def test_each_folder_has_its_state_and_kind(tmp_path):
  for name in ("probe-a", "probe-b", "probe-c"):
    (tmp_path / name).mkdir()
    (tmp_path / name / "artifact.json").write_text("{}")
  (tmp_path / "probe-a" / "scores.npz").write_bytes(b"x" * 2000)
  for name in (".pretrain-d.partial", "damaged-probe-a", "mine", ".locks"):
    (tmp_path / name).mkdir()
  for name, used in (("own-1", "probe-a"), ("own-2", "probe-b")):
    folder = tmp_path / "reports" / name
    folder.mkdir(parents=True)
    record = {"artifacts": {"probe": {"trained": used}}}
    (folder / "results.json").write_text(json.dumps(record))
  (tmp_path / "report").symlink_to("reports/own-2")
  inventory.write_index(tmp_path)
  _, *lines = (tmp_path / "index.txt").read_text().splitlines()
  rows = [re.split(r" {2,}", line) for line in lines]
  found = {row[3]: (row[0], row[1], row[4]) for row in rows if len(row) == 5}
  assert found == {
    "probe-a": ("kept", "1.96 KiB", "machines' scores"),
    "probe-b": ("latest", "2 B", "machines' scores"),
    "probe-c": ("unused", "2 B", "machines' scores"),
    ".pretrain-d.partial": (
      "unfinished",
      "0 B",
      "a run goes on with it, or makes it anew",
    ),
    "damaged-probe-a": ("damaged", "0 B", "set aside, and made anew"),
    "mine": ("", "0 B", "none of a run's own folders"),
    "reports/own-1": ("kept", "48 B", "a report"),
    "reports/own-2": ("latest", "48 B", "a report"),
  }


def test_what_is_no_folder_is_named(tmp_path):
  with pytest.raises(ValueError, match="gone is no folder"):
    inventory.describe(tmp_path / "gone")
