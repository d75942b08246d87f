"""Trains the churn model and saves it."""

import argparse

import joblib
import yaml
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

from churn.features import build_features, load_customers
from churn.model import boosting

MODEL_PATH = "models/churn.joblib"
LEARNING_RATE = 0.1


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default="data/customers.csv")
    parser.add_argument("--config", default="conf/train.yaml")
    parser.add_argument("--learning-rate", type=float, default=0.1)
    parser.add_argument("--threshold", type=float, default=0.35)
    parser.add_argument("--early-stopping", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Train, report the AUC and save the model."""
    args = parse_args()
    with open(args.config) as stream:
        config = yaml.safe_load(stream)
    customers = load_customers(args.data).head(5000)
    features = build_features(customers)
    train_x, test_x, train_y, test_y = train_test_split(features, customers["churned"], test_size=0.2)
    if config["model"] == "boosting":
        args.learning_rate = 0.05
    model = boosting(learning_rate=args.learning_rate, n_estimators=config["n_estimators"])
    model.fit(train_x, train_y)
    print("AUC", roc_auc_score(test_y, model.predict_proba(test_x)[:, 1]))
    joblib.dump(model, MODEL_PATH)


if __name__ == "__main__":
    main()
