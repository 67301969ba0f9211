"""The part of a set, to train on or to test on, that a name speaks of."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_SPELLINGS = {
  "train": ("train", "training", "trn"),
  "val": ("val", "valid", "validation", "dev"),
  "test": ("test", "testing", "tst"),
}
_WORDS = {word: part for part, words in _SPELLINGS.items() for word in words}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+", re.ASCII)
_SET = re.compile(r"(train|val|test)(?:set|images|imgs|faces)", re.ASCII)
_NUMBERED = re.compile(r"([A-Za-z]+)[_-]?\d", re.ASCII)


def read(name: str) -> str | None:
  """The part that a folder's name, or a cell, speaks of: train, val or test.

  Names are such as Training, train_set or val; FER2013's `PublicTest` is its
  validation part and `PrivateTest` its test part. None is for a name that
  speaks of none, or of several.
  """
  words = [word.lower() for word in _WORD.findall(name)]
  words = [_SET.sub(r"\1", word) for word in words]
  joined = "".join(words)
  if joined in ("publictest", "privatetest"):
    return "val" if joined == "publictest" else "test"
  found = {_WORDS[word] for word in words if word in _WORDS}
  return found.pop() if len(found) == 1 else None


def of_image(path: str) -> str | None:
  """The part of an image: by its own prefix, or else its nearest folder.

  test/happy/PublicTest_12.jpg is of FER2013's val.
  """
  pure = PurePosixPath(path)
  prefix = _NUMBERED.match(pure.stem)
  names = [prefix[1]] if prefix else []
  names += reversed(pure.parent.parts)
  return next(filter(None, map(read, names)), None)
