"""A film in two factors: slopes of the objective, a potential that falls, and exact cases."""

from itertools import islice, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.fft import dct
from scipy.ndimage import median_filter

from labkit.arrays import to_numpy
from labkit.datasets import projected_film
from labkit.sensing import partially_separable_frames
from labkit.sensing.partially_separable_frames import _smooth

FILM = projected_film(side=8, n_frames=16, rng=0)


def states(n_rounds, film=FILM, **options):
    options = {"rank": 3, "n_coefficients": 5, **options}
    made = partially_separable_frames(film.projections, film.operators, **options)
    return list(islice(made, n_rounds + 1))


def smooth(frames):
    return _smooth(frames.reshape(-1, 8, 8)).reshape(frames.shape)


def objective(images, Z, *, denoising, ridge):
    """Return the displayed sum with f the film itself."""
    Phi = dct(np.eye(16), norm="ortho", axis=0).T[:, :5]
    film = Phi @ Z @ images.T
    misfit = (FILM.operators @ film[:, :, None])[:, :, 0] - FILM.projections
    rough = np.sum(film * (film - smooth(film)))
    size = np.sum(images**2) + np.sum(Z**2)
    return (np.sum(misfit**2) + denoising * rough + ridge * size) / 2


# Oracle


def test_rest_is_a_point_without_slope_of_the_objective():
    # a large ridge, so that there is one minimum and the rounds come to rest in it
    state = states(1500, denoising=0.5, coupling=1.0, ridge=1.0)[-1]
    np.testing.assert_allclose(state.film, state.smoothed, atol=1e-8)
    Phi = dct(np.eye(16), norm="ortho", axis=0).T[:, :5]
    Z = Phi.T @ state.curves
    np.testing.assert_allclose(Phi @ Z, state.curves, atol=1e-12)
    options, rng = {"denoising": 0.5, "ridge": 1.0}, np.random.default_rng(0)
    for _ in range(20):
        d, e = rng.standard_normal(state.images.shape), rng.standard_normal(Z.shape)
        up, down = (objective(state.images + h * d, Z + h * e, **options) for h in (1e-5, -1e-5))
        assert abs(up - down) / 2e-5 < 1e-4


def test_at_rest_the_multiplier_is_what_the_denoiser_takes_away():
    state = states(1500, denoising=0.5, coupling=1.0, ridge=1.0)[-1]
    taken = 0.5 * (state.smoothed - smooth(state.smoothed))
    np.testing.assert_allclose(taken, 1.0 * state.multiplier, atol=1e-8)


def test_low_rank_alone_fits_a_film_seen_in_every_pixel():
    rng = np.random.default_rng(0)
    Phi = dct(np.eye(6), norm="ortho", axis=0).T[:, :3]
    truth = Phi @ rng.standard_normal((3, 2)) @ rng.standard_normal((2, 9))
    R = np.broadcast_to(np.eye(9), (6, 9, 9))
    options = {"rank": 2, "n_coefficients": 3, "denoising": 0.0, "ridge": 1e-9}
    *_, state = islice(partially_separable_frames(truth, R, **options, coupling=0.01), 100)
    np.testing.assert_allclose(state.film, truth, atol=1e-6)


def test_ridge_shrinks_singular_values_as_the_sum_of_singular_values_does():
    rng = np.random.default_rng(1)
    Phi = dct(np.eye(6), norm="ortho", axis=0).T[:, :3]
    truth = Phi @ rng.standard_normal((3, 2)) @ rng.standard_normal((2, 9))
    R = np.broadcast_to(np.eye(9), (6, 9, 9))
    options = {"rank": 3, "n_coefficients": 3, "denoising": 0.0, "ridge": 0.3}
    *_, state = islice(partially_separable_frames(truth, R, **options, coupling=0.1), 400)
    expected = np.maximum(np.linalg.svd(truth, compute_uv=False)[:3] - 0.3, 0)
    np.testing.assert_allclose(np.linalg.svd(state.film)[1][:3], expected, atol=1e-6)


def test_smoother_is_symmetric_between_zero_and_one_and_keeps_constants():
    matrix = _smooth(np.eye(36).reshape(36, 6, 6)).reshape(36, 36)
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-15)
    values = np.linalg.eigvalsh(matrix)
    assert values.min() > -1e-12
    assert values.max() == pytest.approx(1)
    np.testing.assert_allclose(matrix @ np.ones(36), 1)
    one = np.zeros((1, 6, 6))
    one[0, 2, 3] = 16
    kernel = np.outer([1, 2, 1], [1, 2, 1])
    np.testing.assert_allclose(_smooth(one)[0, 1:4, 2:5], kernel)


