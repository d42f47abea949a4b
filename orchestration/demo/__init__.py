"""The synthetic trust: extracts of an organisation that cannot exist, with known truths and known faults.

Belongs here: generating landing files. Does not belong here: anything a real trust needs.
"""

from orchestration.demo.generate import SEED, generate, is_complete, is_unchanged, truth_file

__all__ = ["SEED", "generate", "is_complete", "is_unchanged", "truth_file"]
