"""Estimators and what they were judged to be, for the tests of pictures."""

from __future__ import annotations

import numpy
import pandas
from sklearn.ensemble import RandomForestClassifier

from data.tables import Table
from judging.evaluation import Evaluation, evaluate


def table_of_classes(classes: int, features: int = 4) -> Table:
    """24 rows of each class, of which one feature tells something."""
    generator = numpy.random.default_rng(0)
    places = numpy.arange(classes * 24) % classes
    numbers = generator.normal(size=(len(places), features)).astype("float32")
    numbers[:, 0] += places
    names = [f"feature number {place}" for place in range(features)]
    target = numpy.array([f"class-{place:02d}" for place in places])
    return Table(pandas.DataFrame(numbers, columns=names), target)


def verdict_of_classes(classes: int) -> Evaluation:
    """Of a small forest that is asked about the rows that it was grown from, and gets some wrong."""
    table = table_of_classes(classes)
    forest = RandomForestClassifier(n_estimators=5, max_depth=3, random_state=0).fit(table.features, table.target)
    return evaluate(forest, table)
