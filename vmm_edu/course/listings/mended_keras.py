"""The copied Keras model, mended: one label for each clip."""

import keras  # pyright: ignore[reportMissingImports]


def mended_model(*, steps: int = 100, features: int = 2048, hidden: int = 512, classes: int = 10):
    """Clips (batch, steps, features), padded with zeros, → one probability for each class."""
    return keras.Sequential(
        [
            keras.Input((steps, features)),  # time first, then features
            keras.layers.Masking(0.0),  # a step of zeros is padding
            keras.layers.LSTM(hidden),  # the last state: one vector for each clip
            keras.layers.Dense(classes, activation="softmax"),  # no Embedding: features are no ids
        ]
    )


def compiled(model):
    """One whole-number label for each clip; an answer at every step would need a label at every step."""
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
