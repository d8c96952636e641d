"""Which pictures there are of a run: they show what single numbers tell badly, and each has its numbers beside it.

Of a classification: `confusion_matrix`, `roc_curve_plot`, `precision_recall_curve_plot`, `calibration_curve_plot`; of a
regression: `predicted_and_actual`, `residuals`; of both: `permutation_importance`, and of a forest `loss_by_trees`.
"""

from __future__ import annotations

from pathlib import Path

import numpy

from judging import confusion, curve_pictures, study_pictures, value_pictures
from judging.drawing import LeftOut, Picture
from judging.evaluation import Evaluation
from judging.study import Study
from progress import say


def of_run(verdict: Evaluation, study: Study, target: str) -> list[Picture | LeftOut]:
    """The pictures of an evaluated and studied estimator, not yet drawn, and those that are left out.

    `target` is the name of the column that was learnt.
    """
    if verdict.predictions:
        made: list[Picture | LeftOut] = [
            value_pictures.predicted_and_actual(verdict.predictions, target),
            value_pictures.residuals(verdict.predictions, target),
        ]
    else:
        matrix = confusion.picture(verdict.labels, numpy.asarray(verdict.confusion))
        made = [matrix, *curve_pictures.of_classes(verdict)]
    return made + of_study(study)


def of_study(study: Study) -> list[Picture | LeftOut]:
    """The pictures of what an estimator has learnt, and those that are left out."""
    features, size = study.importance, study.learning
    made: list[Picture | LeftOut] = [
        LeftOut(study_pictures.IMPORTANCE, features)
        if isinstance(features, str)
        else study_pictures.importance(features)
    ]
    if isinstance(size, str):
        made.append(LeftOut(study_pictures.LEARNING, size))
    elif size:
        made.append(study_pictures.learning(size))
    return made


def write(made: list[Picture | LeftOut], directory: Path, *, draws: bool = True) -> list[Path]:
    """Write the pictures and their numbers into `directory` and name the files; the log names what is left out.

    Without `draws` there are the numbers only.
    """
    paths: list[Path] = []
    for each in made:
        if isinstance(each, LeftOut):
            say(f"no picture {each.name}.png: {each.reason}")
        else:
            paths += [*([each.write(directory)] if draws else []), each.write_numbers(directory)]
    return paths
