"""How the figures of a release were made: nothing in, a line each for whoever reads the release without us, out."""

from __future__ import annotations

FORMULAS = {
    "passages": "count = passages + noise; low, high = count -+ w, w the least with P(|noise| > w) <= 0.05; "
    "noise: discrete Laplace, P(k) ~ exp(-|k| / noise_scale)",
    "share": "share = count / passages.count; count = passages in the cell + noise, the same kind of noise",
    "interval": "share -+ sqrt(1.96^2 share (1 - share) / passages + t^2), 95 % of Laplace(a) + Laplace(b) in t, "
    "a = noise_scale / passages, b = share passages.noise_scale / passages; low 0: see told",
    "told": "a release if passages.low >= least_passages; a cell if count >= l = least_cell + noise_half_width, "
    "smaller ones with p < 0.025. Told, those are exponential beyond l, so low is 0 if count < l + noise_scale ln 40",
    "diversity": "exp(-sum p ln p) over all styles; bias taken off and interval by 999 simulated days; "
    "below passages.count = 100 noise_scale the interval is all there can be",
    "novelty": "Jensen-Shannon divergence, log 2, of the day's styles from the sum of up to 28 days before; "
    "bias taken off and interval by 999 simulated days; low is 0 where a day as usual may come to as much",
    "movers": "share - share in the sum of those days, which is least_cell / passages or more; untold today: "
    "l of told / passages, low as of 0; intervals at 1 - 0.05 / tested (Bonferroni); told where 0 lies outside",
}
