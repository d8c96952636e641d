"""Jobs, outputs and requests that are told or given something wrong, each in one place."""

from __future__ import annotations

import gzip
import io
import lzma
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow
import pyarrow.parquet

GOOD = "a,b,target\n" + "".join(f"{i},{i / 2},{i % 2}\n" for i in range(12))
WORDS = "town,b,target\n" + "".join(f"{('lake', 'hill', 'city')[i % 3]},{i / 2},{i % 2}\n" for i in range(12))
LATIN = WORDS.replace("lake", "Übersee").encode("cp1252")
EUROPEAN = 'a,target\n"1.234,5",0\n"2.345,5",1\n'
COMMAS = "a,b,target\n" + "".join(f"{i},5,{i},{i % 2}\n" for i in range(12))
NAMELESS = "a,target,\n" + "".join(f"{i},{i % 2},{'see below' if i > 250 else ''}\n" for i in range(300))
LATE = "a;target\n" + "".join(f"{i if i < 250 else f'1.{i}'};{i % 2}\n" for i in range(300))
TRUTH = "a,target\n" + "true,0\nfalse,1\n" * 6
IDS = "id,sold,target\n" + "".join(f"c-{i},2026-01-{i + 1:02},{i % 2}\n" for i in range(12))
CLOCK = "at,target\n" + "".join(f"{i}:30,{i % 2}\n" for i in range(12))
AFTER = "a,b,target\n" + "".join(f"{i},{i},{int(i > 9)}\n" for i in range(12))
HIVE = {f"year={year}/x.csv": GOOD for year in (2025, 2026)}
HEADERLESS = ["--header", "none", "--target_column", "-1"]
MISSING, LOGISTIC = "--missing_values", "sklearn.linear_model.LogisticRegression"
SGD, HISTOGRAM = "sklearn.linear_model.SGDClassifier", "sklearn.ensemble.HistGradientBoostingRegressor"


@dataclass(frozen=True)
class Case:
    """A job that is told or given something wrong, in one place."""

    what: str
    files: Mapping[str, str | bytes] = field(default_factory=lambda: {"x.csv": GOOD})
    told: Sequence[str] = ()
    validation: Mapping[str, str | bytes] | None = None
    without: str = ""
    environ: Mapping[str, str] = field(default_factory=dict)


def parquet(**columns: Sequence[object]) -> bytes:
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(dict(columns)), buffer)
    return buffer.getvalue()


def rows(*lines: str) -> dict[str, str]:
    return {"x.csv": GOOD + "".join(f"{line}\n" for line in lines)}


