"""Answers for one customer at a time."""

import joblib
import pandas as pd
from fastapi import FastAPI

from churn.features import build_features

app = FastAPI()
MODEL_PATH = "models/churn.joblib"
model = joblib.load(MODEL_PATH)


@app.post("/churn")
def churn(customer: dict) -> dict:
    """Return the risk and whether the retention team should call."""
    features = build_features(pd.DataFrame([customer]))
    risk = model.predict_proba(features)[0, 1]
    return {"risk": float(risk), "call": bool(risk > 0.35)}
