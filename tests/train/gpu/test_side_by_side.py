import math
import time

from train.gpu.side_by_side import side_by_side


def test_jobs_run_in_processes_and_a_failure_is_an_outcome():
    with side_by_side(2, math.sqrt, (1.0,)) as run:
        outcomes = sorted(run(math.sqrt, [4.0, -1.0, 9.0], time.time() + 60))
    assert [outcome.made for outcome in outcomes] == [2.0, None, 3.0]
    assert "ValueError" in outcomes[1].why


def test_what_is_not_begun_in_time_is_not_begun_and_nobody_waits():
    with side_by_side(2, math.sqrt, (1.0,)) as run:
        began = time.time()
        outcomes = list(run(time.sleep, [60.0, 60.0], time.time() - 2.5))
        assert {outcome.why for outcome in outcomes} <= {"not begun"}
        assert time.time() - began < 10


def test_one_worker_is_this_process_and_begins_nothing_after_the_time():
    prepared = []
    with side_by_side(1, prepared.append, ("place",)) as run:
        assert [o.made for o in run(math.sqrt, [4.0], time.time() + 60)] == [2.0]
        assert [o.why for o in run(math.sqrt, [4.0], time.time() - 1)] == ["not begun"]
    assert prepared == ["place"]
