"""What is left of a model when its senses may only be added."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def emap(scores):
    """The mean over sounds, plus the mean over sights, less the mean over both."""
    seen = scores.mean(axis=1)
    heard = scores.mean(axis=0)
    return seen + heard - scores.mean(axis=(0, 1))


def _least_squares(scores):
    n, _, classes = scores.shape
    i, j = np.divmod(np.arange(n * n), n)
    place = np.concatenate([np.eye(n)[i], np.eye(n)[j]], axis=1)
    terms, *_ = np.linalg.lstsq(place, scores.reshape(n * n, classes), rcond=None)
    return terms[:n] + terms[n:]


def _loops(scores):
    fitted = []
    for clip in range(len(scores)):
        row = sum(scores[clip, j] for j in range(len(scores))) / len(scores)
        column = sum(scores[i, clip] for i in range(len(scores))) / len(scores)
        fitted.append(row + column)
    everything = sum(map(sum, scores)) / len(scores) ** 2
    return np.array(fitted) - everything


def _centred(scores):
    middle = np.einsum("ijc->c", scores) / scores.shape[0] ** 2
    deviation = scores - middle
    return middle + np.mean(deviation, 0) + np.mean(deviation, 1)


def _added(scores):
    return scores.mean(axis=1) + scores.mean(axis=0) - scores.mean(axis=(0, 1))


def _own_pairs(scores):
    return np.einsum("iic->ic", scores)


def _not_subtracted(scores):
    return scores.mean(axis=1) + scores.mean(axis=0)


def _halved(scores):
    return (scores.mean(axis=1) + scores.mean(axis=0)) / 2


def _seen_only(scores):
    return scores.mean(axis=1)


def _heard_only(scores):
    return scores.mean(axis=0)


def _mean_over_classes_too(scores):
    return scores.mean(axis=1) + scores.mean(axis=0) - scores.mean()


def _left_over(scores):
    return np.einsum("iic->ic", scores) - _added(scores)


def _own_pair_left_out(scores):
    n = len(scores)
    own = np.einsum("iic->ic", scores)
    seen, heard = (scores.sum(axis=1) - own) / (n - 1), (scores.sum(axis=0) - own) / (n - 1)
    return seen + heard - (scores.sum(axis=(0, 1)) - own.sum(axis=0)) / (n * n - n)


def _answers(scores):
    return _added(scores).argmax(axis=1)


def _all_pairs(scores):
    return scores.mean(axis=1)[:, None] + scores.mean(axis=0)[None] - scores.mean(axis=(0, 1))


def _cases(rng):
    for clips, classes in ((3, 2), (4, 3), (6, 4), (2, 2)):
        yield (rng.normal(0.5, 1, (clips, clips, classes)),)
    seen, heard = rng.normal(size=(2, 4, 3))
    yield (seen[:, None] + heard[None],)


EXERCISE = Code(
    name="08.emap",
    title="A model that may only add",
    text=r"""Does a model use its senses *together*, or would adding them do? Give it the sight of clip $i$ with
the sound of clip $j$, for all pairs: `scores[i, j]` are its logits. The best sum of a term of sight and a term of
sound that stands in for it on these pairs (equation 08.18) is: the mean over all sounds, plus the mean over all
sights, less the mean over all pairs. Write `emap(scores)`: those logits for each clip with its **own** sight and
sound.""",
    trains="projecting a model onto sums",
    signature="scores (batch, batch, class): sight of the first, sound of the second → (batch, class)",
    reference=emap,
    rights=(_least_squares, _loops, _centred),
    wrongs=(
        Wrong(_own_pairs, "the model's own logits are returned", "They hold the interaction too. Average it away."),
        Wrong(
            _not_subtracted,
            "the mean over all pairs is not subtracted",
            "It is in both terms, so it is counted twice. Test with a model that adds: it must come out unchanged.",
        ),
        Wrong(_halved, "the two terms are averaged", "Add them, and subtract the mean over all pairs once."),
        Wrong(_seen_only, "only the term of sight is kept", "Add the mean over the sights, for each sound."),
        Wrong(_heard_only, "only the term of sound is kept", "Add the mean over the sounds, for each sight."),
        Wrong(
            _mean_over_classes_too,
            "the mean is taken over the classes as well",
            "Each class has its own mean: average over the two axes of clips only.",
        ),
        Wrong(
            _left_over,
            "what the sum cannot hold is returned",
            "That is the interaction. Here the additive part is asked.",
        ),
        Wrong(
            _own_pair_left_out,
            "each clip's own pair is left out of the means",
            "All pairs count, the real ones too: then a model that adds comes out exactly.",
        ),
        Wrong(_answers, "the largest class is returned", "Return the logits; the argmax comes later."),
        Wrong(_all_pairs, "all pairs are returned", "Only each clip with its own sight and sound: i with i."),
    ),
    cases=_cases,
    hints=(
        "scores.mean(axis=1) averages over the sounds: what each sight says by itself.",
        "Both terms contain the mean over all pairs. How often may it count?",
    ),
    takeaway="A model that loses nothing under this projection never used its senses together.",
    minutes=10,
    difficulty=2,
    points=3,
)
