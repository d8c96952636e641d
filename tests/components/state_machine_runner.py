"""Runs a state machine of the Amazon States Language in JSONata: the states that the alarms use, AWS being a function.

Source: Amazon States Language specification. What it does not say of, such as an undefined result, is an error here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import jsonata

Json: TypeAlias = Any
Call = tuple[str, Json]


class AwsError(Exception):
    """What a service answers instead of a result, by the name that a Catch names."""


@dataclass
class Run:
    """How an execution went."""

    calls: list[Call] = field(default_factory=list)
    waited: list[int] = field(default_factory=list)
    visited: list[str] = field(default_factory=list)

    def of(self, action: str) -> list[Any]:
        return [arguments for name, arguments in self.calls if name == action]


@dataclass
class StateMachine:
    """A definition, and what its tasks are answered: `answer(action, arguments)`."""

    definition: Mapping[str, Any]
    answer: Callable[[str, Any], Any]

    def run(self, given: Json) -> Run:
        run = Run()
        self._states(self.definition, given, {}, run)
        return run

    def _states(self, scope: Mapping[str, Any], given: Json, variables: dict[str, Any], run: Run) -> Json:
        name = scope["StartAt"]
        while True:
            run.visited.append(name)
            state = scope["States"][name]
            following, given = getattr(self, f"_{state['Type'].lower()}")(state, given, variables, run)
            if following is None:
                return given
            name = following

    def _succeed(self, state: Json, given: Json, variables: dict[str, Any], run: Run) -> tuple[None, Any]:
        return None, given

    def _choice(self, state: Json, given: Json, variables: dict[str, Any], run: Run) -> tuple[str, Json]:
        for choice in state["Choices"]:
            is_true = evaluated(choice["Condition"], variables, input=given)
            assert isinstance(is_true, bool), choice
            if is_true:
                return choice["Next"], given
        return state["Default"], given

    def _wait(self, state: Json, given: Json, variables: dict[str, Any], run: Run) -> tuple[str, Json]:
        run.waited.append(evaluated(state["Seconds"], variables, input=given))
        variables |= evaluated(state.get("Assign", {}), dict(variables), input=given)
        return state["Next"], given

    def _map(self, state: Json, given: Json, variables: dict[str, Any], run: Run) -> tuple[str, Json]:
        items = evaluated(state["Items"], variables, input=given)
        assert isinstance(items, list), items
        results = [self._states(state["ItemProcessor"], item, dict(variables), run) for item in items]
        variables |= evaluated(state["Assign"], dict(variables), input=given, result=results)
        return state["Next"], results

    def _task(self, state: Json, given: Json, variables: dict[str, Any], run: Run) -> tuple[str | None, Any]:
        action = state["Resource"].rpartition("aws-sdk:")[2]
        arguments = evaluated(state["Arguments"], variables, input=given)
        run.calls.append((action, arguments))
        try:
            result = self.answer(action, arguments)
        except AwsError as error:
            (following,) = [each["Next"] for each in state["Catch"] if str(error) in each["ErrorEquals"]]
            return following, given
        variables |= evaluated(state.get("Assign", {}), dict(variables), input=given, result=result)
        output = evaluated(state["Output"], variables, input=given, result=result) if "Output" in state else result
        return state.get("Next"), output


def evaluated(value: Json, variables: Mapping[str, Any], **states: Json) -> Json:
    """A value with its expressions, `{% … %}`, evaluated."""
    if isinstance(value, dict):
        return {name: evaluated(part, variables, **states) for name, part in value.items()}
    if isinstance(value, list):
        return [evaluated(part, variables, **states) for part in value]
    if not (isinstance(value, str) and value.startswith("{%")):
        return value
    expression = jsonata.Jsonata(value.removeprefix("{%").removesuffix("%}"))
    frame = expression.create_frame()
    for name, part in {**variables, "states": states}.items():
        frame.bind(name, part)
    result = expression.evaluate(None, frame)
    assert result is not None, f"{value} is undefined"
    return result
