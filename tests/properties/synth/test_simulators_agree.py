"""The fast simulator is the slow one, event by event: every world, every strategy, with visits and without.

`make validate` does the same with 10,000 patients of each world.
"""

import pytest

from equipoise.protocol.read import read_question
from equipoise.protocol.strategy import NATURAL_COURSE
from equipoise.synth.read import read_world, shipped_worlds
from validation.courses.cases import BUSY, TOLERANCE, compare, question

ASKED = question()
SHIPPED = (NATURAL_COURSE, *read_question("virtual_registry")[0].strategies)
OTHERS = {one.name: one for one in ASKED.strategies if one not in SHIPPED}
SEED = 20261202


def agree(world, strategy, patients):
    came = compare(world, strategy, ASKED, patients, SEED)
    assert came.different == ()
    assert came.events > 0
    assert came.farthest < TOLERANCE
    return came.events


@pytest.mark.parametrize("name", shipped_worlds())
def test_shipped_worlds_and_strategies(name):
    world = read_world(name)
    # Where kinetics drive the loss of aplasia a course has many weeks.
    patients = range(15 if world.kinetics.drives_loss else 40)
    events = sum(agree(world, strategy, patients) for strategy in SHIPPED)
    assert events > 50 * len(patients)


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("changes", [{}, BUSY], ids=["reference world", "everything on"])
def test_other_strategies(name, changes):
    agree(read_world("S0", changes), OTHERS[name], range(40))


def test_a_world_in_which_every_parameter_matters():
    world = read_world("S0", BUSY)
    for strategy in SHIPPED:
        agree(world, strategy, range(40))


@pytest.mark.parametrize("first", [2**32 - 10, 2**40])
def test_patients_of_any_number(first):
    agree(read_world("S9"), ASKED.protocol.strategy("on_either"), range(first, first + 20))
