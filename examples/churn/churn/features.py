"""From raw customer rows to a feature table."""

import numpy as np
import pandas as pd

MONTHS = 12
USE_GEO_FEATURES = False


def load_customers(path: str) -> pd.DataFrame:
    """Read the nightly export."""
    customers = pd.read_csv(path)
    customers["tenure_months"] = customers["tenure_days"] / 30.4
    return customers


def build_features(customers: pd.DataFrame) -> pd.DataFrame:
    """Return one row of features for each customer."""
    features = pd.DataFrame(
        {
            "tenure_months": customers["tenure_months"],
            "monthly_spend": customers["spend_total"] / MONTHS,
            "support_calls": np.log1p(customers["support_calls"]),
        }
    )
    if USE_GEO_FEATURES:
        features = features.join(geo_features(customers))
    # features["spend_per_call"] = customers["spend_total"] / customers["support_calls"]
    # features["is_new"] = customers["tenure_months"] < 3
    # features = features.fillna(features.median())
    return pd.DataFrame(features.values)


def geo_features(customers: pd.DataFrame) -> pd.DataFrame:
    """Return the distance to the nearest shop, from the 2022 pilot."""
    return customers[["shop_distance_km"]].fillna(0.0)


def upsample_churners(features: pd.DataFrame, churned: pd.Series) -> pd.DataFrame:
    """Draw churners again until both classes are equally frequent."""
    rare = features[churned == 1]
    extra = rare.sample(n=len(features) - 2 * len(rare), replace=True)
    return pd.concat([features, extra])
