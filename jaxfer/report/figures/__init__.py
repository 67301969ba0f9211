"""The charts: arrays in, one PNG out, the same bytes every time."""

from jaxfer.report.figures.accuracy import protocols_chart as protocols_chart
from jaxfer.report.figures.confusion import confusion_chart as confusion_chart
from jaxfer.report.figures.confusion import confusion_grid as confusion_grid
from jaxfer.report.figures.efficiency import (
  label_efficiency_chart as label_efficiency_chart,
)
from jaxfer.report.figures.histograms import labels_chart as labels_chart
from jaxfer.report.figures.losses import loss_chart as loss_chart
from jaxfer.report.figures.losses import loss_grid as loss_grid
from jaxfer.report.figures.networks import Layer as Layer
from jaxfer.report.figures.networks import architecture as architecture
from jaxfer.report.figures.roc import roc_grid as roc_grid
from jaxfer.report.figures.seeds import seeds_chart as seeds_chart
from jaxfer.report.figures.sheets import evidence_sheet as evidence_sheet
from jaxfer.report.figures.sheets import pairs_sheet as pairs_sheet
from jaxfer.report.figures.transfer import (
  transfer_heat_map as transfer_heat_map,
)
