"""A model that is copied from page to page."""

from vmm_edu.course.questions import Explain

EXERCISE = Explain(
    name="05.copied_model",
    title="Break it: the copied model",
    text="""A Keras model like this one stands on many pages. It is meant to give every clip, T steps of D = 2048 CNN
features, one of 10 labels. It has **four** mistakes.

    model = Sequential()
    model.add(LSTM(512, input_shape=(D, T)))                   # the input: D features, T steps
    model.add(TimeDistributed(Embedding(10, 2048)))
    model.add(Dense(10, activation="softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="adam")
    model.fit(x, one_hot_label_of_each_clip)

Name each, say why it is wrong, and say what you would write instead. (What shape leaves each line?)""",
    trains="reading a model by its shapes",
    reference="First, TimeDistributed wants a step axis, but an LSTM without return_sequences=True gives only its last "
    "state, (batch, 512). Second, an Embedding looks up whole numbers in a table; the LSTM's output is real-valued, so "
    "there is nothing to look up and it must go. Third, the target is one label for a clip, while a per-step layer "
    "answers at every step: decide for one. For one label a clip, keep the last state and put Dense on it. Fourth, the "
    "input is described as (D, T) where Keras reads (T, D): time first, then features. Mended: Input((T, D)), Masking, "
    "LSTM(512), Dense(10, softmax).",
    rubric=(
        "No return_sequences before a layer that works per step (or: a per-step layer where none is wanted).",
        "An Embedding takes whole numbers, here it gets real values; it must go.",
        "One label per clip against an answer per step: one of the two must change.",
        "The input is (T, D), time before features, not (D, T).",
        "A mended model whose shapes fit from line to line.",
    ),
    hints=(
        "Write the shape behind every line, beginning with (batch, T, D).",
        "Which layers want a time axis, and which of them gets one? Which layer wants integers?",
        "How many answers does one clip get, and how many labels does it have?",
    ),
    rights=(
        "The shape should be (T, D) because time comes before features. The LSTM returns only the last state, so "
        "TimeDistributed has no steps to work on. Embedding needs integer ids but gets floats. And the labels are one "
        "per clip while TimeDistributed answers for each step. I would write LSTM(512) then Dense(10, softmax).",
        "输入写成了(D, T)，应该是(T, D)，时间在前。LSTM没有return_sequences，只给最后一步，后面的TimeDistributed"
        "没有时间轴。Embedding查的是整数编号，这里却是实数特征，应该删掉。标签是每个片段一个，而逐步的层每一步都给出答案，二者不符。"
        "改成LSTM(512)，再接Dense(10, softmax)。",
    ),
    takeaway="Write the shape behind every line; a model that runs is not yet a model that is right.",
    minutes=12,
    difficulty=2,
    points=3,
    words=30,
)
