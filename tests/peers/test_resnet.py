"""ResNet-18 against PyTorch: the same random weights, non-trivial running statistics included, through one file."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from safetensors.torch import save_file  # noqa: E402
from torch import nn  # noqa: E402

from vmm_edu.features import Convolution, Layer, convolve, load_resnet18  # noqa: E402
from vmm_edu.features.resnet import DEVIATION, MEAN  # noqa: E402


class Block(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(filters)
        self.downsample = None
        if stride != 1 or channels != filters:
            self.downsample = nn.Sequential(
                nn.Conv2d(channels, filters, 1, stride, bias=False), nn.BatchNorm2d(filters)
            )

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        x = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(x)) + shortcut)


class ResNet(nn.Module):
    """The names of torchvision's resnet18, so that its state_dict has them."""

    def __init__(self, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = nn.Sequential(Block(64, 64, 1), Block(64, 64, 1))
        self.layer2 = nn.Sequential(Block(64, 128, 2), Block(128, 128, 1))
        self.layer3 = nn.Sequential(Block(128, 256, 2), Block(256, 256, 1))
        self.layer4 = nn.Sequential(Block(256, 512, 2), Block(512, 512, 1))
        self.fc = nn.Linear(512, classes)

    def features(self, x):
        x = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
        return self.layer4(self.layer3(self.layer2(self.layer1(x)))).mean((2, 3))

    def forward(self, x):
        return self.fc(self.features(x))


def theirs(classes: int, seed: int) -> ResNet:
    generator = torch.Generator().manual_seed(seed)
    model = ResNet(classes).eval()
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if name.endswith("running_var"):
                tensor.uniform_(0.5, 2.0, generator=generator)
            elif tensor.ndim == 1:
                tensor.normal_(1.0 if name.endswith("weight") else 0.0, 0.2, generator=generator)
            elif tensor.ndim > 1:
                tensor.normal_(0.0, (2 / tensor[0].numel()) ** 0.5, generator=generator)
    return model


@pytest.mark.parametrize(("size", "classes", "seed"), [((224, 224), 1000, 0), ((64, 64), 5, 1), ((57, 90), 7, 2)])
def test_the_outputs_of_pytorch(tmp_path, size, classes, seed):
    model = theirs(classes, seed)
    save_file(model.state_dict(), tmp_path / "resnet18.safetensors")
    ours = load_resnet18(tmp_path / "resnet18.safetensors")
    images = np.random.default_rng(seed).uniform(size=(2, *size, 3)).astype(np.float32)
    standard = (images - np.array(MEAN, np.float32)) / np.array(DEVIATION, np.float32)
    with torch.no_grad():
        x = torch.from_numpy(standard.transpose(0, 3, 1, 2).copy())
        features, logits = model.features(x).numpy(), model(x).numpy()
    assert features.std() > 0.1
    for got, right in ((ours(images), features), (ours.logits(images), logits)):
        assert np.abs(np.asarray(got) - right).max() <= 1e-4 * np.abs(right).max()


@pytest.mark.parametrize("options", [{}, {"stride": 2, "padding": 1}, {"dilation": 2, "padding": 3}], ids=str)
def test_a_convolution_is_conv2d_with_its_axes_moved(options):
    rng = np.random.default_rng(0)
    images, kernels = (rng.normal(size=shape).astype(np.float32) for shape in ((2, 13, 11, 3), (3, 3, 3, 4)))
    right = torch.nn.functional.conv2d(
        torch.from_numpy(images.transpose(0, 3, 1, 2).copy()),
        torch.from_numpy(kernels.transpose(3, 2, 0, 1).copy()),
        **options,
    )
    np.testing.assert_allclose(convolve(images, kernels, **options), right.numpy().transpose(0, 2, 3, 1), atol=2e-5)


def test_the_layer_has_as_many_parameters_as_conv2d():
    from flax import nnx

    ours = Convolution(3, 16, Layer(5, 2, 2), rngs=nnx.Rngs(0))
    numbers = sum(variable.size for _, variable in nnx.to_flat_state(nnx.state(ours, nnx.Param)))
    assert numbers == sum(p.numel() for p in nn.Conv2d(3, 16, 5).parameters())


def test_opencvs_filter_is_a_correlation_too():
    cv2 = pytest.importorskip("cv2")
    rng = np.random.default_rng(0)
    image, kernel = rng.normal(size=(20, 17)).astype(np.float32), rng.normal(size=(3, 3)).astype(np.float32)
    right = cv2.filter2D(image, -1, kernel)[1:-1, 1:-1]
    np.testing.assert_allclose(
        convolve(image[None, :, :, None], kernel[:, :, None, None])[0, :, :, 0], right, atol=1e-5
    )
