from __future__ import annotations

from localstack_lite.sandbox.build_output import LONGEST, BuildOutput

CLASSIC_FAILURE = [
    {"stream": "Step 1/3 : FROM debian"},
    {"stream": "\n"},
    {"stream": " ---> e13b974ef8f3\n"},
    {"stream": "Step 2/3 : RUN echo fine && make all"},
    {"stream": "\n"},
    {"stream": " ---> Running in 9c0f3a6a32d1\n"},
    {"stream": "fine\n"},
    {"stream": "\x1b[91mmake: *** No rule to make target 'all'.  Stop.\n\x1b[0m"},
    {"stream": "Removing intermediate container 9c0f3a6a32d1\n"},
    {"error": "The command '/bin/sh -c echo fine && make all' returned a non-zero code: 2", "errorDetail": {"code": 2}},
]

KIT_FAILURE = """\
#0 building with "default" instance using docker driver
#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 102B done
#1 DONE 0.0s
#4 [1/3] FROM docker.io/library/debian
#4 CACHED
#5 [2/3] RUN true
#5 DONE 0.3s
#6 [builder 3/3] RUN make all
#6 0.211 make: *** No rule to make target 'all'.  Stop.
#6 ERROR: process "/bin/sh -c make all" did not complete successfully: exit code: 2
------
 > [builder 3/3] RUN make all:
0.211 make: *** No rule to make target 'all'.  Stop.
------
ERROR: failed to solve: process "/bin/sh -c make all" did not complete successfully: exit code: 2"""


def test_each_step_is_told_with_its_share() -> None:
    output = BuildOutput()
    told = [news for event in CLASSIC_FAILURE if (news := output.heard(event))]
    assert told == [("step 1/3 FROM debian", 0.0), ("step 2/3 RUN echo fine && make all", 1 / 3)]


def test_a_failure_is_the_step_and_what_it_wrote() -> None:
    output = BuildOutput()
    for event in CLASSIC_FAILURE:
        output.heard(event)
    assert output.error == "The command '/bin/sh -c echo fine && make all' returned a non-zero code: 2"
    assert output.lines == (
        "step 2/3 RUN echo fine && make all",
        "fine",
        "make: *** No rule to make target 'all'.  Stop.",
    )


def test_a_line_may_come_in_pieces_and_from_both_streams() -> None:
    output = BuildOutput()
    said = ["Step 1/1 : RUN cat /no/thing", "\n", "\x1b[91mcat: \x1b[0m", "look", "\x1b[91m/no/thing\x1b[0m", "ing\n"]
    for text in [*said, "\x1b[91m: No such file\x1b[0m", "\x1b[91m\n\x1b[0m", "no end of line"]:
        output.heard({"stream": text})
    output.heard({"error": "it returned a non-zero code: 1"})
    assert output.lines == ("step 1/1 RUN cat /no/thing", "looking", "cat: /no/thing: No such file", "no end of line")


def test_output_without_an_end_does_not_swallow_the_next_step() -> None:
    output = BuildOutput()
    for text in ("Step 1/2 : RUN printf x\n", "x", " ---> 5c0f3a6a32d1\n", "y", "Step 2/2 : RUN false\n"):
        output.heard({"stream": text})
    assert output.lines == ("step 2/2 RUN false",)


def test_of_much_output_the_end_is_kept() -> None:
    output = BuildOutput()
    output.heard({"stream": "Step 1/1 : RUN yes\n"})
    for number in range(1000):
        output.heard({"stream": f"line {number}\n"})
    assert len(output.lines) == LONGEST
    assert output.lines[0] == "step 1/1 RUN yes"
    assert output.lines[-1] == "line 999"


def test_a_long_command_is_shortened_in_the_state_only() -> None:
    output = BuildOutput()
    news = output.heard({"stream": f"Step 1/2 : RUN {'x' * 200}\n"})
    assert news is not None
    assert len(news[0]) < 100
    assert news[0].endswith("…")
    assert output.lines == (f"step 1/2 RUN {'x' * 200}",)


def test_the_step_that_adds_our_label_is_not_told() -> None:
    assert BuildOutput().heard({"stream": "Step 3/3 : LABEL devserve.build=devserve/hello:latest\n"}) is None


def test_an_error_before_the_first_step_has_no_lines() -> None:
    output = BuildOutput()
    output.heard({"error": "dockerfile parse error line 1: unknown instruction: FORM"})
    assert output.lines == ()
    assert "FORM" in output.error


def test_buildkits_steps_are_told_with_their_share() -> None:
    output = BuildOutput()
    told = [news for line in KIT_FAILURE.splitlines() if (news := output.heard_line(line))]
    assert told == [
        ("step 1/3 FROM docker.io/library/debian", 0.0),
        ("step 2/3 RUN true", 1 / 3),
        ("step 3/3 RUN make all", 2 / 3),
    ]


def test_buildkits_failure_is_the_step_and_what_it_wrote() -> None:
    output = BuildOutput()
    for line in KIT_FAILURE.splitlines():
        output.heard_line(line)
    assert output.error == (
        'failed to solve: process "/bin/sh -c make all" did not complete successfully: exit code: 2'
    )
    assert output.lines == ("step 3/3 RUN make all", "make: *** No rule to make target 'all'.  Stop.")


def test_what_buildx_says_before_any_step_is_kept() -> None:
    output = BuildOutput()
    output.heard_line("ERROR: Cannot connect to the Docker daemon")
    assert output.error == "Cannot connect to the Docker daemon"
    assert output.lines == ("ERROR: Cannot connect to the Docker daemon",)
