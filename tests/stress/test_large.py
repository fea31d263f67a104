"""Methods at the sizes that they are chosen for: time and memory, in a process of their own."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.stress

FIFTY_THOUSAND = """
import json
import resource
import time

from labkit.clustering import SubspaceClustering, clustering_error
from labkit.datasets import union_of_subspaces

X, labels = union_of_subspaces(
    n_subspaces=5, n_dimensions=6, n_features=9, n_per_subspace=10000, rng=0
)
start = time.perf_counter()
model = SubspaceClustering(5, method="matching_pursuit", options={"n_nonzero": 5}, random_state=0)
error = clustering_error(labels, model.fit(X).labels_)
seconds = time.perf_counter() - start
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
print(json.dumps({"error": error, "seconds": seconds, "memory": memory}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is told in KiB on Linux")
def test_matching_pursuit_clusters_fifty_thousand_samples():
    done = subprocess.run(
        [sys.executable, "-c", FIFTY_THOUSAND], capture_output=True, text=True, timeout=700
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    print(found)
    assert found["error"] < 0.05  # a random guess: 0.8
    assert found["seconds"] < 600
    assert found["memory"] < 4  # GiB
