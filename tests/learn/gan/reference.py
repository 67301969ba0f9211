"""An independent DCGAN step in NumPy float64, gradients written by hand.

It shares nothing with the package but the layout of the weights.
"""

import numpy as np

LEAK, EPSILON, B2, ADAM_EPSILON = 0.2, 1e-5, 0.999, 1e-8


def down(x, w):
  """Convolution, kernel 4, stride 2, padding 1, by explicit sums."""
  n, h, width, _ = x.shape
  padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
  out = np.zeros((n, h // 2, width // 2, w.shape[3]))
  for a in range(4):
    for b in range(4):
      out += padded[:, a : a + h : 2, b : b + width : 2] @ w[a, b]
  return out


def down_backward(x, w, g):
  _, h, width, _ = x.shape
  padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
  dx, dw = np.zeros_like(padded), np.zeros_like(w)
  for a in range(4):
    for b in range(4):
      dw[a, b] = np.einsum(
        "nhwc,nhwf->cf", padded[:, a : a + h : 2, b : b + width : 2], g
      )
      dx[:, a : a + h : 2, b : b + width : 2] += g @ w[a, b].T
  return dx[:, 1:-1, 1:-1], dw


def up(m, w):
  n, h, width, _ = m.shape
  out = np.zeros((n, 2 * h + 2, 2 * width + 2, w.shape[2]))
  for a in range(4):
    for b in range(4):
      out[:, a : a + 2 * h : 2, b : b + 2 * width : 2] += m @ w[a, b].T
  return out[:, 1:-1, 1:-1]


def up_backward(m, w, g):
  dw = down_backward(g, w, m)[1]
  return down(g, w), dw


def norm(x, scale, bias):
  mean = x.mean((0, 1, 2))
  var = x.var((0, 1, 2))
  hat = (x - mean) / np.sqrt(var + EPSILON)
  return hat * scale + bias, (hat, var, mean)


def norm_backward(g, scale, cache):
  hat, var, _ = cache
  axes = (0, 1, 2)
  dscale, dbias = (g * hat).sum(axes), g.sum(axes)
  g = g * scale
  dx = g - g.mean(axes) - hat * (g * hat).mean(axes)
  return dx / np.sqrt(var + EPSILON), dscale, dbias


def sigmoid(x):
  return 1 / (1 + np.exp(-x))


def generator(p, z, layers):
  tape = {}
  x = (z @ p["seed_kernel"]).reshape(len(z), 4, 4, -1)
  for i in range(layers):
    q = p[f"norm{i}"]
    y, tape[f"norm{i}"] = norm(x, q["scale"], q["bias"])
    tape[f"relu{i}"] = active = np.maximum(y, 0)
    u = p[f"up{i + 1}"]
    x = up(active, u["kernel"]) + u.get("bias", 0.0)
  tape["image"] = np.tanh(x)
  return tape["image"], tape


def generator_backward(p, z, tape, g, layers):
  grads = {}
  g = g * (1 - tape["image"] ** 2)
  for i in reversed(range(layers)):
    u = p[f"up{i + 1}"]
    entry = {}
    if "bias" in u:
      entry["bias"] = g.sum((0, 1, 2))
    g, entry["kernel"] = up_backward(tape[f"relu{i}"], u["kernel"], g)
    grads[f"up{i + 1}"] = entry
    g = g * (tape[f"relu{i}"] > 0)
    q = p[f"norm{i}"]
    g, dscale, dbias = norm_backward(g, q["scale"], tape[f"norm{i}"])
    grads[f"norm{i}"] = {"scale": dscale, "bias": dbias}
  grads["seed_kernel"] = z.T @ g.reshape(len(z), -1)
  return grads


def discriminator(p, x, layers):
  tape = {}
  for i in range(1, layers + 1):
    tape[f"in{i}"] = x
    c = p[f"conv{i}"]
    x = down(x, c["kernel"]) + c.get("bias", 0.0)
    if i > 1:
      q = p[f"norm{i}"]
      x, tape[f"norm{i}"] = norm(x, q["scale"], q["bias"])
    tape[f"pre{i}"] = x
    x = np.where(x > 0, x, LEAK * x)
  tape["flat"] = x.reshape(len(x), -1)
  tape["top"] = x.shape
  return (tape["flat"] @ p["head_kernel"] + p["head_bias"])[:, 0], tape


def discriminator_backward(p, tape, dlogits, layers):
  g = dlogits[:, None]
  grads = {"head_kernel": tape["flat"].T @ g, "head_bias": g.sum(0)}
  g = (g @ p["head_kernel"].T).reshape(tape["top"])
  for i in reversed(range(1, layers + 1)):
    g = g * np.where(tape[f"pre{i}"] > 0, 1.0, LEAK)
    if i > 1:
      q = p[f"norm{i}"]
      g, dscale, dbias = norm_backward(g, q["scale"], tape[f"norm{i}"])
      grads[f"norm{i}"] = {"scale": dscale, "bias": dbias}
    c = p[f"conv{i}"]
    entry = {"bias": g.sum((0, 1, 2))} if "bias" in c else {}
    g, entry["kernel"] = down_backward(tape[f"in{i}"], c["kernel"], g)
    grads[f"conv{i}"] = entry
  return grads, g


def tree(f, *trees):
  first = trees[0]
  if isinstance(first, dict):
    return {k: tree(f, *(t[k] for t in trees)) for k in first}
  return f(*trees)


def first_adam_step(params, grads, rate, beta1):
  """Adam from zero moments."""

  def one(p, g):
    m = (1 - beta1) * g / (1 - beta1)
    v = (1 - B2) * g**2 / (1 - B2)
    return p - rate * m / (np.sqrt(v) + ADAM_EPSILON)

  return tree(one, params, grads)


def step(gen, disc, images, z, layers, rate, beta1):
  """One step from fresh Adam moments: D, then G against the updated D.

  Returns both networks' new weights, their gradients, and the two losses.
  """
  fakes, gen_tape = generator(gen, z, layers)
  real_logits, real_tape = discriminator(disc, images, layers)
  fake_logits, fake_tape = discriminator(disc, fakes, layers)
  loss_d = np.log1p(np.exp(-real_logits)).mean()
  loss_d += np.log1p(np.exp(fake_logits)).mean()
  count = len(images)
  real_grads, _ = discriminator_backward(
    disc, real_tape, -sigmoid(-real_logits) / count, layers
  )
  fake_grads, _ = discriminator_backward(
    disc, fake_tape, sigmoid(fake_logits) / count, layers
  )
  disc_grads = tree(np.add, real_grads, fake_grads)
  disc = first_adam_step(disc, disc_grads, rate, beta1)

  logits, tape = discriminator(disc, fakes, layers)
  loss_g = np.log1p(np.exp(-logits)).mean()
  _, g = discriminator_backward(disc, tape, -sigmoid(-logits) / count, layers)
  gen_grads = generator_backward(gen, z, gen_tape, g, layers)
  gen = first_adam_step(gen, gen_grads, rate, beta1)
  return gen, disc, gen_grads, disc_grads, loss_d, loss_g
