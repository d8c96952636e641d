import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components.iam_policies import allow, policy_document
from components.statement_union import Statement, united
from rehearsal.permissions.permissions import AwsCall, judge
from rehearsal.permissions.policy_documents import PolicyDocument

READ = allow("Read", ["s3:GetObject"], ["arn:aws:s3:::b/a/*"])
LISTS = allow("List1", ["s3:ListBucket"], "arn:aws:s3:::b", {"StringLike": {"s3:prefix": ["a/*"]}})


def changed(statement: Statement, **members: object) -> Statement:
    return copy.deepcopy(statement) | members


def test_one_list_stays_as_it_is_even_where_two_of_its_statements_could_be_one() -> None:
    statements = [READ, changed(READ, Sid="ReadMore", Resource=["arn:aws:s3:::b/b/*"])]

    assert united([statements]) == statements


def test_what_is_said_again_adds_nothing() -> None:
    assert united([[READ, LISTS], [LISTS], [READ]]) == [READ, LISTS]


def test_further_resources_join_the_statement_that_is_the_same_otherwise() -> None:
    other = changed(READ, Sid="Other", Resource="arn:aws:s3:::b/b/*")

    assert united([[READ], [other]]) == [changed(READ, Resource=["arn:aws:s3:::b/a/*", "arn:aws:s3:::b/b/*"])]


def test_further_values_of_the_one_key_join_the_condition() -> None:
    other = changed(LISTS, Condition={"StringLike": {"s3:prefix": ["b/*"]}})

    assert united([[LISTS], [other]]) == [changed(LISTS, Condition={"StringLike": {"s3:prefix": ["a/*", "b/*"]}})]


def test_conditions_on_several_keys_stay_apart_so_that_no_pair_of_their_values_is_allowed_anew() -> None:
    small: dict[str, Any] = {"StringEquals": {"k:type": "small"}, "NumericLessThanEquals": {"k:seconds": "9"}}
    large = {"StringEquals": {"k:type": "large"}, "NumericLessThanEquals": {"k:seconds": "1"}}
    statements = [allow("Start", ["a:Start"], "*", condition) for condition in (small, large)]

    assert united([[each] for each in statements]) == [statements[0], changed(statements[1], Sid="Start2")]


def test_a_statement_that_stays_apart_has_an_id_of_its_own_whatever_number_its_id_ends_with() -> None:
    elsewhere = changed(LISTS, Resource="arn:aws:s3:::c", Condition={"StringLike": {"s3:prefix": ["c/*"]}})

    assert [each["Sid"] for each in united([[LISTS, changed(READ, Sid="List2")], [elsewhere]])] == [
        "List1",
        "List2",
        "List3",
    ]


def test_what_is_given_is_not_changed() -> None:
    before = copy.deepcopy([[READ], [changed(READ, Resource=["arn:aws:s3:::b/b/*"])]])
    given_lists = copy.deepcopy(before)

    united(given_lists)

    assert given_lists == before


RESOURCES, KEYS, VALUES = ("arn:aws:s3:::b", "arn:aws:s3:::c"), ("k:one", "k:two"), ("x", "y")
CONDITIONS = st.none() | st.dictionaries(
    st.sampled_from(["StringEquals", "StringLike"]),
    st.dictionaries(
        st.sampled_from(KEYS), st.lists(st.sampled_from(VALUES), min_size=1, unique=True), min_size=1, max_size=2
    ),
    min_size=1,
    max_size=2,
)
STATEMENTS = st.builds(
    allow,
    st.sampled_from(["A", "B1", "B2"]),
    st.sampled_from([["a:Do"], ["a:Do", "a:See"]]),
    st.sampled_from([*RESOURCES, [RESOURCES[0]], list(RESOURCES)]),
    CONDITIONS,
)


def own_ids(statements: list[Statement]) -> list[Statement]:
    return [each | {"Sid": f"S{chr(ord('a') + number)}"} for number, each in enumerate(statements)]


def allows(statements: list[Statement], call: AwsCall) -> bool:
    return judge(call, [PolicyDocument.parse("p", policy_document(statements))]).allowed if statements else False


@given(st.lists(st.lists(STATEMENTS, max_size=3).map(own_ids), min_size=1, max_size=3))
def test_the_union_allows_what_one_of_the_lists_allows_and_nothing_else(lists: list[list[Statement]]) -> None:
    union = united(lists)

    assert len({each["Sid"] for each in union}) == len(union)
    for action in ("a:Do", "a:See", "a:Other"):
        for resource in RESOURCES:
            for one in (None, *VALUES):
                for two in (None, *VALUES):
                    context = {key: value for key, value in zip(KEYS, (one, two), strict=True) if value}
                    call = AwsCall(action, resource, "a test", context)
                    assert allows(union, call) is any(allows(each, call) for each in lists)
