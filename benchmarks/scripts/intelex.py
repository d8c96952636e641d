"""scikit-learn-intelex and nothing else: read, fit, evaluate, save."""

from sklearnex.ensemble import RandomForestClassifier
from steps import hyperparameters, judge_and_save, read

training, validation = read("TRAINING"), read("VALIDATION")
model = RandomForestClassifier(**hyperparameters(), n_jobs=-1).fit(*training)
judge_and_save(model, *validation)
