"""Sentences on action units that can be checked against Tables IV to VI."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from jaxfer.report.published.statements import Statement

UNIT_STATEMENTS: Mapping[str, Statement] = {
  "fourteen": Statement(
    "14 specific AUs (AU1,2,4,5,6,7,9,12,15,17,23,24,25,27)",
    "section 4-B1",
    values=(14,),
    units=(1, 2, 4, 5, 6, 7, 9, 12, 15, 17, 23, 24, 25, 27),
  ),
  "different_values": Statement(
    "you can see 14 different values for Areas Under the ROC Curve (AUC)"
    " corresponding to 14 different Action Units",
    "section 4-B1",
    values=(14,),
    experiments=("au1",),
  ),
  "all_improve": Statement(
    "The results of Exp. 2, section 4-B2, in Tables IV and V, show the"
    " improvement in the results for all the AUs",
    "section 4-B2",
    experiments=("au1", "au2"),
  ),
  "contempt": Statement(
    "the Radboud dataset lacks specific guidelines for mapping it to action"
    " units. Instead, it represents a fusion of disgust and anger emotions",
    "section 4-B2",
    words=("contemptuous", "disgusted", "angry"),
  ),
  "cross_dataset": Statement(
    "The performance of the cross-dataset was satisfactory, as shown in"
    " experiments 2, 3, and 6",
    "section 4-B3",
    experiments=("au2", "au3", "au6"),
  ),
  "frequent": Statement(
    "the nose wrinkle (AU9) is commonly associated with disgust and occurs"
    " frequently",
    "section 4-B3",
    units=(9,),
  ),
  "transferred": Statement(
    "AU1 (inner brow raiser), AU23 (lip tightener), AU24 (lip pressor), and"
    " AU25 are transferred and generalized well for all experiments",
    "section 4-B3",
    units=(1, 23, 24, 25),
  ),
  "similar": Statement(
    "for the AU2 (outer brow raiser), and the AU17 (chin raiser) the"
    " performance is similar for all the values of AUCs in Exp.4, Exp.5,"
    " Exp.6, and Exp.8",
    "section 4-B3",
    experiments=("au4", "au5", "au6", "au8"),
    units=(2, 17),
  ),
  "worst": Statement(
    "The worst transfer appeared for AU4 (brow lowerer), with AUC = 0.515 in"
    " Exp.4 and AUC = 0.519 in Exp.7",
    "section 4-B3",
    values=(0.515, 0.519),
    experiments=("au4", "au7"),
    units=(4,),
  ),
  "generalised": Statement(
    "optimal generalization performance in Experiments 2 and 6, achieving an"
    " average best prediction of 0.993 across all AUs. The second highest"
    " prediction accuracy observed was 0.989",
    "section 4-B3",
    values=(0.993, 0.989),
    experiments=("au2", "au6"),
  ),
  "generalises": Statement(
    "it demonstrates that the suggested model possesses the capability to"
    " generalize",
    "section 5",
  ),
  "challenging": Statement(
    "AU7 is challenging to detect and distinguish from other AUs",
    "section 4-B3",
    units=(7,),
  ),
}
"""What the text says of the action units, by topic."""

QUOTED_AREAS: tuple[tuple[int, str, Decimal], ...] = (
  (9, "au2", Decimal("1")),
  (9, "au3", Decimal("0.997")),
  (9, "au6", Decimal("1")),
  (25, "au2", Decimal("0.999")),
  (25, "au3", Decimal("0.992")),
  (25, "au6", Decimal("0.999")),
  (4, "au4", Decimal("0.515")),
  (4, "au7", Decimal("0.519")),
  (6, "au5", Decimal("0.518")),
  (12, "au4", Decimal("0.515")),
  (15, "au4", Decimal("0.510")),
  (15, "au7", Decimal("0.518")),
  (27, "au8", Decimal("0.519")),
)
"""Areas that section 4-B3 repeats from Table IV: unit, experiment, area."""
