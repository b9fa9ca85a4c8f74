# What survival::survfit answers, read off at a short grid. Sourced by the other scripts of this folder.
suppressPackageStartupMessages(library(survival))

# Right-continuous value of a step function: `before` left of the first time.
step_at <- function(time, value, at, before) c(before, value)[findInterval(at, time) + 1]

# JSON with 17 significant digits (jsonlite stops at 15); NA and NaN become null.
as_text <- function(x) {
  if (is.null(x) || (length(x) == 0 && !is.list(x))) return("[]")
  if (is.list(x)) {
    parts <- vapply(x, as_text, "")
    if (is.null(names(x))) return(paste0("[", paste(parts, collapse = ",\n"), "]"))
    return(paste0("{", paste0("\"", names(x), "\":", parts, collapse = ","), "}"))
  }
  if (is.matrix(x)) return(paste0("[", paste(apply(x, 1, function(row) as_text(I(unname(row)))), collapse = ","), "]"))
  text <- if (is.numeric(x)) ifelse(is.finite(x), sprintf("%.17g", x), "null") else paste0("\"", x, "\"")
  if (length(x) == 1 && !inherits(x, "AsIs")) return(text)
  paste0("[", paste(text, collapse = ","), "]")
}

write_fixture <- function(answers, folder, name, packages) {
  versions <- lapply(packages, function(p) as.character(packageVersion(p)))
  made_with <- c(list(R = as.character(getRversion())), setNames(versions, packages))
  writeLines(as_text(list(made_with = made_with, answers = answers)), file.path(folder, paste0(name, ".json")))
}

here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
folder <- tail(commandArgs(trailingOnly = TRUE), 1)

# About thirty round times that cover the follow-up, so that no individual time is stored.
round_grid <- function(last, unit = 5) {
  step <- max(unit, ceiling(last / 28 / unit) * unit)
  seq(step, by = step, length.out = ceiling(last / step) + 1)
}

# Single event. `id` and `cluster` only matter for the infinitesimal jackknife (IJ) standard error.
# Greenwood and sum(d/Y^2) are R's when robust = FALSE; S at 0 has no log-scale standard error: R's NaN becomes null.
single_event <- function(surv, weight, id, cluster, grid) {
  plain <- survfit(surv ~ 1, weights = weight, robust = FALSE, conf.type = "log-log")
  robust <- survfit(surv ~ 1, weights = weight, id = id, robust = TRUE, conf.type = "log-log")
  clustered <- survfit(surv ~ 1, weights = weight, id = id, cluster = cluster, robust = TRUE)
  happened <- plain$n.event > 0
  time <- plain$time
  quartiles <- unname(quantile(plain, c(.25, .5, .75), conf.int = FALSE))
  list(
    grid = grid,
    survival = step_at(time, plain$surv, grid, 1),
    cumulative_hazard = step_at(time, plain$cumhaz, grid, 0),
    at_risk = step_at(time[happened], plain$n.risk[happened], grid, 0),
    events = step_at(time, cumsum(plain$n.event), grid, 0),
    greenwood_se = step_at(time, plain$std.err * plain$surv, grid, 0),
    greenwood_lower = step_at(time, plain$lower, grid, 1),
    greenwood_upper = step_at(time, plain$upper, grid, 1),
    aalen_se = step_at(time, plain$std.chaz, grid, 0),
    ij_se = step_at(robust$time, robust$std.err, grid, 0),
    ij_lower = step_at(robust$time, robust$lower, grid, 1),
    ij_upper = step_at(robust$time, robust$upper, grid, 1),
    cluster_se = step_at(clustered$time, clustered$std.err, grid, 0),
    quartiles = quartiles
  )
}

