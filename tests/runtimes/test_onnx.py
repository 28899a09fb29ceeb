from pathlib import Path

import numpy as np
import pytest

from rise_edge import Bundle, BundleError, Crop, Modality
from rise_edge.runtimes import open_runtime
from tests.support.tiny_bundle import SIZE, write_tiny_bundle


def grey_crop(level: int, size: int = SIZE) -> Crop:
    return Crop(
        np.zeros((size, size, 3), np.uint8),
        np.full((size, size), 700, np.uint16),
        np.full((size, size), level, np.uint8),
        frozenset(Modality),
    )


def test_a_batch_gives_what_each_crop_gives_alone(tiny_bundle: Bundle) -> None:
    runtime = open_runtime(tiny_bundle)
    crops = [grey_crop(level) for level in (10, 64, 200)]
    batch = runtime.embed(crops)
    assert [e.norm for e in batch] == pytest.approx([10 / 128, 0.5, 200 / 128])
    for crop, embedding in zip(crops, batch, strict=True):
        np.testing.assert_array_equal(runtime.embed([crop])[0].vector, embedding.vector)


def test_depth_beyond_int16_reaches_the_model_unharmed(tiny_bundle: Bundle) -> None:
    from rise_edge.runtimes.inputs import tensors

    crop = Crop(
        np.zeros((SIZE, SIZE, 3), np.uint8),
        np.full((SIZE, SIZE), 65535, np.uint16),
        np.zeros((SIZE, SIZE), np.uint8),
        frozenset({Modality.COLOUR, Modality.DEPTH}),
    )
    made = tensors([crop], SIZE)
    assert made["depth_mm"].max() == 65535
    np.testing.assert_array_equal(made["present"], [[1, 1, 0]])


def test_crops_of_another_size_are_refused(tiny_bundle: Bundle) -> None:
    with pytest.raises(ValueError, match="expected crops of 32 pixels, got one of 48"):
        open_runtime(tiny_bundle).embed([grey_crop(1), grey_crop(1, size=48)])


def test_an_empty_batch_is_refused(tiny_bundle: Bundle) -> None:
    with pytest.raises(ValueError, match="at least one crop"):
        open_runtime(tiny_bundle).embed([])


def test_an_unknown_runtime_is_refused(tiny_bundle: Bundle) -> None:
    with pytest.raises(ValueError, match="one of onnx"):
        open_runtime(tiny_bundle, "tflite")


def test_a_model_that_is_no_model_is_one_clear_error(tmp_path: Path) -> None:
    bundle = write_tiny_bundle(tmp_path / "b", model=b"not a model")
    with pytest.raises(BundleError, match="onnxruntime refuses its model"):
        open_runtime(bundle)


def test_a_model_of_another_contract_is_refused(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "rise_edge/face/blazeface/front_128.onnx"
    bundle = write_tiny_bundle(tmp_path / "b", model=source.read_bytes())
    with pytest.raises(BundleError, match="expected a model from"):
        open_runtime(bundle)


def test_an_embedding_of_another_length_than_the_manifests_is_refused(tmp_path: Path) -> None:
    runtime = open_runtime(write_tiny_bundle(tmp_path / "b", embedding_size=3))
    with pytest.raises(BundleError, match=r"expected the model to give embeddings \(1, 3\)"):
        runtime.embed([grey_crop(1)])
