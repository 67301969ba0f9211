"""Sentences of the paper that can be checked against its own tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from jaxfer import facs


@dataclasses.dataclass(frozen=True)
class Statement:
  """A sentence as printed, and what it speaks of.

  Attributes:
    quote: its words; `…` stands for words left out.
    where: the section, figure or table.
    values: its numbers; percentages as shares.
    experiments: the experiments it names, by key.
    units: the action units it names, by number.
    words: emotions (as in `facs.EMOTIONS`), datasets or methods it names.
    references: the numbers it cites.
  """

  quote: str
  where: str
  values: tuple[float, ...] = ()
  experiments: tuple[str, ...] = ()
  units: tuple[int, ...] = ()
  words: tuple[str, ...] = ()
  references: tuple[int, ...] = ()


_EXP1_TO_4 = ("exp1", "exp2", "exp3", "exp4")

STATEMENTS: Mapping[str, Statement] = {
  "seven_emotions": Statement(
    "the seven emotion classes (Fearful, Disgusted, Angry, Sad, Happy,"
    " Contemptuous, and Surprised) in the wild",
    "section 1",
    words=tuple(emotion for emotion in facs.EMOTIONS if emotion != "neutral"),
  ),
  "l1_loss": Statement(
    "an aggregation of log loss on the Discriminator output and ℓ_1 loss"
    " between the Generator output and target image",
    "section 1",
  ),
  "quality_everywhere": Statement(
    "employed to assess the quality of the generated samples across all the"
    " datasets",
    "section 1",
  ),
  "manual_labels": Statement(
    "A manual re-annotation of the images of the Radboud dataset (emotions"
    " relabelled to AUs) was achieved",
    "section 1",
  ),
  "rule_labels": Statement(
    "The dataset was re-annotated according to the rules in [63]",
    "section 4-B2",
    references=(63,),
  ),
  "rule_table": Statement(
    "A mapping between emotions and AUs based on rules according to the FACs"
    " [65]",
    "Table VI",
    references=(65,),
  ),
  "luan": Statement(
    "Luan et al. [23]", "section 2", words=("Luan",), references=(23,)
  ),
  "springenberg": Statement(
    "Springenberg [24]",
    "section 2",
    words=("Springenberg",),
    references=(24,),
  ),
  "zheng": Statement(
    "Zheng [26]", "section 2", words=("Zheng",), references=(26,)
  ),
  "han": Statement(
    "as documented by Han et al. (2016)",
    "section 1",
    values=(2016,),
    words=("Han",),
  ),
  "mtcnn": Statement(
    "MTCNN [37] approach, which is a state-of-the-art, multi-task CNN method",
    "section 3",
    words=("multi-task",),
    references=(37,),
  ),
  "datasets_used": Statement(
    "RPI ISL Enhanced Cohn-Kanade [30], Large-scale CelebFaces"
    " Attributes(CelebA) [31], Radboud Faces Database(RaFD) [32], Real-world"
    " Affective Faces Database(RAF-DB) [33], Karolinska Directed Emotional"
    " Faces(KDEF) [34], and Static Facial Expressions in the Wild(SFEW) [35]",
    "section 3",
    words=("ck", "celeba", "rafd", "raf_db", "kdef", "sfew"),
  ),
  "losses_shown": Statement(
    "pertaining to all datasets utilized in this research",
    "section 3; Fig. 3",
    words=("rafd", "ck", "raf_db", "sfew", "kdef"),
  ),
  "six_datasets": Statement(
    "experimentally validated on six standard datasets",
    "section 5",
    values=(6,),
  ),
  "maps": Statement(
    "this layer gives 512 feature spatial grid maps of size 64×64",
    "section 3",
    values=(512, 64),
  ),
  "image_size": Statement(
    "downsampled to an initial resolution of 64×64 pixels",
    "section 3",
    values=(64,),
  ),
  "high_resolution": Statement(
    "the high-resolution facial expression images generated",
    "section 4-B3",
  ),
  "frameworks": Statement(
    "Deep Learning Toolbox 2022a MATLAB … utilised the MatConvNet library …"
    " the Tensor Flow and CUDA toolkit",
    "section 3",
    words=("Deep Learning Toolbox", "MatConvNet", "TensorFlow"),
  ),
  "optimisers": Statement(
    "a mini-batch SGD … the Adam optimizer",
    "section 3",
    words=("SGD", "Adam"),
  ),
  "beta1": Statement(
    "a momentum coefficient term, denoted by β_1 , was chosen to be 0.9 to"
    " enhance training stability … hyperparameter values as described in their"
    " design",
    "section 3",
    values=(0.9,),
  ),
  "frontal_rows": Statement(
    "1,608 signifies the quantity of images from the frontal Radboud dataset"
    " and 8,192 represents the scope of features",
    "section 4-A",
    values=(1608, 8192),
  ),
  "multi_rows": Statement(
    "A matrix of feature vector of size 2,680 × 8,192 was produced",
    "section 4-A",
    values=(2680, 8192),
  ),
  "ck_features": Statement(
    "resulting in dimensions of 8,422 × 8,192 … 8,422 images in the enhanced"
    " CK dataset with 8,129 feature vectors",
    "section 4-B1",
    values=(8192, 8129),
  ),
  "exp2_improves": Statement(
    "The performance in Table II shows a significant improvement compared to"
    " Exp1",
    "section 4-A",
    experiments=("exp1", "exp2"),
  ),
  "exp4_decreases": Statement(
    "It was found that the performance also significantly decreased and fell"
    " again",
    "section 4-A",
    experiments=("exp3", "exp4"),
  ),
  "wild": Statement(
    "three difficult datasets in the wild (RAF, KDEF, and SFEW)",
    "section 4-A",
    words=("raf_db", "kdef", "sfew"),
  ),
  "figure_of_emotions": Statement(
    "the ROC curves for each emotion in all eight experiments can be observed"
    " in Figure 8",
    "section 4-A",
    values=(8,),
  ),
  "figure_of_units": Statement(
    "in Table IV, Table V, and Figure 11", "section 4-B3", values=(11,)
  ),
  "eight_everywhere": Statement(
    "The confusion matrices for eight facial expressions in all experiments",
    "section 4-A",
    values=(8,),
  ),
  "true_rate": Statement(
    "with a true classification of 94.6% in Exp1 and Exp5",
    "section 4-A",
    values=(0.946,),
    experiments=("exp1", "exp5"),
  ),
  "perfect": Statement(
    "sadness and disgust in Exp1, Exp2 had a correct classification of 100%",
    "section 4-A",
    values=(1.0,),
    experiments=("exp1", "exp2"),
    words=("sad", "disgusted"),
  ),
  "hard_emotions": Statement(
    "Anger and fear showed a relatively low recognition rate in experiments 1,"
    " 2, 3, and 4",
    "section 4-A",
    experiments=_EXP1_TO_4,
    words=("angry", "fearful"),
  ),
  "lowest_emotions": Statement(
    "happiness and sadness expressions showed the lowest recognition rate of"
    " 38.5% and 38.8% in Exp8",
    "section 4-A",
    values=(0.385, 0.388),
    experiments=("exp8",),
    words=("happy", "sad"),
  ),
  "large_scale": Statement(
    "training unsupervised DCGAN on a large-scale dataset produces powerful"
    " discriminative representation features",
    "section 5",
  ),
  "collapse": Statement(
    "effectively addresses the problem of mode collapse … Figure 9,"
    " exemplifies an instance of mode collapse",
    "section 4-B3",
    values=(9,),
  ),
  "benchmark": Statement(
    "indicate a commendable level of performance that sets a new benchmark in"
    " the field",
    "section 4-B3",
  ),
}
"""What the text says of data, method, emotions and samples, by topic."""
