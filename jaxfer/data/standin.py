"""The former name of `jaxfer standin`, kept for one version."""

import runpy
import sys

if __name__ == "__main__":
  sys.stderr.write(
    "python -m jaxfer.data.standin is now jaxfer standin; the old name goes"
    " with the next version\n"
  )
  runpy.run_module("jaxfer.standin", run_name="__main__")
