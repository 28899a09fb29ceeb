from rise_edge.decision.verdict import Outcome, Reason, Verdict, undecided
from rise_edge.guidance import load_guide
from rise_edge.guidance.prompter import Prompter

GUIDE = load_guide("en")
NEAR, FAR = undecided(Reason.TOO_NEAR), undecided(Reason.TOO_FAR)
GOOD = Verdict(Outcome.SPOOF)


def told(verdicts: list[Verdict], step_ms: float = 100.0) -> list[str | None]:
    prompter = Prompter(GUIDE, settle_ms=200, hold_ms=800)
    return [prompter.tell(verdict, i * step_ms) for i, verdict in enumerate(verdicts)]


def test_one_bad_frame_is_not_spoken_of() -> None:
    assert set(told([GOOD] * 5 + [NEAR] + [GOOD] * 5)) == {None}


def test_a_fault_that_lasts_is() -> None:
    near = GUIDE.texts["too_near"]
    assert told([GOOD, NEAR, NEAR, NEAR, NEAR]) == [None, None, None, near, near]


def test_an_instruction_stays_until_it_can_be_read() -> None:
    said = told([NEAR] * 3 + [FAR] * 9)
    assert said[2:10] == [GUIDE.texts["too_near"]] * 8
    assert said[10] == GUIDE.texts["too_far"]


def test_faults_that_alternate_do_not_flicker() -> None:
    assert len(set(told([NEAR, FAR] * 30))) == 1


def test_it_goes_away_with_the_fault() -> None:
    assert told([NEAR] * 3 + [GOOD] * 12)[-1] is None
