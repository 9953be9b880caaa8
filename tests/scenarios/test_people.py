"""The people of a company: roles are those that the apps declare, and nothing else."""

import pytest

from onebook.engines.form.refusals import Invalid
from tests.scenarios.world import World


def test_a_role_that_nobody_declared_is_refused(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        world.made("user", name="王二", login="wang.er", roles=["salesperson", "salesman"])
    assert [(one.field, one.code) for one in refused.value.problems] == [("roles", "form.not_option")]


def test_declared_roles_are_taken(world: World) -> None:
    user = world.made("user", name="李三", login="li.san", roles=["salesperson", "accountant"])
    assert world.ask('SELECT roles FROM "user" WHERE id = %(id)s', id=user.id) == [(["salesperson", "accountant"],)]
