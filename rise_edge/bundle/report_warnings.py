"""What a bundle's own report warns of: a model that is weak, or that nobody has shown to be good.

A bundle is weak where its worst species is accepted more often than `APCER_LIMIT`, the most that
`calibration/choose_radius.py` takes of a site's radius by default.

Its crops are few where a species or bona fide has less than `LEAST_CROPS`: with n crops and none
judged wrongly, the 95% interval of the error rate ends at 1 - 0.025^(1/n) (Clopper-Pearson), which
is above the limit for n below log(0.025) / log(1 - limit). Such a report cannot show the limit,
whatever it found.
"""

from __future__ import annotations

import math

from rise_edge.bundle.set_report import SetReport

APCER_LIMIT = 0.10
LEAST_CROPS = math.ceil(math.log(0.025) / math.log(1 - APCER_LIMIT))


def report_warnings(report: SetReport | None) -> tuple[str, ...]:
    """What to say at each start, one sentence each; nothing where the report is good.

    Args:
        report: report of the modality set and runtime that are used, None where there is none.

    >>> report_warnings(None)
    ('the bundle has no report for these modalities: nothing is known of its errors',)
    """
    if report is None:
        return ("the bundle has no report for these modalities: nothing is known of its errors",)
    worst = report.apcer[report.worst]
    found = []
    if not worst.rate <= APCER_LIMIT:
        found.append(
            f"weak: with {report.modalities} it accepts {100 * worst.rate:.0f}% of the attacks "
            f"with {report.worst} ({worst.errors} of {worst.total}), more than {APCER_LIMIT:.0%}"
        )
    totals = {species: rate.total for species, rate in report.apcer.items()}
    totals["bona fide"] = report.bpcer.total
    fewest = min(totals, key=totals.__getitem__)
    if totals[fewest] < LEAST_CROPS:
        found.append(
            f"measured on few crops: {totals[fewest]} of {fewest}, where {LEAST_CROPS} are needed "
            f"to show an error rate of {APCER_LIMIT:.0%}"
        )
    return tuple(found)
