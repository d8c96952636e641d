"""The usual sample script: pandas with the python engine, the estimator's defaults, joblib.dump."""

from sklearn.ensemble import RandomForestClassifier
from steps import hyperparameters, judge_and_save, read

training, validation = read("TRAINING", engine="python"), read("VALIDATION", engine="python")
model = RandomForestClassifier(**hyperparameters()).fit(*training)
judge_and_save(model, *validation)
