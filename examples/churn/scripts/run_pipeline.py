"""Runs the nightly pipeline."""

import os
import sys

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))

from churn.features import load_customers  # noqa: E402

LEARNING_RATE = 0.1


def main() -> None:
    """Train and evaluate on tonight's export."""
    customers = load_customers("data/customers.csv")
    print(len(customers), "customers")
    os.system(f"python -m churn.train --data data/customers.csv --learning-rate {LEARNING_RATE}")
    os.system("python -m churn.evaluate")


if __name__ == "__main__":
    main()