# Multistate, each ROW its own subject. survfit 3.5-3 then needs no continuity of the patient (gaps, weights that change
# within a patient: with id = patient it merges such rows and keeps one weight); its influence array is per unit of
# weight and holds the influence on p0, so weight x influence summed over a patient's rows is the infinitesimal jackknife.
# Returns P and IJ standard errors (patients, clusters), Nelson-Aalen per arrow and time in state on the days of ticks.
multistate_by_row <- function(d, states, grid, horizons, day = function(tick) tick %/% 2) {
  labels <- paste0("s", seq_len(states) - 1)
  d$row <- seq_len(nrow(d))
  d$from <- factor(labels[d$origin + 1], labels)
  d$to <- factor(ifelse(d$target < 0, "none", labels[pmax(d$target, 0) + 1]), c("none", labels))
  fit <- suppressWarnings(survfit(Surv(start, stop, to) ~ 1, data = d, id = row, istate = from, weights = weight,
                                  influence = TRUE))
  begin <- min(fit$time[rowSums(fit$n.event) > 0]) - 1
  column <- match(fit$states, labels)
  spread <- function(m) { full <- matrix(0, nrow(m), states); full[, column] <- m; full }
  p <- rbind(fit$p0, fit$pstate)
  time <- c(begin, fit$time)
  influence <- fit$influence.pstate * d$weight
  at <- findInterval(grid, fit$time) + 1
  by <- function(who, index) {
    u <- apply(influence[, index, , drop = FALSE], c(2, 3), function(x) rowsum(x, who))
    sqrt(apply(u^2, c(2, 3), sum))
  }
  stay <- lapply(horizons, function(horizon) {
    edge <- pmin(pmax(day(time), day(begin)), day(horizon))
    edge[time > horizon] <- day(horizon)
    edge[time < begin] <- day(begin)
    width <- diff(c(edge, day(horizon)))
    u <- apply(influence, c(1, 3), function(x) sum(x * width))
    list(mean = drop(spread(t(colSums(p * width)))), se = drop(spread(t(sqrt(colSums(rowsum(u, d$patient)^2))))))
  })
  arrows <- do.call(rbind, strsplit(colnames(fit$cumhaz), ".", fixed = TRUE))
  list(
    begin = begin,
    initial = drop(spread(t(fit$p0))),
    grid = grid,
    probability = spread(p[at, , drop = FALSE]),
    ij_se = spread(by(d$patient, at)),
    cluster_se = spread(by(d$cluster, at)),
    arrow_origin = I(column[as.integer(arrows[, 1])] - 1),
    arrow_target = I(column[as.integer(arrows[, 2])] - 1),
    cumulative_hazard = rbind(0, fit$cumhaz)[at, , drop = FALSE],
    horizons = I(horizons),
    time_in_state = do.call(rbind, lapply(stay, `[[`, "mean")),
    time_in_state_se = do.call(rbind, lapply(stay, `[[`, "se"))
  )
}

# The ordinary call: id = patient, the initial distribution given (so fixed). Only without gaps and with one weight a patient.
multistate_by_patient <- function(d, states, grid, initial) {
  labels <- paste0("s", seq_len(states) - 1)
  d$from <- factor(labels[d$origin + 1], labels)
  d$to <- factor(ifelse(d$target < 0, "none", labels[pmax(d$target, 0) + 1]), c("none", labels))
  seen <- suppressWarnings(survcheck(Surv(start, stop, to) ~ 1, data = d, id = patient, istate = from)$states)
  column <- match(seen, labels)
  fit <- suppressWarnings(survfit(Surv(start, stop, to) ~ 1, data = d, id = patient, istate = from, weights = weight,
                                  p0 = initial[column]))
  spread <- function(m) { full <- matrix(0, nrow(m), states); full[, column] <- m; full }
  at <- findInterval(grid, fit$time) + 1
  list(initial = initial, grid = grid, probability = spread(rbind(fit$p0, fit$pstate)[at, , drop = FALSE]),
       ij_se = spread(rbind(0, fit$std.err)[at, , drop = FALSE]))
}
