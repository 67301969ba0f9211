"""The command `jaxfer`: its first word says which module gets the rest."""

from __future__ import annotations

import runpy
import sys

import jaxfer

# By word: the module that `python -m` runs too, and what it does.
COMMANDS = {
  "run": ("jaxfer.main", "train, test and report on an experiment"),
  "predict": ("jaxfer.predict", "recognise faces in photographs and videos"),
  "generate": ("jaxfer.generate", "draw new faces from a trained DCGAN"),
  "verify": ("jaxfer.data.verify", "check a copy of a dataset"),
  "standin": ("jaxfer.standin", "draw stand-in faces in a dataset's layout"),
  "diff": ("jaxfer.diff", "say what differs between two runs, and why"),
  "export": ("jaxfer.export", "write a run's recogniser to one file"),
  "croissant": ("jaxfer.croissant", "describe cropped faces as Croissant"),
  "serve": ("jaxfer.serve", "serve a local page that recognises faces"),
  "study": ("jaxfer.human_study", "ask people which faces are real"),
}


def main() -> int:
  """Hands the command line to the module of its first word.

  Returns:
    The exit status where no module is run; a module exits with its own.
  """
  word, *rest = sys.argv[1:] or ["--help"]
  if word in COMMANDS:
    module, _ = COMMANDS[word]
    sys.argv = [f"jaxfer {word}", *rest]
    # As its own `__main__`: its --help, flags and status are then the same.
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    return 0
  if word in ("-h", "--help"):
    print(usage())
    return 0
  if word == "--version":
    print(f"jaxfer {jaxfer.__version__}")
    return 0
  known = ", ".join(COMMANDS)
  print(f"jaxfer: no command {word!r}; there are {known}", file=sys.stderr)
  return 2


def usage() -> str:
  """What `jaxfer` alone says: every command in a line."""
  width = max(map(len, COMMANDS)) + 2
  lines = [f"  {word:{width}}{what}" for word, (_, what) in COMMANDS.items()]
  return "\n".join(
    [
      "usage: jaxfer COMMAND …; `jaxfer COMMAND --help` lists its options",
      "",
      *lines,
      "",
      "  jaxfer --version",
    ]
  )


if __name__ == "__main__":
  sys.exit(main())
