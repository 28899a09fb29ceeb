import pytest
import torch

from train.algorithms.contrastive import contrastive_loss
from train.models.networks import NetworkConfig
from train.models.registry import build_network


def test_the_loss_is_the_published_sum():
    generator = torch.Generator().manual_seed(0)
    directions = torch.nn.functional.normalize(torch.randn(7, 5, generator=generator), dim=1)
    labels = torch.tensor([0, 1, 0, 1, 1, 2, 0])
    terms = []
    for i in range(7):
        partners = [j for j in range(7) if j != i and labels[j] == labels[i]]
        others = torch.stack([directions[i] @ directions[a] / 0.3 for a in range(7) if a != i])
        logs = [directions[i] @ directions[p] / 0.3 - others.logsumexp(0) for p in partners]
        if partners:
            terms.append(-torch.stack(logs).mean())
    expected = torch.stack(terms).mean()
    assert float(contrastive_loss(directions, labels, 0.3)) == pytest.approx(float(expected))


def test_it_falls_when_labels_part():
    labels = torch.tensor([0, 0, 1, 1])
    apart = torch.tensor([[1.0, 0], [1, 0], [-1, 0], [-1, 0]])
    together = torch.tensor([[1.0, 0], [-1, 0], [1, 0], [-1, 0]])
    assert contrastive_loss(apart, labels, 0.2) < contrastive_loss(together, labels, 0.2)


def test_without_partners_it_is_zero_and_finite():
    assert float(contrastive_loss(torch.eye(3), torch.tensor([0, 1, 2]), 0.2)) == 0.0


@pytest.mark.parametrize("head", ["polar", "linear"])
def test_the_angular_loss_is_blind_to_every_length(head):
    torch.manual_seed(0)
    network = build_network(NetworkConfig(width=4, directions=4, head=head))
    embedding = torch.randn(8, 16)
    lengths = torch.rand(8, 4, 1) + 0.1 if head == "polar" else torch.rand(8, 1, 1) + 0.1
    longer = (embedding.reshape(8, -1, 4 if head == "polar" else 16) * lengths).flatten(1)
    labels = torch.arange(8) % 2
    one, other = (contrastive_loss(network.direction(z), labels, 0.2) for z in (embedding, longer))
    assert float(one) == pytest.approx(float(other), abs=1e-6)
