"""Disentanglement: content and style of a modality's feature, a part of MMSD.

RiSe (arXiv 2511.14157) has self-supervised tasks on samples whose correlation between modalities
was destroyed. That a feature is divided, and what either part must tell, is ours.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from rise_edge.frame import Modality
from train.datasets.crops import Batch
from train.models.networks import Features

_CONTENT = 32


class ContentAndStyle(nn.Module):
    """Divides one modality's pooled feature; exists in training only, nothing of it is exported.

    Args:
        features: size of the pooled feature.
    """

    def __init__(self, features: int) -> None:
        super().__init__()
        self.content = nn.Linear(features, _CONTENT)
        self.style = nn.Linear(features, _CONTENT)
        self.liveness = nn.Linear(_CONTENT, 1)
        self.share = nn.Linear(_CONTENT, 1)

    def losses(self, mixed: Tensor, clean: Tensor, attack: Tensor, share: Tensor) -> Tensor:
        """Sum of three losses for each row, (N,).

        Content must tell the class of the crop whose phase it is, and stay the content of the
        unmixed crop; style must tell how much of another's amplitude is in it.
        """
        content = functional.relu(self.content(mixed))
        with torch.no_grad():
            unmixed = functional.relu(self.content(clean))
        liveness = functional.binary_cross_entropy_with_logits(
            self.liveness(content).squeeze(1), attack, reduction="none"
        )
        drift = 1 - functional.cosine_similarity(content, unmixed, dim=1)
        told = torch.sigmoid(self.share(functional.relu(self.style(mixed))).squeeze(1))
        return liveness + drift + (told - share).square()


class Disentanglement(nn.Module):
    """`ContentAndStyle` of every modality.

    Args:
        features: size of a pooled feature.
    """

    def __init__(self, features: int) -> None:
        super().__init__()
        self.modalities = nn.ModuleList(ContentAndStyle(features) for _ in Modality)

    def loss(
        self, mixed: Features, clean: tuple[Tensor, ...], batch: Batch, share: Tensor
    ) -> Tensor:
        """Sum over the modalities, mean over the crops.

        Args:
            mixed: mixed of crops with amplitudes of others.
            clean: pooled features (N, C) of the same crops as they are.
            batch: their labels.
            share: (N, 3), how much of another's amplitude spectrum is in each modality.
        """
        total = share.new_zeros(())
        with torch.autocast(share.device.type, enabled=False):
            for i, task in enumerate(self.modalities):
                assert isinstance(task, ContentAndStyle)
                each = task.losses(mixed.pooled[i], clean[i].detach(), batch.attack, share[:, i])
                total = total + (each * batch.present[:, i]).sum() / len(batch)
        return total