NEIGHBOURS = "sklearn.neighbors.KNeighborsRegressor"
FOREST, BOOSTING = "sklearn.ensemble.RandomForestClassifier", "sklearn.ensemble.GradientBoostingRegressor"
DATA = [
    Case("a channel without files", {}),
    Case("a channel of marks only", {"_SUCCESS": "", ".part-0.csv.crc": "?", "part-0.csv": ""}),
    Case("files of another kind", {"x.csv": GOOD, "notes.md": "?", "y.json": "[]"}),
    Case("an Excel workbook", {"x.xlsx": b"PK\x03\x04"}),
    Case("an old Excel workbook", {"x.csv": b"\xd0\xcf\x11\xe0"}),
    Case("a file packed with xz", {"x.csv.xz": lzma.compress(GOOD.encode())}),
    Case("an ORC file", {"part-0": b"ORC"}),
    Case("an Avro file", {"part-0": b"Obj\x01"}),
    Case("JSON without a suffix", {"part-0": '{"a": 1, "target": 0}\n{"a": 2, "target": 1}\n'}),
    Case("packed JSON", {"part-0.gz": gzip.compress(b'[{"a": 1, "target": 0}]')}),
    Case("a page that tells of an error", {"x.csv": "<!DOCTYPE html>\n<html></html>\n"}),
    Case("a tar archive", {"x.csv": b"x".ljust(257, b"\0") + b"ustar"}),
    Case("an SQLite database", {"x": b"SQLite format 3\0"}),
    Case("a SAS data set", {"x": b"\0" * 12 + b"\xc2\xea\x81\x60"}),
    Case("an SPSS file", {"x.csv": "$FL2@(#) SPSS DATA FILE"}),
    Case("a Stata file", {"x.csv": "<stata_dta><header>"}),
    Case("an R object", {"x.csv": gzip.compress(b"X\n\0\0\0\3")}),
    Case("an ARFF file", {"x.csv": "@relation x\n@attribute a numeric\n"}),
    Case("a LibSVM file", {"x": "1 1:0.5 2:0.3\n0 1:0.7\n"}),
    Case("a pointer of Git LFS", {"x.csv": "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"}),
    Case("Parquet that was packed once more", {"x.parquet.gz": gzip.compress(b"PAR1")}),
    Case("an encrypted Parquet file", {"x.parquet": b"PARE"}),
    Case("an Arrow file", {"x.arrow": b"ARROW1"}),
    Case("a pickle", {"x.pkl": b"\x80\x04\x95"}),
    Case("a NumPy file", {"x.npy": b"\x93NUMPY"}),
    Case("an empty file", {"x.csv": ""}),
    Case("a header and no rows", {"x.csv": "a,b,target\n"}),
    Case("no target column", {"x.csv": GOOD.replace("target", "Target")}),
    Case("no feature", {"x.csv": "target\n0\n1\n"}),
    Case("a column name that stands twice", {"x.csv": GOOD.replace("b,", "a,", 1)}),
    Case("a column without a name", {"x.csv": GOOD.replace("b,", ",", 1)}),
    Case("a title above the header", {"x.csv": "Sales,,\nof November,,\n" + GOOD}),
    Case("a total below the rows", {"x.csv": GOOD + "Total,9,\n"}),
    Case("a note below the rows", {"x.csv": GOOD + "\n(6 rows)\n"}),
    Case("another file with other columns", {"x.csv": GOOD, "y.csv": GOOD.replace("b,", "c,", 1)}),
    Case("a word among numbers", rows("1,large,0")),
    Case("a decimal comma", rows('1,"2,5",0')),
    Case("a thousands separator", rows("1_000,2,0")),
    Case("a hexadecimal number", rows("0x10,2,0")),
    Case("a word that says true", rows("True,2,0")),
    Case("a word for what is no number", rows("NAN,2,0")),
    Case("a quote that is never closed", rows('1,"2,0', "1,2,0")),
    Case("a field too few", rows("1,2", "1,2,0")),
    Case("a field too many", rows("1,2,0,7", "1,2,0")),
    Case("a file cut in the middle of a line", {"x.csv": GOOD[:-4]}),
    Case("a number that a comma parts in every row", {"x.csv": COMMAS}),
    Case("a value in a column without a name", {"x.csv": NAMELESS}),
    Case("thousands or decimals after many whole numbers", {"x.csv": LATE}),
    Case("percentages among other numbers", {"x.csv": GOOD.replace("5,", "5%,")}),
    Case("a file that is not UTF-8", {"x.csv": GOOD.replace("b,", "größe,", 1).encode("latin-1")}),
    Case("a gzip file that was cut off", {"x.csv.gz": gzip.compress(GOOD.encode())[:-20]}),
    Case("a zstd file that was cut off", {"x": pyarrow.compress(GOOD.encode() * 99, "zstd", asbytes=True)[:-9]}),
    Case("a Windows-1252 file", {"x.csv": WORDS.replace("lake", "Übersee").encode("cp1252")}),
    Case("a Windows-1252 file, said to be UTF-8", {"x.csv": LATIN}, ["--csv_encoding", "utf-8"]),
    Case("bytes that are not in the encoding that was said", {"x.csv": LATIN}, ["--csv_encoding", "ascii"]),
    Case("numbers that may be thousands or decimals", {"x.csv": "a;target\n1.234;0\n2.345;1\n"}),
    Case("quoted numbers that may be thousands or decimals", {"x.csv": 'a,target\n"1,234",0\n"2,345",1\n'}),
    Case("columns that two delimiters part", {"x.csv": "1,5;2,5;0\n2,5;3,5;1\n"}, HEADERLESS),
    Case("another delimiter than the one that was said", told=["--csv_delimiter", "semicolon"]),
    Case("another decimal mark than the one that was said", told=["--csv_decimal", ","]),
    Case("a comment that was not said to be one", {"x.csv": "# exported\n" + GOOD}),
    Case("a column with other thousands than was said", {"x.csv": EUROPEAN}, ["--csv_thousands", ","]),
    Case("a word in a later file of numbers", {"x.csv": GOOD, "y.csv": GOOD.replace("1.5", "much")}),
    Case("several words among numbers", rows("-,2,0", "?,2,1", "none yet,3,0")),
    Case("a word in a validation channel's numbers", validation={"v.csv": "a,b,target\n1,2,0\nmany,2,1\n"}),
    Case("a word among true and false", {"x.csv": TRUTH + "maybe,1\n"}, ["--categorical_columns", "none"]),
    Case("words, where none may be categories", {"x.csv": WORDS}, ["--categorical_columns", "none"]),
    Case("nothing but identifiers and dates", {"x.csv": IDS}),
    Case("nothing but a column without values", {"x.csv": "a,target\n" + ",0\n,1\n" * 6}),
    Case("a column to keep that is not there", told=["--feature_columns", "a,bb"]),
    Case("a pattern that fits no column", told=["--feature_columns", "size_*"]),
    Case("a column to drop that is not there", told=["--drop_columns", "c"]),
    Case("every column dropped", told=["--drop_columns", "a,b"]),
    Case("missing values in features, where none may be", rows("1,,0", ",NA,0", "nan,2,1"), [MISSING, "error"]),
    Case("missing values for an estimator that takes none", rows("1,,0"), ["--estimator", LOGISTIC]),
    Case("a missing target", rows("1,2,")),
    Case("a number beyond 32 bits", rows("1,1e39,0")),
    Case("an infinite number", rows("-inf,2,0")),
    Case("one class only", {"x.csv": "a,target\n1,7\n2,7\n"}),
    Case("classes of one row each", {"x.csv": "a,target\n1,0\n2,1\n3,2\n"}),
    Case("numbers to predict, as classes", rows("1,2,0.35")),
    Case(
        "too few rows for the hold-out", {"x.csv": "a,target\n1,0\n2,1\n3,0\n4,1\n"}, ["--validation_fraction", "0.1"]
    ),
    Case("a class that only validation has", validation={"v.csv": "a,b,target\n1,2,0\n1,2,5\n"}),
    Case("a validation channel without the target", validation={"v.csv": "a,b\n1,2\n"}),
    Case("a validation channel of one class", validation={"v.csv": "a,b,target\n1,2,0\n"}),
    Case("a damaged Parquet file", {"x.parquet": b"PAR1 and no more"}),
    Case("words in a Parquet column", {"x.parquet": parquet(a=["x", "y"], target=[0, 1])}),
    Case("lists in a Parquet column", {"x.parquet": parquet(a=[[1], [2]], target=[0, 1])}),
    Case("NaN as a label", {"x.parquet": parquet(a=[1.0, 2.0, 3.0], target=[0.0, 1.0, float("nan")])}),
    Case("a missing value in Parquet", {"x.parquet": parquet(a=[1.0, None], target=[0, 1])}),
    Case("a word as a weight", rows("1,heavy,0"), ["--weight_column", "b"]),
    Case("a weight below zero", rows("1,-2,0"), ["--weight_column", "b"]),
    Case("weights that are all zero", {"x.csv": "a,w,target\n1,0,0\n2,0,1\n"}, ["--weight_column", "w"]),
    Case("a weight column that is not there", told=["--weight_column", "weight"]),
    Case("a categorical column that is not there", told=["--categorical_columns", "a,c"]),
    Case("a date column that is not there", told=["--date_columns", "c"]),
    Case("a date column that holds words", {"x.csv": WORDS}, ["--date_columns", "town"]),
    Case("a date column with one word in it", {"x.csv": IDS.replace("2026-01-05", "soon")}, ["--date_columns", "sold"]),
    Case("dates in another form than told", {"x.csv": IDS}, ["--date_columns", "sold", "--date_format", "%d.%m.%Y"]),
    Case("days that may be months", {"x.csv": "when,target\n03/04/2026,0\n05/06/2026,1\n"}, ["--date_columns", "when"]),
    Case("parts that times of day do not have", {"x.csv": CLOCK}, ["--date_columns", "at", "--date_parts", "year"]),
    Case("a part of a date that there is not", told=["--date_parts", "week"]),
    Case("a form of dates that is none", told=["--date_format", "dd.mm.yyyy"]),
    Case("a column to split by that is not there", told=["--split_by_time", "when"]),
    Case("no dates to split by", {"x.csv": WORDS}, ["--split_by_time", "town"]),
    Case("one time only to split by", {"x.csv": GOOD.replace(",0.0,", ",0.5,")[:26]}, ["--split_by_time", "b"]),
    Case("one group only to split by", {"x.csv": "who,a,target\n" + "x,1,0\nx,2,1\n" * 5}, ["--split_by_group", "who"]),
    Case("missing values to split by", {"x.csv": WORDS.replace("lake", "")}, ["--split_by_group", "town"]),
    Case("one class only before the others", {"x.csv": AFTER}, ["--split_by_time", "a"]),
    Case("a split by time and by group", told=["--split_by_time", "a", "--split_by_group", "b"]),
    Case("a split by the target", told=["--split_by_group", "target"]),
    Case(
        "a split beside a validation channel",
        told=["--split_by_time", "a"],
        environ={"SM_CHANNEL_VALIDATION": "/opt/ml/input/data/validation"},
    ),
    Case("a file in no directory of a partition", HIVE | {"x.csv": GOOD}, ["--partition_columns", "true"]),
    Case("a partition more", HIVE | {"year=2026/month=1/x.csv": GOOD}, ["--partition_columns", "true"]),
    Case(
        "a word for a partition's number",
        HIVE,
        ["--partition_columns", "true"],
        validation={"year=latest/x.csv": GOOD},
    ),
    Case("data checks that there are not", told=["--data_checks", "warn"]),
    Case("a word as the target of a regression", rows("1,2,much"), ["--task", "regression"]),
    Case("a position beyond the columns", told=["--header", "none", "--target_column", "9"]),
    Case("a header that was said not to be there", told=["--header", "none", "--target_column", "3"]),
    Case("more features for a split than there are", told=["--max_features", "3"]),
    Case(
        "negative numbers for an estimator that counts",
        rows("-1,2,0"),
        ["--estimator", "sklearn.naive_bayes.MultinomialNB", "--validation_fraction", "0.1"],
        validation={"v.csv": GOOD},
    ),
]
TOLD = [
    Case("an unknown hyperparameter", told=["--n_estimator", "100"]),
    Case("a number out of range", told=["--n_estimators", "0"]),
    Case("a fraction where a whole number is needed", told=["--max_depth", "2.5"]),
    Case("a word that is not allowed", told=["--criterion", "entropie"]),
    Case("a hyperparameter without a value", told=["--max_depth"]),
    Case("a hyperparameter given twice", told=["--max_depth", "1", "--max_depth", "2"]),
    Case("a value without a name", told=["5"]),
    Case("an encoding that there is not", told=["--csv_encoding", "utf-9"]),
    Case("a delimiter of two characters", told=["--csv_delimiter", "||"]),
    Case("a decimal mark that is none", told=["--csv_decimal", ";"]),
    Case("a comment of nothing", told=["--csv_comment", " "]),
    Case("a way of filling in that there is not", told=["--missing_values", "zero"]),
    Case("a fill value that is no number", told=["--fill_value", "none"]),
    Case("several mistakes at once", told=["--bootstrap", "1", "--n_jobs", "0"]),
    Case("an estimator of another package", told=["--estimator", "xgboost.XGBClassifier"]),
    Case("no estimator at all", told=["--estimator", ""]),
    Case("an expression for an estimator", told=["--estimator", "__import__('os').system('ls')"]),
    Case("an estimator without its module", told=["--estimator", "SVC"]),
    Case("an estimator that is misspelt", told=["--estimator", "sklearn.ensemble.RandomForrestClassifier"]),
    Case("a transformer as the estimator", told=["--estimator", "sklearn.preprocessing.StandardScaler"]),
    Case("an estimator made of others", told=["--estimator", "sklearn.ensemble.VotingClassifier"]),
    Case("an estimator's hyperparameter out of range", told=["--estimator", BOOSTING, "--learning_rate", "-1"]),
    Case("an estimator's hyperparameter of another type", told=["--estimator", BOOSTING, "--n_estimators", "many"]),
    Case("what the training code sets itself", told=["--warm_start", "true"]),
    Case("another task than the estimator's", told=["--estimator", BOOSTING, "--task", "classification"]),
    Case("weights for an estimator that takes none", told=["--estimator", NEIGHBOURS, "--weight_column", "w"]),
    Case("missing values kept for an estimator that takes none", told=["--estimator", LOGISTIC, MISSING, "keep"]),
    Case("passes for an estimator without them", told=["--partial_fit_epochs", "5"]),
    Case("a target by name where there is no header", told=["--header", "none"]),
    Case("a column by name where there is no header", told=[*HEADERLESS, "--drop_columns", "id"]),
    Case("the target as a category", told=["--categorical_columns", "target"]),
    Case("a weight that splits as well", told=["--weight_column", "a", "--split_by_time", "a"]),
    Case("a feature that is dropped", told=["--feature_columns", "a,b", "--drop_columns", "b"]),
    Case("no feature at all", told=["--feature_columns", "target"]),
    Case("every column dropped by a star", told=["--drop_columns", "*"]),
    Case("one mark for two things in numbers", told=["--csv_decimal", ".", "--csv_thousands", "."]),
    Case("a quote that parts the columns", told=["--csv_delimiter", '"']),
    Case("samples for trees that take none", told=["--bootstrap", "false", "--max_samples", "0.5"]),
    Case("a penalty that the solver does not have", told=["--estimator", LOGISTIC, "--penalty", "l1"]),
    Case(
        "weights of classes in passes over the rows",
        told=["--estimator", SGD, "--class_weight", "balanced", "--partial_fit_epochs", "2"],
    ),
    Case("a loss without what it needs", told=["--estimator", HISTOGRAM, "--loss", "quantile"]),
    Case("no training channel", without="SM_CHANNEL_TRAINING", environ={"SM_CHANNELS": '["train"]'}),
    Case("no tracking server", without="MLFLOW_TRACKING_URI"),
    Case("a scheduled time without a schedule", environ={"SCHEDULED_TIME": "2026-11-23T06:00:00Z"}),
]
TWO_HOSTS = {"SM_HOSTS": '["algo-1", "algo-2"]', "SM_CURRENT_HOST": "algo-1"}
SHARDED = '{"training": {"S3DistributionType": "ShardedByS3Key"}}'
HOSTS = [
    Case("an accelerator on several hosts", told=["--accelerator", "intelex"], environ=TWO_HOSTS),
    Case("an estimator that several hosts cannot share", told=["--estimator", BOOSTING], environ=TWO_HOSTS),
    Case("a channel of which each host has some objects", environ=TWO_HOSTS | {"SM_INPUT_DATA_CONFIG": SHARDED}),
    Case("a host that is none of the job's", environ=TWO_HOSTS | {"SM_CURRENT_HOST": "algo-3"}),
]
KEPT: list[tuple[str, Mapping[str, bytes], float]] = [
    ("a damaged output.tar.gz", {"unregistered/record.json": random.Random(1).randbytes(50_000)}, 0.5),
    ("an output without a record", {"something": b"else"}, 1),
    ("a model that is kept without a record", {"unrecorded/model.joblib": b"a model"}, 1),
]
REQUESTS = [
    ("another content type", "<a/>", "text/xml"),
    ("an empty body", "", "text/csv"),
    ("a header and no rows", "a,b\n", "text/csv"),
    ("a word among numbers", "1,x\n", "text/csv"),
    ("rows of several lengths", "1,2\n3\n", "text/csv"),
    ("what is not JSON", "{", "application/json"),
    ("a feature too many", "[[1, 2, 3]]", "application/json"),
    ("a feature that is not there", '[{"a": 1}]', "application/json"),
    ("an unknown feature", '[{"a": 1, "b": 2, "c": 3}]', "application/json"),
    ("a missing value", "[[1, null]]", "application/json"),
]
