"""The two candidates of the 2023 bake-off."""

import torch
from sklearn.ensemble import GradientBoostingClassifier
from torch import nn

LEARNING_RATE = 0.1


def boosting(learning_rate: float = 0.05, n_estimators: int = 300) -> GradientBoostingClassifier:
    """Return the boosted trees that are in production."""
    return GradientBoostingClassifier(learning_rate=learning_rate, n_estimators=n_estimators)


class ChurnNet(nn.Module):
    """A small network for the same features."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.hidden = nn.Linear(3, width)
        self.output = nn.Linear(width, 1)

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Return one logit for each row."""
        return self.output(torch.relu(self.hidden(batch)))


def network_loss(model: ChurnNet, batch: torch.Tensor, churned: torch.Tensor) -> torch.Tensor:
    """Return the mean loss of a batch."""
    probability = torch.sigmoid(model(batch))
    return nn.BCEWithLogitsLoss()(probability, churned)
