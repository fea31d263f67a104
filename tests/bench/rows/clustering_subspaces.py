"""Sparse subspace clustering, from data to labels, against the reference code of You and others.

It is in no registry: set SUBSPACE_CLUSTERING to the path of a copy of the repository
ChongYou/subspace-clustering, at the commit that the settings name. Empty modules stand in for two
of its imports: spams no longer builds, and the settings measured here do not call it; a progress
bar would only cost it time. It gets as many starts of k-means as labkit takes.
"""

from __future__ import annotations

import os
import sys
import types

import numpy as np

from tests.bench.measure import Row

COPY = "SUBSPACE_CLUSTERING"
AUTHORS = "ChongYou/subspace-clustering 55e330e, 2022-04-10"
N_CLUSTERS = 5
FIDELITY = 50.0


def union(n_samples):
    def make(quick):
        from labkit.datasets import union_of_subspaces

        X, labels = union_of_subspaces(
            n_subspaces=N_CLUSTERS, n_dimensions=6, n_features=9,
            n_per_subspace=(200 if quick else n_samples) // N_CLUSTERS, rng=0,
        )  # fmt: skip
        return {"X": X, "labels": labels}

    return make


def labkit(method, **options):
    def solve(data):
        from labkit.clustering import SubspaceClustering

        model = SubspaceClustering(N_CLUSTERS, method=method, options=options, random_state=0)
        return model.fit(data["X"]).labels_

    return solve


def authors(name, **options):
    def solve(data):
        if os.environ[COPY] not in sys.path:
            sys.path.insert(0, os.environ[COPY])
            sys.modules["spams"] = types.ModuleType("spams")
            sys.modules["progressbar"] = types.ModuleType("progressbar")
            sys.modules["progressbar"].progressbar = iter
        from cluster import selfrepresentation

        model = getattr(selfrepresentation, name)(
            n_clusters=N_CLUSTERS, affinity="symmetrize", random_state=0, **options
        )
        return model.fit(np.array(data["X"])).labels_

    return solve


def clustering_error(labels, data):
    from labkit.clustering import clustering_error

    return clustering_error(data["labels"], labels)


PURSUIT = {
    f"the authors' code, {AUTHORS}": authors(
        "SparseSubspaceClusteringOMP", n_nonzero=5, thr=1e-6, n_init=20
    )
}
SPARSE = {
    f"{algorithm}, the authors' code, {AUTHORS}": authors(
        "ElasticNetSubspaceClustering", algorithm=algorithm, gamma=FIDELITY, n_init=20
    )
    for algorithm in ("lasso_lars", "lasso_cd")
}
ROWS = [
    Row(
        name=f"clustering/{short}-{n}",
        task=f"{what}, {n} samples on {N_CLUSTERS} subspaces of dimension 6 in 9",
        peer="scikit-learn",
        data=union(n),
        labkit=call,
        settings=settings,
        error=clustering_error,
        error_name="share of samples in a wrong cluster",
        target=0.2,
        path_variable=COPY,
    )
    for n in (2000, 5000)
    for short, what, call, settings in (
        ("omp", "SSC by matching pursuit", labkit("matching_pursuit", n_nonzero=5), PURSUIT),
        (
            "lasso", "SSC by the lasso (elastic net with l1 alone, which is all it solves there)",
            labkit("elastic_net", l1_share=1.0, fidelity=FIDELITY), SPARSE,
        ),
    )
]  # fmt: skip
