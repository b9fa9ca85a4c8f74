"""One profile for all property tests: the same examples in every run, so that a red run can be repeated.

`HYPOTHESIS_PROFILE=explore python -m pytest tests/properties` looks for new examples.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.register_profile(
    "explore", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
