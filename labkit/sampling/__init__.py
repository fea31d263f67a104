"""Choosing rows, columns and features: determinantal, leverage and greedy selection."""

from labkit.sampling.sequential_attention import (
    AttentionState,
    sequential_attention,
)

__all__ = [
    "AttentionState",
    "sequential_attention",
]
