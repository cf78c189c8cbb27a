"""Why do features learned on one task help on another?"""

from vmm_edu.course.questions import Explain

EXERCISE = Explain(
    name="04.why_transfer",
    title="When do learned features win?",
    text="""Look at the learning curves. The network never saw a dropped thing, yet its features beat a network that
is trained on the dropped things alone, as long as there are few of them; with random weights the same network is poor.
Explain both in three or four sentences: what was learned on the shapes that the second task can use, and why does the
advantage shrink as clips become many? For which second task would you expect no help at all?""",
    trains="transfer",
    reference="Learning shapes needs kernels that answer to edges, corners and blobs whatever the wall looks like, and "
    "dropped things are made of the same parts, so only a linear layer with few weights is left to learn. Random "
    "kernels mix the parts and answer to the wall as well. With many clips the network that learns everything anew can "
    "find kernels that fit the new task exactly, and the frozen ones cannot change. If the second task asks for "
    "something that the first taught the features to ignore, such as where a thing is or whether it is lighter or "
    "darker than the wall, they do not help.",
    rubric=(
        "Parts such as edges, corners and blobs are shared by both tasks.",
        "Frozen features leave few numbers to learn, so few clips suffice; training anew has to find all of them.",
        "With many clips training anew catches up, because frozen kernels cannot adapt.",
        "An example of a task that needs what the first task made the features ignore.",
    ),
    hints=(
        "How many numbers does the linear layer learn, and how many the whole network?",
        "Augmentation mirrored, shifted and inverted the frames. What did the features learn not to see?",
    ),
    rights=(
        "The kernels found edges and corners because shapes differ in those, and balls and boxes have the same parts. "
        "Only a small linear layer has to be fitted, which works with ten clips. Given a thousand clips the new "
        "network finds its own, better suited kernels while mine stay frozen. A task about position would get no help, "
        "since the average over places removes it.",
        "形状任务教会网络认边缘和角，掉落的东西也由这些组成，所以只要学一个很小的线性层，少量片段就够了。"
        "随机权重没有这些。片段很多时，从头训练的网络能找到更合适的卷积核，而冻结的不能改变。"
        "如果新任务问的是位置，平均池化已经把它丢掉了，就没有帮助。",
    ),
    takeaway="Shared parts carry over; what the first task taught to ignore is gone.",
    minutes=8,
    difficulty=2,
    points=3,
    words=40,
)
