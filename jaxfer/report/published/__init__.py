"""The numbers that the paper prints, each with where it prints them."""

from jaxfer.report.published.action_units import (
  AU_EXPERIMENTS as AU_EXPERIMENTS,
)
from jaxfer.report.published.action_units import PublishedAUs as PublishedAUs
from jaxfer.report.published.comparisons import ACCURACIES as ACCURACIES
from jaxfer.report.published.comparisons import SAMPLES as SAMPLES
from jaxfer.report.published.datasets import DATASETS as DATASETS
from jaxfer.report.published.emotions import EXPERIMENTS as EXPERIMENTS
from jaxfer.report.published.emotions import Published as Published
from jaxfer.report.published.paper import PAPER as PAPER
from jaxfer.report.published.paper import Paper as Paper
