"""Every form that a cron expression of EventBridge Scheduler may have, for property tests."""

from hypothesis import strategies as st

MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]


def numeric_fields(
    low: int, high: int, words: list[str] | None = None, *, wraps: bool = True
) -> st.SearchStrategy[str]:
    number = st.integers(low, high).map(str)
    if words:
        number |= st.sampled_from([*words, *(word.lower() for word in words)])
    spans = st.tuples(number, number)
    if not wraps:
        spans = spans.map(lambda span: tuple(sorted(span)))
    step = st.integers(1, high - low + 1).map(lambda n: f"/{n}")
    item = st.one_of(
        st.just("*"),
        number,
        spans.map("-".join),
        st.tuples(st.one_of(st.just("*"), number, spans.map("-".join)), step).map("".join),
    )
    return st.lists(item, min_size=1, max_size=3).map(",".join)


DAY_OF_MONTH = st.one_of(
    numeric_fields(1, 31),
    st.sampled_from(["L", "LW"]),
    st.integers(1, 30).map(lambda n: f"L-{n}"),
    st.integers(1, 31).map(lambda n: f"{n}W"),
)
WEEKDAY = st.one_of(st.integers(1, 7).map(str), st.sampled_from(DAYS))
DAY_OF_WEEK = st.one_of(
    numeric_fields(1, 7, DAYS),
    st.just("L"),
    WEEKDAY.map(lambda day: f"{day}L"),
    st.tuples(WEEKDAY, st.integers(1, 5)).map(lambda pair: f"{pair[0]}#{pair[1]}"),
)
EXPRESSIONS = st.tuples(
    numeric_fields(0, 59),
    numeric_fields(0, 23),
    st.one_of(st.tuples(DAY_OF_MONTH, st.just("?")), st.tuples(st.just("?"), DAY_OF_WEEK)),
    numeric_fields(1, 12, MONTHS),
    st.one_of(st.just("*"), numeric_fields(1970, 2199, wraps=False)),
).map(lambda parts: f"{parts[0]} {parts[1]} {parts[2][0]} {parts[3]} {parts[2][1]} {parts[4]}")
