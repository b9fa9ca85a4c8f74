"""Addresses of the random draws of a patient, and what can happen: plain numbers that both simulators share.

A new number changes no draw at another; numbers are never used again for something else.
"""

from typing import Final

# What can happen; each has a threshold of its own, an exponential draw for each occasion.
LOSS: Final = 0
RISE: Final = 1
FALL: Final = 2
RELAPSE: Final = 3
NRM: Final = 4
MAINTENANCE: Final = 5
REINFUSION: Final = 6
HCT: Final = 7
RELAPSE_AFTER_HCT: Final = 8
NRM_AFTER_HCT: Final = 9
SEVERE_CGVHD: Final = 10
SECOND_REMISSION: Final = 11
DEATH_IN_RELAPSE: Final = 12
RELAPSE_IN_SECOND_REMISSION: Final = 13
NRM_IN_SECOND_REMISSION: Final = 14
SALVAGE_HCT: Final = 15
RELAPSE_AFTER_SALVAGE: Final = 16
NRM_AFTER_SALVAGE: Final = 17
LOST_TO_FOLLOW_UP: Final = 18
EXTRA_TEST: Final = 19
STREAMS: Final = 20

# Records of a course that no threshold brings about.
VISIT: Final = 20
TIME_ZERO: Final = 21

# Single draws.
HIGH_BURDEN: Final = 32
PRIOR_HCT: Final = 33
HIGH_RISK_GENETICS: Final = 34
CD28: Final = 35
DONOR: Final = 36
ADULT: Final = 37
FRAILTY: Final = 38
MRD_AT_TIME_ZERO: Final = 39
ASSAY: Final = 40  # occasion: number of the visit, or EXTRA_OCCASION plus the number of the extra test
MISSED: Final = 41  # occasion: number of the visit
CD19: Final = 42
SUCCESS: Final = 43  # occasion: number of the reinfusion
SITE: Final = 44
SITE_PREFERENCE: Final = 45  # the unit is the site
ADMINISTRATIVE: Final = 46
ASSESSMENT: Final = 47
KINETICS: Final = 48  # 48 to 53, one for each random effect; occasion: number of the infusion, from 0
TRANSGENE: Final = 54  # occasion: day since the first infusion
FURTHER_RULE: Final = 64  # 64 to 71: plus the place of a rule with a threshold of its own

# Draws of the registry: who comes into it, and what is written down there.
RESPONSE: Final = 80
EARLY_DEATH: Final = 81
EARLY_DEATH_DAY: Final = 82
EARLY_DEATH_CAUSE: Final = 83
DEATH_WITHOUT_REMISSION: Final = 84
LATE_ENTRY: Final = 85
ENTRY_MONTH: Final = 86
YEAR: Final = 87
DAY_OF_YEAR: Final = 88
MISSING_BASELINE: Final = 89  # occasion: place of the column
MISSING_RESULT: Final = 90  # occasion: day since time zero times 8 plus the place of the measurement
NGS_VALUE: Final = 91  # occasion: day since time zero; so for the next two
FLOW_VALUE: Final = 92
BCELL_VALUE: Final = 93
GRAFT_DONOR: Final = 94  # occasion: number of the transplant in this course; so for the next one
BODY_IRRADIATION: Final = 95
BASELINE: Final = 96  # 96 to 119, one for each baseline column
SERIES: Final = 120  # the unit is the draw of a series; occasion: place in the series

EXTRA_OCCASION: Final = 1000
