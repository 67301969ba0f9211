"""The page of all experiments: the paper's tables and figures, audited."""

from jaxfer.report.collection.page import write as write
