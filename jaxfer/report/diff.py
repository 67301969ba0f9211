"""The former name of `jaxfer diff`, kept for one version."""

import runpy
import sys

if __name__ == "__main__":
  sys.stderr.write(
    "python -m jaxfer.report.diff is now jaxfer diff; the old name goes with"
    " the next version\n"
  )
  runpy.run_module("jaxfer.diff", run_name="__main__", alter_sys=True)
