"""Motion of clips: a known change."""

import numpy as np

from jaxfer.metrics import motion


def test_change_is_the_mean_step_of_a_pixel():
  clip = np.zeros((1, 3, 2, 2, 3), np.uint8)
  clip[:, 1] = 10
  clip[:, 2] = 4  # 10 up, 6 down
  assert motion.change(clip).tolist() == [8.0]
  assert motion.change(clip[:, ::-1]).tolist() == [8.0]
