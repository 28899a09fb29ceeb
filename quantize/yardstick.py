"""Yardstick: a float network of the size that is usual for face anti-spoofing on phones.

MiniFASNet (Silent-Face-Anti-Spoofing, Apache-2.0) is a narrow MobileFaceNet with squeeze and
excitation: colour only, depthwise blocks with residual additions. This is a network of that kind
and of about 0.2 GMAC, with random weights: it gives a time to compare with, and no verdict.
"""

from __future__ import annotations

from torch import Tensor, nn

SIZE = 128


class Yardstick(nn.Module):
    """Colour f32 (N, 3, 128, 128) to two logits."""

    def __init__(self) -> None:
        super().__init__()
        widths = ((48, 64, 1), (64, 128, 3), (96, 160, 3), (128, 224, 2))
        layers: list[nn.Module] = [*_convolution(3, 48, kernel=3, stride=2)]
        channels = 48
        for width, inner, repeats in widths:
            stride = 1 if width == 48 else 2
            layers.append(_Block(channels, width, inner, stride))
            layers += [_Block(width, width, inner, 1) for _ in range(repeats)]
            channels = width
        layers += [*_convolution(channels, 512), *_convolution(512, 512, kernel=8, groups=512)]
        self.layers = nn.Sequential(*layers)
        self.logits = nn.Linear(512, 2)

    def forward(self, colour: Tensor) -> Tensor:
        """Logits (N, 2)."""
        logits: Tensor = self.logits(self.layers(colour).flatten(1))
        return logits


class _Block(nn.Module):
    """Expand, depthwise, project; squeeze and excitation; added to its input where shapes agree."""

    def __init__(self, inputs: int, outputs: int, inner: int, stride: int) -> None:
        super().__init__()
        self.residual = stride == 1 and inputs == outputs
        self.path = nn.Sequential(
            *_convolution(inputs, inner),
            *_convolution(inner, inner, kernel=3, stride=stride, groups=inner),
            nn.Conv2d(inner, outputs, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.excitation = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(outputs, outputs // 4, 1), nn.ReLU(),
            nn.Conv2d(outputs // 4, outputs, 1), nn.Sigmoid(),
        )  # fmt: skip

    def forward(self, maps: Tensor) -> Tensor:
        made: Tensor = self.path(maps)
        made = made * self.excitation(made)
        return maps + made if self.residual else made


def _convolution(
    inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1
) -> tuple[nn.Module, ...]:
    padding = kernel // 2 if kernel == 3 else 0
    return (
        nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.PReLU(outputs),
    )
