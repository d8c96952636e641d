"""scikit-learn with all cores, tracked with MLflow in the fewest lines: parameters, accuracy, the model registered."""

import os

import mlflow
from sklearn.ensemble import RandomForestClassifier
from steps import hyperparameters, judge_and_save, read

training, (features, target) = read("TRAINING"), read("VALIDATION")
mlflow.set_experiment(os.environ["MLFLOW_EXPERIMENT_NAME"])
with mlflow.start_run():
    mlflow.log_params(hyperparameters())
    model = RandomForestClassifier(**hyperparameters(), n_jobs=-1).fit(*training)
    mlflow.log_metric("accuracy", judge_and_save(model, features, target))
    mlflow.sklearn.log_model(
        model,
        name="model",
        input_example=features.head().astype("float64"),
        registered_model_name=os.environ["REGISTERED_MODEL_NAME"],
        skops_trusted_types=["sklearn.tree._tree.Tree"],
    )
