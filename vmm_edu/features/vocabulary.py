"""Descriptors of many images in; visual words, and one vector for each image or clip, out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, Int32

from vmm_edu.features.arrays import AnyArray


@dataclass(frozen=True)
class VisualVocabulary:
    """Typical descriptors, the visual words; learn them from training images only.

    Attributes:
        centres: float32 (word, value); word k is the descriptor `centres[k]`.
    """

    centres: Float[np.ndarray, "word value"]

    def __post_init__(self) -> None:
        if self.centres.ndim != 2 or 0 in self.centres.shape or not np.isfinite(self.centres).all():
            raise ValueError(
                f"expected finite centres (word, value), got {self.centres.shape}; VisualVocabulary.learn finds them"
            )

    @classmethod
    def learn(cls, descriptors: Float[AnyArray, "keypoint value"], *, words: int, seed: int) -> VisualVocabulary:
        """Find the words by k-means: each is the mean of the descriptors that are nearest to it.

        Args:
            descriptors: those of all training images, one below the other.
            words: how many words.
            seed: of the random choice where k-means begins.

        Returns:
            The vocabulary.

        Raises:
            ValueError: no or NaN descriptors, or more words than descriptors.

        References:
            J. Sivic and A. Zisserman, "Video Google: a text retrieval approach to object matching in videos",
            ICCV 2003, doi:10.1109/ICCV.2003.1238663. The work is done by `sklearn.cluster.KMeans`.
        """
        from sklearn.cluster import KMeans

        values = _checked(descriptors)
        if not 1 <= words <= len(values):
            raise ValueError(
                f"expected between 1 and {len(values)} words, as many as there are descriptors, got {words}"
            )
        found = KMeans(words, n_init=1, random_state=seed).fit(values)  # pyright: ignore[reportArgumentType]
        return cls(np.asarray(found.cluster_centers_, np.float32))

    def __len__(self) -> int:
        """How many words there are."""
        return len(self.centres)

    def words(self, descriptors: Float[AnyArray, "keypoint value"]) -> Int[np.ndarray, " keypoint"]:
        """Name the nearest word of each descriptor.

        Args:
            descriptors: of one image or many.

        Returns:
            Numbers of words.

        Raises:
            ValueError: NaN, or descriptors of another length than the words.
        """
        values = _checked(descriptors)
        if values.shape[1] != self.centres.shape[1]:
            raise ValueError(
                f"expected descriptors of {self.centres.shape[1]} values, as the words have, got {values.shape[1]}; "
                "describe images as the training images were described"
            )
        if len(values) == 0:
            return np.zeros(0, np.int64)
        # |d|² is the same for every word, so it need not be known to find the nearest.
        return ((self.centres**2).sum(axis=1)[None, :] - 2 * values @ self.centres.T).argmin(axis=1)

    def count(self, descriptors: Float[AnyArray, "keypoint value"]) -> Int32[np.ndarray, " word"]:
        """Count how often each word is seen: the bag of visual words.

        Args:
            descriptors: those of one image, or of all frames of a clip, one below the other.

        Returns:
            One count for each word; all 0 without keypoints. `tf_idf` weighs them, as it weighs the words of texts.

        Raises:
            ValueError: as `words`.
        """
        return np.bincount(self.words(descriptors), minlength=len(self)).astype(np.int32)


def vlad(
    descriptors: Float[AnyArray, "keypoint value"], *, vocabulary: VisualVocabulary
) -> Float[np.ndarray, " length"]:
    r"""Describe an image or a clip by how its descriptors differ from their words, added up word by word.

    $$v_k = \sum_{i:\, \mathrm{word}(d_i) = k} (d_i - c_k), \qquad v \leftarrow \mathrm{sign}(v) \sqrt{|v|}, \qquad
    v \leftarrow v / \lVert v \rVert$$

    Args:
        descriptors: those of one image, or of all frames of a clip, one below the other.
        vocabulary: few words are enough, 16 to 256.

    Returns:
        float32, words × values, of length 1; all 0 without keypoints.

    Raises:
        ValueError: NaN, or descriptors of another length than the words.

    References:
        H. Jégou, M. Douze, C. Schmid and P. Pérez, "Aggregating local descriptors into a compact image
        representation", CVPR 2010, doi:10.1109/CVPR.2010.5540039; the square root is from their later work, TPAMI 2012,
        doi:10.1109/TPAMI.2011.235.
    """
    nearest = vocabulary.words(descriptors)
    sums = np.zeros(vocabulary.centres.shape, np.float32)
    np.add.at(sums, nearest, np.asarray(descriptors, np.float32) - vocabulary.centres[nearest])
    vector = (np.sign(sums) * np.sqrt(np.abs(sums))).ravel()
    length = np.linalg.norm(vector)
    return vector / length if length > 0 else vector


def _checked(descriptors: Float[AnyArray, "keypoint value"]) -> Float[np.ndarray, "keypoint value"]:
    values = np.asarray(descriptors)
    if values.ndim != 2:
        raise ValueError(
            f"expected descriptors (keypoint, value), got {values.shape}; put those of several frames below each other"
        )
    if not np.isfinite(values).all():
        raise ValueError("expected finite descriptors, got NaN or infinity; remove those keypoints first")
    return values.astype(np.float32)
