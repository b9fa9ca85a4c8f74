"""The small world of the by-hand tests, random cohorts and random strategies serve here too."""

import sys
from pathlib import Path

TESTS = Path(__file__).parents[2]
for room in ("unit/estimate", "properties/cohort", "properties/emulate"):
    sys.path.insert(0, str(TESTS / room))
