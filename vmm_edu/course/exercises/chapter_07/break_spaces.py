"""What a tokenizer that waits for spaces does to Chinese."""

from vmm_edu.course.questions import Explain

EXERCISE = Explain(
    name="07.break_spaces",
    title="Break it: a sentence without spaces",
    text="""The cell above read the same titles with `text.split()` in place of `tokenize`, in English and in Chinese.
Explain in two to four sentences: what does `split` make of a Chinese title, why are so many later titles then one
"unknown" token, and why does the English vocabulary grow as well?""",
    trains="what a token is",
    reference="Chinese writes no spaces, so split returns the whole sentence as one token. A test sentence is known "
    "only if exactly that sentence was in training, and any new one becomes a single unknown token: nothing is shared "
    "between sentences. In English split leaves commas, full stops and capitals on the words, so that steel, and steel "
    "or A and a become different tokens; the vocabulary grows and each token is seen less often.",
    rubric=(
        "Without spaces the whole Chinese sentence is one token.",
        "Such a token is known only if the same sentence was seen in training: nothing is shared.",
        "In English punctuation and capitals stick to the words and split one word into several tokens.",
    ),
    rights=(
        "There are no blanks in a Chinese sentence, hence split gives back one huge token. Any sentence that was not "
        "in the training texts letter by letter maps to unknown. For English the full stop stays glued on, so floor "
        "and floor. are two entries, and Look with a capital is another one.",
        "中文句子里没有空格，split 会把整句当成一个词元，所以只要句子没有在训练集里原样出现过，就变成未知词。"
        "英文里标点和大写会粘在单词上，同一个词变成好几个词元，词表因此变大。",
    ),
    hints=(
        "How many spaces does 一件钢铁的东西落在地上。 have?",
        'Compare "floor." with "floor", and "Look," with "look".',
    ),
    takeaway="A token is a decision of yours, and no tokenizer suits every script.",
    minutes=5,
    difficulty=1,
    points=2,
    words=20,
)
