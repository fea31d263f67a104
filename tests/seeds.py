"""All notebooks with five seeds that nobody chose: ``python tests/seeds.py [folder ...]``.

The seeds come from the operating system and are printed first, so that a failure can be had again:
``labkit check notebooks --seed S``.
"""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Sequence

N_SEEDS = 5


def main(folders: Sequence[str]) -> int:
    """Check the notebooks with each seed; 1 if any failed, an interruption's status at once."""
    seeds = [secrets.randbelow(2**32) for _ in range(N_SEEDS)]
    print("seeds", *seeds, flush=True)
    failed = []
    for seed in seeds:
        print(f"seed {seed}", flush=True)
        check = [sys.executable, "-m", "labkit", "check", *(folders or ["notebooks"])]
        status = subprocess.run(
            [*check, "--seed", str(seed), "--jobs", "2"], check=False
        ).returncode
        if status not in (0, 1):
            return status
        failed += [seed] * status
    print("failed with seeds", *failed) if failed else print(f"all passed with {N_SEEDS} seeds")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
