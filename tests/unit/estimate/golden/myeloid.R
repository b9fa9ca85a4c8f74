# Reference numbers for tests/unit/estimate/test_myeloid_in_r.py: survival::myeloid from first remission.
# Rscript myeloid.R > myeloid.json   (R 4.2.2, survival 3.5-3, cmprsk 2.2-11)
suppressMessages({library(survival); library(cmprsk); library(jsonlite)})
m <- subset(myeloid, !is.na(crtime))
m <- subset(m, (is.na(txtime) | txtime > crtime) & (is.na(rltime) | rltime > crtime) & futime > crtime)
os <- m$futime - m$crtime; dead <- m$death
rl <- m$rltime - m$crtime; tx <- m$txtime - m$crtime
dfs <- pmin(os, rl, na.rm = TRUE)
cause <- ifelse(!is.na(rl), 1, ifelse(dead == 1, 2, 0))          # relapse, death in remission
days <- 365.25 / 12 * c(1, 3, 6, 12, 18, 24, 36, 48, 60)
horizons <- 365.25 / 12 * c(36, 60)

curve <- function(time, event) {
  fit <- survfit(Surv(time, event) ~ 1, conf.type = "log-log")
  at <- summary(fit, times = days, extend = TRUE)
  q <- quantile(fit, 0.5)
  rmst <- sapply(horizons, function(h) summary(fit, rmean = h)$table[c("rmean", "se(rmean)")])
  list(surv = at$surv, se = at$std.err, lower = at$lower, upper = at$upper, at_risk = at$n.risk,
       events = cumsum(at$n.event), median = unname(c(q$quantile, q$lower, q$upper)),
       rmst = unname(rmst[1, ]), rmst_se = unname(rmst[2, ]), n = fit$n)
}
incidence <- function(time, status) {
  state <- factor(status, 0:2, c("censor", "event", "competing"))
  fit <- survfit(Surv(time, state) ~ 1, id = seq_along(time))
  at <- summary(fit, times = days, extend = TRUE)
  k <- which(fit$states == "event")
  gray <- timepoints(cuminc(time, status), days)
  list(estimate = at$pstate[, k], ij = at$std.err[, k], gray = unname(gray$est[1, ]), aalen = sqrt(unname(gray$var[1, ])))
}
before <- !is.na(tx) & tx <= dfs                                   # an intervention precedes an event of its day
first <- ifelse(before, tx, dfs)
alone <- survfit(Surv(dfs, cause == 1) ~ 1)
lost <- function(time, status, h) {                                # area under the cumulative incidence
  state <- factor(status, 0:2, c("censor", "event", "competing"))
  fit <- survfit(Surv(time, state) ~ 1, id = seq_along(time))
  unname(summary(fit, rmean = h)$table[c("event", "competing"), "rmean"])
}
result <- list(
  days = days, horizons = horizons,
  os = curve(os, dead), dfs = curve(dfs, cause > 0),
  relapse = incidence(dfs, cause), nrm = incidence(dfs, c(0, 2, 1)[cause + 1]),
  one_minus = 1 - summary(alone, times = days, extend = TRUE)$surv,
  lost = lapply(horizons, function(h) lost(dfs, cause, h)),
  follow_up = { q <- quantile(survfit(Surv(os, 1 - dead) ~ 1, conf.type = "log-log"), 0.5); unname(c(q$quantile, q$lower, q$upper)) },
  hypothetical = curve(first, cause > 0 & !before),
  composite = curve(first, cause > 0 | before),
  while_on_treatment = incidence(first, ifelse(before, 2, ifelse(cause > 0, 1, 0)))
)
cat(toJSON(result, digits = NA, auto_unbox = FALSE, pretty = FALSE, na = "null"), "\n")
