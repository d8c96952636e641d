"""The target column: classes as whole numbers or words, or the numbers of a regression."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy
import pyarrow
from numpy.typing import NDArray

from data import csv_numbers
from data.data_file import DataFile
from failure import TrainingError, shown

_MANY = 50
"""So many different numbers are rarely names of classes."""
_CODE = re.compile(r"[+-]?0\d+")


def words_of(files: Sequence[DataFile], column: str) -> tuple[NDArray[Any], list[str]]:
    """A column of words: for each row the word's number (-1 where it is missing), and the words."""
    pieces = pyarrow.chunked_array([chunk for each in files for chunk in each.take(column)])
    encoded = pieces.unify_dictionaries().combine_chunks()
    encoded = encoded if isinstance(encoded, pyarrow.DictionaryArray) else encoded.chunk(0)
    numbers: NDArray[Any] = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return numbers, [str(each) for each in encoded.dictionary.to_pylist()]


def distinct_words(files: Sequence[DataFile], column: str) -> list[str]:
    """The different words of a column, which stays in the files; a missing one is none."""
    chunks = [chunk for each in files for chunk in each.chunks[column]]
    known = pyarrow.chunked_array([chunk.dictionary for chunk in chunks], pyarrow.string()).unique()
    return [str(each) for each in known.to_pylist()]


def count_words(files: Sequence[DataFile], column: str) -> int:
    """How many words a column has, a missing one included; the column stays in the files."""
    return len(distinct_words(files, column)) + any(each.missing(column) for each in files)


def numbers_of(files: Sequence[DataFile], column: str, rows: int, kind: str) -> NDArray[Any]:
    """A column of numbers, NaN where they are missing."""
    values = numpy.empty(rows, dtype=kind)
    start = 0
    for file in files:
        for chunk in file.take(column):
            values[start : start + len(chunk)] = chunk.to_numpy(zero_copy_only=False)
            start += len(chunk)
    return values


def classes_of(files: Sequence[DataFile], target: str) -> NDArray[Any]:
    """The target of a classification: whole numbers when every label in the files is one, else text."""
    places, words = words_of(files, target)
    labels: NDArray[Any] = numpy.asarray(_values(words, target))
    chosen: NDArray[Any] = labels[places]
    return chosen


def coded(target: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The classes in order, and for each row the place of its own among them.

    Arrow finds them without sorting all rows, as `numpy.unique` does; the places have so few bits that whoever sorts
    them, as scikit-learn does to hold rows out, only counts.
    """
    encoded = pyarrow.array(target).dictionary_encode()
    classes = encoded.dictionary.to_numpy(zero_copy_only=False).astype(target.dtype)
    order = numpy.argsort(classes)
    places = numpy.empty(len(classes), dtype=numpy.min_scalar_type(len(classes)))
    places[order] = numpy.arange(len(classes))
    return classes[order], places[encoded.indices.to_numpy()]


def counted(target: NDArray[Any]) -> tuple[NDArray[Any], NDArray[numpy.intp]]:
    """The classes in order, and the rows of each."""
    classes, codes = coded(target)
    return classes, numpy.bincount(codes)


def check_classes(target: NDArray[Any], channel: str) -> None:
    """Raise a TrainingError when there are fewer than two classes."""
    classes, _ = counted(target)
    if len(classes) < 2:
        raise TrainingError(
            f"channel {channel}: all {len(target)} rows are of one class, {shown(classes[0])}; "
            f"a classifier needs at least two: add rows of another class"
        )


def same_classes(target: NDArray[Any], training: NDArray[Any], column: str) -> NDArray[Any]:
    """`target` of the validation channel in the type of `training`'s labels.

    Raises:
        TrainingError: for a class that training never saw.
    """
    target = _as_words(target, training)
    if training.dtype.kind == "U":
        target = target.astype(str)
    known = set(counted(training)[0].tolist())
    unknown = [each for each in sorted(set(target.tolist()), key=str) if each not in known]
    if unknown:
        named, listed = (", ".join(map(shown, each)) for each in (unknown[:5], sorted(known)[:20]))
        raise TrainingError(
            f"channel validation: target column {column!r} holds the class {named}, which training does not; known are "
            f"{listed}: add training rows of that class, or drop the rows"
        )
    check_classes(target, "validation")
    return target


def hint_at_regression(classes: Sequence[Any] | NDArray[Any]) -> str:
    """What cures a target that was measured; "" where the classes do not look so."""
    numbers = all(csv_numbers.is_number(str(each)) for each in classes)
    return "; where the target is measured, set task to regression" if len(classes) > _MANY and numbers else ""


def _as_words(target: NDArray[Any], training: NDArray[Any]) -> NDArray[Any]:
    """Labels as words, where some of those of training are: numbers among them as training writes them."""
    if training.dtype.kind != "U" or target.dtype.kind == "U":
        return target
    written = {float(word): word for word in counted(training)[0].tolist() if _is_plain_number(word)}
    return numpy.array([written.get(float(label), str(label)) for label in target.tolist()], dtype=str)


def _is_plain_number(word: str) -> bool:
    """Whether a label is a number, and no code such as 01, which is not the label 1."""
    return csv_numbers.is_number(word) and not _CODE.fullmatch(word.strip())


def _values(words: Sequence[str], target: str) -> list[int] | list[str]:
    if not all(map(_is_plain_number, words)):
        return list(words)
    numbers = [float(each) for each in words]
    for word, number in zip(words, numbers, strict=True):
        if not number.is_integer():
            raise TrainingError(
                f"target column {target!r}: holds {shown(word)}, but a classifier needs classes, whole numbers or "
                f"words; set task to regression, put the values into classes, or set the hyperparameter target_column"
            )
    # Greater ones are identifiers, and floating point would make one of two.
    return [int(each) for each in numbers] if all(abs(each) < 2**53 for each in numbers) else list(words)
