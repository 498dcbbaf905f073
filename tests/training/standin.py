"""A slow stand-in for the compiled program, in plain NumPy, with the same face: chains of a few rules, SGD and Adam.

It is installed where `backproof.compiled.program` is not there; `conftest.py` does that.
"""

import numpy as np

from backproof.record.quantity import Quantity


def real(numeral):
    above, below = numeral.ratio()
    return above / below


def compiled(network, batch_size=1, dtype="float32", threads=1, clip_norm=None, clip_value=None, seed=0):
    return StandIn(network, batch_size, np.dtype(dtype), clip_norm, clip_value)


class StandIn:
    def __init__(self, network, batch_size, dtype, clip_norm, clip_value):
        self.network, self.batch_size, self.dtype = network, batch_size, dtype
        self.clip_norm, self.clip_value = clip_norm, clip_value
        self.load({name: Quantity(name, array).numpy(str(dtype)) for name, array in network.parameters.items()})

    @property
    def parameters(self):
        return {name: array.copy() for name, array in self.p.items()}

    @property
    def state(self):
        return {name: array.copy() for name, array in self.s.items()}

    def load(self, parameters, state=None, steps=0):
        self.p = {name: np.array(array, self.dtype) for name, array in parameters.items()}
        self.s = {name: np.array(array, self.dtype) for name, array in (state or {}).items()}
        self.steps = steps

    def train(self, data, order, lr=None):
        for name, array in data.items():
            assert array.flags.c_contiguous, name
            assert array.dtype in (self.dtype, np.dtype(np.int64)), (name, array.dtype)
        assert order.dtype == np.int64
        losses = []
        with np.errstate(all="ignore"):
            for k, start in enumerate(range(0, len(order), self.batch_size)):
                part = order[start : start + self.batch_size]
                batch = {name: array[part] for name, array in data.items()}
                loss, gradients = self.gradients(batch)
                losses.append(loss)
                if not np.isfinite(loss) or not all(np.isfinite(g).all() for g in gradients.values()):
                    break
                rate = real(self.network.update.lr) if lr is None else float(np.ravel(lr)[k if np.ndim(lr) else 0])
                self.update(self.clipped(gradients), self.dtype.type(rate))
        return np.array(losses, dtype=np.float64)

    def evaluate(self, data):
        with np.errstate(all="ignore"):
            values = self.forward(data)
            return float(self.loss(values[self.network.prediction], data[self.network.loss.target])[0])

    def predict(self, data):
        return self.forward(data)[self.network.prediction]

    def forward(self, data):
        values = {name: data[name] for name in self.network.inputs}
        for layer in self.network.layers:
            x, kind = values[layer.inputs[0]], type(layer.rule).__name__
            if kind == "Linear":
                weight = self.p[layer.name("weight")]
                flat = x.reshape(len(x), -1) if x.ndim > 1 else x[:, None]
                y = flat @ weight.reshape(-1, flat.shape[1]).T
                y = y + self.p[layer.name("bias")] if layer.name("bias") in self.p else y
            elif kind == "Flatten":
                y = x.reshape(len(x), -1)
            elif kind == "ReLU":
                y = np.maximum(x, 0)
            else:
                assert kind == "Tanh", f"the stand-in has no {kind}"
                y = np.tanh(x)
            values[layer.output] = y.astype(self.dtype).reshape(len(x), *self.network.shapes[layer.output])
        return values

    def loss(self, y, t):
        """The mean loss, and its gradient by the prediction."""
        kind, n = type(self.network.loss_rule).__name__, len(y)
        if kind == "CrossEntropyLoss":
            e = np.exp(y - y.max(axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            one = np.zeros_like(p)
            one[np.arange(n), t] = 1
            top = y.max(axis=1)
            losses = np.log(e.sum(axis=1)) - (y[np.arange(n), t] - top)
            return losses.mean(dtype=np.float64), (p - one) / n
        if kind == "MSELoss":
            return ((y - t) ** 2).mean(dtype=np.float64), 2 * (y - t) / y.size
        assert kind == "HalfSquaredError", f"the stand-in has no {kind}"
        return ((y - t) ** 2).sum(dtype=np.float64) / 2 / n, (y - t) / n

    def gradients(self, batch):
        values = self.forward(batch)
        loss, dy = self.loss(values[self.network.prediction], batch[self.network.loss.target])
        loss, back, found = float(self.dtype.type(loss)), {self.network.prediction: dy.astype(self.dtype)}, {}
        for layer in reversed(self.network.layers):
            x, y, dy = values[layer.inputs[0]], values[layer.output], back[layer.output]
            kind = type(layer.rule).__name__
            if kind == "Linear":
                name, flat = layer.name("weight"), x.reshape(len(x), -1)
                dy = dy.reshape(len(x), -1)
                found[name] = (dy.T @ flat).reshape(self.p[name].shape)
                if layer.name("bias") in self.p:
                    found[layer.name("bias")] = dy.sum(axis=0).reshape(self.p[layer.name("bias")].shape)
                dx = dy @ self.p[name].reshape(-1, flat.shape[1])
            else:
                dx = dy * (x > 0) if kind == "ReLU" else dy * (1 - y * y) if kind == "Tanh" else dy
            back[layer.inputs[0]] = dx.reshape(x.shape)
        return loss, found

    def clipped(self, gradients):
        if self.clip_value is not None:
            gradients = {name: np.clip(g, -self.clip_value, self.clip_value) for name, g in gradients.items()}
        if self.clip_norm is not None:
            norm = np.sqrt(sum(float((g.astype(np.float64) ** 2).sum()) for g in gradients.values()))
            factor = self.dtype.type(min(1.0, self.clip_norm / (norm + 1e-6)))
            gradients = {name: g * factor for name, g in gradients.items()}
        return gradients

    def update(self, gradients, lr):
        rule, one = self.network.update, self.dtype.type(1)
        decay = self.dtype.type(real(rule.weight_decay))
        self.steps += 1
        for name, g in gradients.items():
            p = self.p[name]
            g = g + decay * p
            if type(rule).__name__ == "SGD":
                if rule.uses("momentum"):
                    velocity = self.s.setdefault(f"{name}.velocity", np.zeros_like(p))
                    velocity *= self.dtype.type(real(rule.momentum))
                    velocity += g
                    g = velocity
                p -= lr * g
                continue
            m, v = (self.s.setdefault(f"{name}.{k}", np.zeros_like(p)) for k in "mv")
            seen = [self.s.setdefault(f"{name}.seen{k}", np.zeros((), self.dtype)) for k in (1, 2)]
            for beta, average, new, s in zip(rule.betas, (m, v), (g, g * g), seen, strict=True):
                b = self.dtype.type(real(beta))
                average *= b
                average += (one - b) * new
                s *= b
                s += one - b
            p -= lr * (m / seen[0]) / (np.sqrt(v / seen[1]) + self.dtype.type(real(rule.eps)))
