"""The Gauss-Newton part is tested beside the Hessian; here, Fisher's information."""

import numpy as np

from labkit.networks import (
    flatten,
    forward,
    gauss_newton_product,
    initial_parameters,
    loss_and_gradient,
)


def test_it_is_the_mean_outer_product_of_gradients_over_labels_of_the_model():
    X = np.random.default_rng(0).standard_normal((5, 3))
    parameters = initial_parameters((3, 4, 3), like=X, rng=1)
    logits = forward(parameters, X)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    fisher = 0.0
    for x, chances in zip(X, p, strict=True):
        for label, chance in zip(np.eye(3), chances, strict=True):
            gradient = flatten(loss_and_gradient(parameters, x[None], label[None])[1])
            fisher = fisher + chance * np.outer(gradient, gradient) / 5
    found = gauss_newton_product(parameters, X, np.eye(len(fisher)))
    np.testing.assert_allclose(found, fisher, rtol=0, atol=1e-15)