# Invariance


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32 - 1), ratio=st.sampled_from([2.4, 4.0]))
def test_potential_never_rises_with_enough_coupling(seed, ratio):
    # beta (beta + lambda) >= 8 lambda^2 is enough: the notebook derives it
    film = projected_film(side=8, n_frames=16, rng=seed)
    found, last = [], None
    for state in states(30, film, denoising=1.0, coupling=ratio, ridge=0.1):
        f, gamma = state.smoothed, state.multiplier
        misfit = (film.operators @ state.film[:, :, None])[:, :, 0] - film.projections
        size = np.sum(state.images**2) + np.sum(state.curves**2)
        value = (np.sum(misfit**2) + 0.1 * size + np.sum(f * (f - smooth(f)))) / 2
        value += ratio / 2 * (np.sum((state.film - f + gamma) ** 2) - np.sum(gamma**2))
        found.append(value + (2 / ratio * np.sum((f - last) ** 2) if found else 0))
        last = f
    assert np.diff(found[2:]).max() <= 1e-10 * found[0]


def test_factors_are_balanced_and_their_signs_are_ruled():
    state = states(7)[-1]
    one, other = state.images.T @ state.images, state.curves.T @ state.curves
    np.testing.assert_allclose(one, other, atol=1e-9 * one.max())
    np.testing.assert_allclose(one, np.diag(np.diag(one)), atol=1e-9 * one.max())


def test_a_denoiser_that_does_nothing_is_no_denoiser():
    # f^T (f - f) = 0; only the path to the answer differs
    one = states(600, denoising=0.0, coupling=1.0, ridge=1.0)[-1].film
    other = states(600, denoising=1.0, coupling=1.0, ridge=1.0, denoiser=lambda f: f)[-1].film
    np.testing.assert_allclose(one, other, atol=1e-6)


def test_a_film_in_a_mirror_and_a_film_backwards():
    # the smoother and the cosines are symmetric, so is the answer
    g, R = FILM.projections, FILM.operators
    plain = states(9)[-1].film
    flipped = np.flip(R.reshape(16, 8, 8, 8), axis=3).reshape(R.shape)
    for data, back in (((g, flipped), (1, 1, -1)), ((g[::-1], R[::-1]), (-1, 1, 1))):
        *_, state = islice(partially_separable_frames(*data, rank=3, n_coefficients=5), 10)
        turned = state.film.reshape(16, 8, 8)[:: back[0], :: back[1], :: back[2]]
        np.testing.assert_allclose(turned.reshape(16, -1), plain, atol=1e-8)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    g, R = FILM.projections.astype(dtype), FILM.operators.astype(dtype)
    placed = library.place(g), library.place(R)
    *_, state = islice(partially_separable_frames(*placed, rank=3, n_coefficients=5), 6)
    assert library.holds(state.film, dtype=dtype)
    tolerance = 1e-9 if dtype == "float64" else 2e-3
    np.testing.assert_allclose(to_numpy(state.film), states(5)[-1].film, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed[0]), g)


# Degenerate data


@pytest.mark.parametrize("denoising", [0.0, 1.0])
def test_dark_film(denoising):
    made = partially_separable_frames(
        np.zeros((4, 3)), np.ones((4, 3, 9)), rank=2, n_coefficients=3, denoising=denoising
    )
    for state in islice(made, 5):
        np.testing.assert_array_equal(state.film, 0)


def test_more_images_than_the_film_has():
    film = projected_film(side=8, n_frames=16, speed=0.0, rng=3)
    for state in states(40, film, rank=5):
        assert np.isfinite(state.film).all()


def test_one_frame_one_pixel():
    made = partially_separable_frames(
        np.ones((1, 1)), np.ones((1, 1, 1)), rank=1, n_coefficients=1, ridge=1e-9
    )
    *_, state = islice(made, 20)
    assert state.film[0, 0] == pytest.approx(1, abs=1e-6)


def test_a_median_comes_to_rest_too():
    rounds = states(300, denoiser=lambda f: median_filter(f, size=(1, 3, 3)), ridge=1.0)
    steps = [np.linalg.norm(b.film - a.film) for a, b in pairwise(rounds)]
    assert steps[-1] < 1e-2 * steps[0]


# Refusals


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"projections": np.ones((16, 7))},
            r"projections must have shape \(16, 8\), got \(16, 7\)",
        ),
        ({"operators": np.ones((16, 8, 63))}, "operators must see square images, got 63 pixels"),
        ({"rank": 6}, "rank"),
        ({"n_coefficients": 17}, "n_coefficients"),
    ],
)
def test_refusals(options, message):
    good = {"projections": FILM.projections, "operators": FILM.operators, "rank": 3}
    with pytest.raises(ValueError, match=message):
        partially_separable_frames(**{**good, "n_coefficients": 5, **options})


@pytest.mark.parametrize(
    ("denoiser", "message"),
    [
        (lambda f: f[:1], r"denoiser must return shape \(16, 8, 8\), got \(1, 8, 8\)"),
        (lambda f: f * np.nan, "denoiser must return finite numbers"),
    ],
)
def test_a_bad_denoiser_is_refused_when_it_speaks(denoiser, message):
    with pytest.raises(ValueError, match=message):
        states(1, denoiser=denoiser)
