"""Names, numbers and figures that the text cites."""

from __future__ import annotations

from collections.abc import Iterator

from jaxfer.report.inconsistencies.inconsistency import Inconsistency, quoted
from jaxfer.report.published import Paper


def names(paper: Paper) -> Iterator[Inconsistency]:
  """Authors named in the text beside another author's number."""
  wrong = []
  found = []
  where = ""
  for topic in ("luan", "springenberg", "zheng"):
    statement = paper.statements[topic]
    (name,), (number,) = statement.words, statement.references
    if paper.references[number].author != name:
      wrong.append(statement)
      found.append(f"[{number}] is by {paper.references[number].author}")
      where = statement.where
  if wrong:
    right = {
      reference.author: number for number, reference in paper.references.items()
    }
    places = [
      f"{name} is [{right[name]}]"
      for statement in wrong
      for name in statement.words
      if name in right
    ]
    yield Inconsistency(
      "Names in section 2 stand beside other authors' numbers",
      ", ".join(quoted(statement.quote) for statement in wrong),
      "; ".join(found),
      f"{where}; references",
      "; ".join(places)
      + ". Luan is perhaps L. Tran, [25]. The numbers seem to be off by one or"
      " two here.",
    )


def unlisted(paper: Paper) -> Iterator[Inconsistency]:
  """A work named with a year that the list does not have."""
  statement = paper.statements["han"]
  (name,), (year,) = statement.words, statement.values
  listed = {(r.author, r.year) for r in paper.references.values()}
  if (name, int(year)) not in listed:
    nearest = [
      f"[{number}] is {name}, {r.year}"
      for number, r in paper.references.items()
      if r.author == name
    ]
    yield Inconsistency(
      f"{name}, {int(year)}, is not in the reference list",
      quoted(statement.quote),
      "; ".join(nearest) or "no entry by that name",
      f"{statement.where}; references",
      "",
    )


def rules(paper: Paper) -> Iterator[Inconsistency]:
  """Two sources for one set of rules."""
  text = paper.statements["rule_labels"]
  table = paper.statements["rule_table"]
  (cited,), (other,) = text.references, table.references
  if cited != other:
    yield Inconsistency(
      "The rules of Table VI have two sources",
      f"{quoted(text.quote)}; {quoted(table.quote)}",
      f"[{cited}] is {quoted(paper.references[cited].title)}; [{other}] is"
      f" {quoted(paper.references[other].title)}",
      f"{text.where}; {table.where}",
      f"[{other}] must be meant: [{cited}] is about training networks.",
    )


def detector(paper: Paper) -> Iterator[Inconsistency]:
  """The paper cited for the multi-task face detector."""
  statement = paper.statements["mtcnn"]
  (number,), (method,) = statement.references, statement.words
  reference = paper.references[number]
  if method not in reference.title.lower():
    yield Inconsistency(
      "The reference for MTCNN is another paper",
      quoted(statement.quote),
      f"[{number}] is {reference.author}, {reference.year},"
      f" {quoted(reference.title)}",
      f"{statement.where}; references",
      "MTCNN is by another Zhang: Zhang, Zhang, Li & Qiao, “Joint face"
      " detection and alignment using multitask cascaded convolutional"
      " networks”, 2016.",
    )


def years(paper: Paper) -> Iterator[Inconsistency]:
  """Rows of Table III whose author or year the reference list contradicts."""
  for dataset, rows in paper.accuracies.items():
    for row in rows:
      if row.reference is None:
        continue
      reference = paper.references[row.reference]
      named = reference.author.lower() in row.authors.lower()
      if named and row.year == reference.year:
        continue
      yield Inconsistency(
        "Table III and the reference list differ on an entry",
        f"{row.authors}, {row.year} [{row.reference}], {dataset}",
        f"[{row.reference}] is {reference.author}, {reference.year}",
        "Table III; references",
        "",
      )


def figures(paper: Paper) -> Iterator[Inconsistency]:
  """Figures that the text cites for what they do not show, or that are not."""
  statement = paper.statements["figure_of_emotions"]
  number = int(statement.values[0])
  emotion_curves = next(
    n for n, c in paper.figures.items() if "ROC" in c and "emotions" in c
  )
  if number != emotion_curves:
    yield Inconsistency(
      "The ROC curves of the emotions are in another figure",
      quoted(statement.quote),
      f"Fig. {number} is {quoted(paper.figures[number])}; the curves are"
      f" Fig. {emotion_curves}",
      f"{statement.where}; Figs {emotion_curves} and {number}",
      "",
    )
  statement = paper.statements["figure_of_units"]
  number = int(statement.values[0])
  if number not in paper.figures:
    yield Inconsistency(
      f"Figure {number} does not exist",
      quoted(statement.quote),
      f"the paper has figures {min(paper.figures)} to {max(paper.figures)}",
      statement.where,
      "Fig. 7 has the ROC curves of the action units.",
    )
