"""What a bundle's own report warns of: a model that is weak, or that nobody has shown to be good.

A bundle is weak where its worst species is accepted more often than `APCER_LIMIT`, the most that
`calibration/radius.py` takes of a site's radius by default.

Its crops are few where a species has less than `LEAST_CROPS`: with n attacks of a species and none
accepted, the 95% interval of its APCER ends at 1 - 0.025^(1/n) (Clopper-Pearson), which is above
the limit for n below log(0.025) / log(1 - limit). Such a report cannot show the limit, whatever it
found.
"""

from __future__ import annotations

import math

from rise_edge.set_report import SetReport

APCER_LIMIT = 0.10
LEAST_CROPS = math.ceil(math.log(0.025) / math.log(1 - APCER_LIMIT))


def report_warnings(report: SetReport | None) -> tuple[str, ...]:
    """What to say at each start, one sentence each; nothing where the report is good.

    Args:
        report: of the modality set and runtime that are used, None where there is none.

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
    fewest = min(report.apcer, key=lambda species: report.apcer[species].total)
    total = report.apcer[fewest].total
    if total < LEAST_CROPS:
        found.append(
            f"measured on few attacks: {fewest} on {total}, where {LEAST_CROPS} are needed to show "
            f"an APCER of {APCER_LIMIT:.0%}"
        )
    return tuple(found)
