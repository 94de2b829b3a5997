"""In which order steps are done, and what a failure delays: against a homeserver that
writes down what it was asked and fails where the test wants."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from zvonok_appservice.reconcile.execute import Outcome, execute
from zvonok_appservice.reconcile.model import (
    AddMember,
    CreateRoom,
    DeactivateAccount,
    DesiredRoom,
    LinkChild,
    LinkParent,
    LockAccount,
    Plan,
    RemoveMember,
    RoomKey,
    SetDisplayName,
    SetPowerLevels,
    SetState,
    UnlinkChild,
    UnlockAccount,
)
from zvonok_core.errors import PermanentError, TemporaryError
from zvonok_core.ids import ClassId, RoomId, SchoolId, UserId

SCHOOL = SchoolId("7")
A, B = RoomKey("class", SCHOOL, ClassId("a")), RoomKey("class", SCHOOL, ClassId("b"))
SPACE, WHOLE = RoomKey("class_space", SCHOOL, ClassId("a")), RoomKey("school", SCHOOL)
ROOMS = {A: RoomId("!a"), B: RoomId("!b"), SPACE: RoomId("!space")}
ANNA, IVAN = UserId("@anna:x"), UserId("@ivan:x")


@dataclass
class Notebook:
    """A homeserver that writes down what it was asked."""

    fails: tuple[tuple[Any, ...], Exception] | None = None
    done: list[tuple[Any, ...]] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0

    def __getattr__(self, verb: str) -> Any:
        async def ask(*arguments: Any) -> Any:
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
            await asyncio.sleep(0)  # lets the others in, as a request does
            self.under_way -= 1
            if verb == "create_room":
                step, _, parents = arguments
                arguments = (step.desired.key, *parents)
            call = (verb, *arguments)
            if self.fails is not None and call == self.fails[0]:
                raise self.fails[1]
            self.done.append(call)
            return RoomId(f"!new-{arguments[0].kind}") if verb == "create_room" else None

        return ask

    def order(self, *calls: tuple[Any, ...]) -> bool:
        """Whether all of them were made, in this order."""
        places = [self.done.index(call) for call in calls]
        return places == sorted(places)


async def run(notebook: Notebook, plan: Plan, concurrency: int = 2) -> Outcome:
    return await execute(plan, notebook, rooms=ROOMS, alias_prefix="x_", concurrency=concurrency)  # type: ignore[arg-type]


def room(key: RoomKey, *parents: RoomKey) -> CreateRoom:
    space = key in (WHOLE, SPACE)
    return CreateRoom(DesiredRoom(key, "", "", space, 0, False, parents, frozenset(), {}), {})


async def test_everything_is_revoked_before_anything_is_granted_and_locks_come_first() -> None:
    notebook = Notebook()
    plan = Plan(
        (
            DeactivateAccount(UserId("@gone:x")),
            RemoveMember(ROOMS[A], A, ANNA),
            SetPowerLevels(ROOMS[B], B, {"low": 1}),
            UnlinkChild(SPACE, RoomId("!stray")),
            LockAccount(IVAN),
        ),
        (AddMember(B, ANNA), UnlockAccount(ANNA), SetPowerLevels(ROOMS[B], B, {"right": 1})),
    )
    outcome = await run(notebook, plan)
    assert outcome.complete
    assert outcome.done == 8
    assert notebook.done[0] == ("lock", IVAN)
    assert notebook.done[4] == ("deactivate", "@gone:x")
    assert {call[0] for call in notebook.done[5:]} == {"add_member", "unlock", "set_state"}
    assert ("set_state", "!space", "m.space.child", "!stray", {}) in notebook.done


async def test_spaces_are_made_before_what_hangs_in_them() -> None:
    notebook = Notebook()
    inner, leaf = RoomKey("class_space", SCHOOL, ClassId("c")), RoomKey("class", SCHOOL, ClassId("c"))
    creations = (
        room(leaf, inner),
        CreateRoom(DesiredRoom(inner, "", "", True, 0, False, (WHOLE,), frozenset(), {}), {}),
        room(WHOLE),
    )
    links = (LinkChild(inner, leaf), LinkChild(WHOLE, inner), LinkParent(WHOLE, A))
    outcome = await run(notebook, Plan((), (*links, *creations, AddMember(leaf, ANNA))), concurrency=4)
    assert outcome.complete
    assert notebook.done[:3] == [
        ("create_room", WHOLE),
        ("create_room", inner, "!new-school"),
        ("create_room", leaf, "!new-class_space"),
    ]
    assert ("link_child", "!new-class_space", "!new-class") in notebook.done
    assert ("link_parent", "!new-school", "!a") in notebook.done
    assert outcome.rooms == {**ROOMS, WHOLE: "!new-school", inner: "!new-class_space", leaf: "!new-class"}


async def test_steps_of_one_room_keep_their_order() -> None:
    notebook = Notebook()
    levels = SetPowerLevels(ROOMS[A], A, {})
    plan = Plan((), (SetState(A, ROOMS[A], "m.room.name", "", {}), levels, AddMember(A, ANNA)))
    await run(notebook, plan, concurrency=8)
    assert [call[0] for call in notebook.done] == ["set_state", "set_state", "add_member"]
    assert notebook.done[1][2] == "m.room.power_levels"
    assert notebook.most_under_way == 1


async def test_names_are_written_before_their_people_come_in() -> None:
    notebook = Notebook()
    await run(notebook, Plan((), (AddMember(A, ANNA), SetDisplayName(ANNA, "Анна"))))
    assert notebook.order(("set_display_name", ANNA, "Анна"), ("add_member", "!a", ANNA))


@pytest.mark.parametrize("concurrency", [1, 3])
async def test_no_more_requests_are_under_way_than_allowed(concurrency: int) -> None:
    notebook = Notebook()
    keys = [RoomKey("class", SCHOOL, ClassId(str(number))) for number in range(10)]
    await run(notebook, Plan((), tuple(room(key) for key in keys)), concurrency)
    assert notebook.most_under_way == concurrency


@pytest.mark.parametrize(
    ("step", "call"),
    [
        (LockAccount(ANNA), ("lock", ANNA)),
        (DeactivateAccount(ANNA), ("deactivate", ANNA)),
        (RemoveMember(ROOMS[A], A, ANNA), ("remove_member", "!a", ANNA)),
    ],
)
@pytest.mark.parametrize("error", [TemporaryError("away"), PermanentError("no", "M_FORBIDDEN")])
async def test_who_could_not_be_put_out_gets_nothing_and_others_get_theirs(
    step: Any, call: tuple[Any, ...], error: Exception
) -> None:
    notebook = Notebook(fails=(call, error))
    grants = (AddMember(B, ANNA), UnlockAccount(ANNA), SetDisplayName(ANNA, ""), AddMember(B, IVAN))
    outcome = await run(notebook, Plan((step,), grants))
    assert notebook.done == [("add_member", "!b", IVAN)]
    assert set(outcome.delayed) == set(grants[:3])
    (failure,) = outcome.failures
    assert failure.step == step
    assert failure.temporary is isinstance(error, TemporaryError)
    assert not outcome.complete


async def test_a_room_that_could_not_be_lowered_gets_nothing_and_others_get_theirs() -> None:
    low: dict[str, Any] = {"users": {}}
    call = ("set_state", "!a", "m.room.power_levels", "", low)
    notebook = Notebook(fails=(call, TemporaryError("away")))
    grants = (
        AddMember(A, ANNA),
        SetPowerLevels(ROOMS[A], A, {"users": {ANNA: 100}}),
        SetState(A, ROOMS[A], "m.room.name", "", {}),
        AddMember(B, ANNA),
    )
    outcome = await run(notebook, Plan((SetPowerLevels(ROOMS[A], A, low),), grants))
    assert notebook.done == [("add_member", "!b", ANNA)]
    assert outcome.delayed == grants[:3]


async def test_a_failed_grant_delays_nothing_but_what_needs_it() -> None:
    missing = RoomKey("class", SCHOOL, ClassId("c"))
    notebook = Notebook(fails=(("create_room", missing), PermanentError("no", "M_UNKNOWN")))
    grants = (
        room(missing),
        LinkChild(SPACE, missing),
        AddMember(missing, ANNA),
        SetState(missing, None, "m.room.topic", "", {}),
        AddMember(A, ANNA),
    )
    outcome = await run(notebook, Plan((), grants))
    assert notebook.done == [("add_member", "!a", ANNA)]
    assert len(outcome.failures) == 1
    assert all(step in outcome.delayed for step in grants[1:4])
    assert len(outcome.delayed) == 3


async def test_an_unforeseen_error_is_not_swallowed() -> None:
    notebook = Notebook(fails=(("add_member", "!a", ANNA), ZeroDivisionError()))
    with pytest.raises(ExceptionGroup):
        await run(notebook, Plan((), (AddMember(A, ANNA),)))
