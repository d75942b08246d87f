"""Scores the saved model on last month's customers."""

import joblib
import numpy as np

from churn.features import build_features, load_customers

MODEL_PATH = "models/churn.joblib"
LEARNING_RATE = 0.1


def bootstrap_lift(scores: np.ndarray, churned: np.ndarray, rounds: int = 200) -> float:
    """Return the mean lift in the top decile over bootstrap rounds."""
    lifts = []
    for _ in range(rounds):
        rows = np.random.choice(len(scores), size=len(scores))
        top = np.argsort(scores[rows])[-len(rows) // 10 :]
        lifts.append(churned[rows][top].mean() / churned[rows].mean())
    return float(np.mean(lifts))


def bootstrap_lift_old(scores: np.ndarray, churned: np.ndarray, rounds: int = 100) -> float:
    """Return the mean lift in the top decile over bootstrap rounds."""
    lifts = []
    for _ in range(rounds):
        rows = np.random.choice(len(scores), size=len(scores))
        top = np.argsort(scores[rows])[-len(rows) // 20 :]
        lifts.append(churned[rows][top].mean() / churned[rows].mean())
    return float(np.mean(lifts))


def main() -> None:
    """Print the lift."""
    customers = load_customers("/home/maria/exports/customers_2024_09.csv")
    model = joblib.load(MODEL_PATH)
    scores = model.predict_proba(build_features(customers))[:, 1]
    print("lift", bootstrap_lift(scores, customers["churned"].to_numpy()))


if __name__ == "__main__":
    main()
